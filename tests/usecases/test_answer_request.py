"""The answer to a data request says all that the tables keep of a customer, in words, and is kept for a while."""

from plugin.db import inbox, ledger, objections, privacy
from plugin.usecases.carry_out_requests import carry_out_requests
from tests.usecases.conftest import Oak
from tests.usecases.law import (
    ANNA,
    BEN,
    BENS,
    FIRST,
    FOR_OAK,
    KEY,
    LEA,
    MAIL,
    SECOND,
    as_json,
    data_request,
    holds,
    lived,
)


def answered(oak: Oak, asked: str) -> bytes | None:
    with oak.services.database.read() as tx:
        return privacy.answer(tx, oak.shop, asked)


def test_it_tells_everything_and_nothing_of_others(oak: Oak) -> None:
    lived(oak)
    with oak.services.database.write() as tx:
        ledger.intend(tx, oak.shop, [ledger.Change(KEY, "add", "client", 2, 1, 1, "orders")], now=1_790_000_000_000)
        objections.object_(tx, oak.shop, f"Customer/{LEA}")
    asked = data_request(oak, ANNA, FIRST, SECOND)
    assert carry_out_requests(oak.services, oak.shop) is None
    told = as_json(answered(oak, asked))
    assert told["customer"] == KEY
    assert "but for requests such as this one until they are carried out" in told["note"]
    assert [one["customer"] for one in told["customers"]] == [KEY, f"Customer/{LEA}"]
    assert [one["objects"] for one in told["customers"]] == [False, True]
    assert told["customers"][0]["kind"] == "client"
    assert [one["ignored"] for one in told["customers"]] == [0, 0]
    assert sorted(one["id"] for one in told["orders"]) == [SECOND, 500100000059]
    assert [one["id"] for one in told["orders_for_companies"]] == [FOR_OAK]
    assert {one["id"] for one in told["orders_named"]} == {FIRST, SECOND}
    [second] = [one for one in told["orders"] if one["id"] == SECOND]
    assert (second["total"], second["day"], second["ignored"]) == ("2000 minor units", "2026-10-20", "counts")
    assert second["processed_at"] == "2026-10-20T12:00:00Z"
    assert {one["channel"] for one in told["consents"]} == {"email", "sms"}
    assert [(one["tag"], one["at"]) for one in told["tag_changes"]] == [("client", "2026-09-21T14:13:20Z")]
    assert {one["topic"] for one in told["deliveries"]} >= {"orders/create", "customers/merge"}
    answer = (answered(oak, asked) or b"").decode()
    assert str(BEN) not in answer
    assert str(BENS) not in answer


def test_the_body_of_the_request_is_gone_with_its_address(oak: Oak) -> None:
    lived(oak)
    data_request(oak)
    assert "bodies" in holds(oak, MAIL)
    carry_out_requests(oak.services, oak.shop)
    assert holds(oak, MAIL).keys() <= {"bodies"}
    with oak.services.database.read() as tx:
        kept = inbox.after(tx, oak.shop, "", at_most=999)
    assert {one.topic for one in kept if one.body and MAIL.encode() in one.body} <= {"moons/rise"}


def test_a_customer_of_whom_nothing_is_kept_gets_that_answer(oak: Oak) -> None:
    asked = data_request(oak, BEN)
    carry_out_requests(oak.services, oak.shop)
    told = as_json(answered(oak, asked))
    assert [rows for rows in told.values() if isinstance(rows, list) and rows] == []
    with oak.services.database.read() as tx:
        [request] = privacy.listed(tx, oak.shop)
    assert (request.rows, request.has_answer) == (0, True)


def test_a_shop_that_left_is_answered_as_well(oak: Oak) -> None:
    """The request is due all the same."""
    lived(oak)
    oak.receive("app/uninstalled", {})
    oak.drain()
    asked = data_request(oak)
    carry_out_requests(oak.services, oak.shop)
    assert as_json(answered(oak, asked))["orders"]
