"""A customer is erased wherever they stand, and nothing that comes afterwards brings them back."""

import pytest

from plugin.core.verdict import Kind
from plugin.db import imports, inbox, ledger, tagging
from plugin.errors import Retry
from plugin.usecases import carry_out_requests as carrying
from plugin.usecases.replay import replay
from plugin.usecases.sync_tags import sync_tags
from tests.usecases.conftest import Oak, order
from tests.usecases.law import (
    ANNA,
    BEN,
    BENS,
    FIRST,
    FOR_OAK,
    KEY,
    LEA,
    MAIL,
    PHONE,
    SECOND,
    carry_out,
    data_request,
    everything,
    history,
    holds,
    lived,
    redact,
)

HER_WORDS = (ANNA, LEA, FIRST, SECOND, 500100000059, MAIL, PHONE)  # the order for the company is the company's
PLACE = "CompanyLocation/620000000011"


def test_nothing_names_them_afterwards_in_any_table_or_delivery(oak: Oak) -> None:
    """Not their number, those who were merged into them, their orders, their e-mail address or phone number."""
    lived(oak)
    with oak.services.database.write() as tx:
        entries = ledger.intend(tx, oak.shop, [ledger.Change(KEY, "add", "client", 2, 1, 1, "orders")], now=1)
        ledger.settle(tx, oak.shop, [(entries[0].id, "done", None)], now=2)
        number = imports.begin(tx, oak.shop, now=1)
        imports.progress(tx, oak.shop, number, stage="done", reason=f"order {FIRST}: too large")
    data_request(oak)
    carry_out(oak)
    kept = holds(oak, *HER_WORDS)
    assert {"orders", "customers", "consents", "ledger", "imports", "bodies", "privacy_requests"} <= set(kept)
    redact(oak, ANNA, FIRST, SECOND)
    carry_out(oak)
    assert holds(oak, *HER_WORDS) == {}


def test_everybody_else_stays_as_they_were(oak: Oak) -> None:
    """Ben, and the company she ordered for: it is judged on the orders it has left."""
    lived(oak)
    assert oak.kinds()[PLACE] == Kind.BUYER
    before = [row for row in everything(oak)["customers"] if str(BEN) in row]
    bodies = holds(oak, BENS)["bodies"]
    redact(oak, ANNA, FIRST)
    carry_out(oak)
    assert [row for row in everything(oak)["customers"] if str(BEN) in row] == before
    assert oak.column("SELECT id FROM orders ORDER BY id") == [FOR_OAK, BENS]
    assert oak.column(f"SELECT ordered_by FROM orders WHERE id = {FOR_OAK}") == [None]
    assert oak.kinds()[PLACE] == Kind.BUYER
    assert holds(oak, BENS)["bodies"] == bodies


def test_an_order_to_redact_leaves_whoever_shared_it_judged_without_it(oak: Oak) -> None:
    lived(oak)
    redact(oak, ANNA, FOR_OAK)
    carry_out(oak)
    assert oak.kinds()[PLACE] == Kind.NONE
    assert FOR_OAK not in oak.column("SELECT id FROM orders")


def test_every_earlier_delivery_again_revives_nobody(oak: Oak) -> None:
    """Sent anew under other ids, in whatever order, and once more after that: what is kept stays the same."""
    lived(oak)
    redact(oak, ANNA, FIRST, SECOND)
    carry_out(oak)
    rows, orders = _lasting(oak), oak.column("SELECT id FROM orders ORDER BY id")
    for again in (history(), list(reversed(history()))):
        for topic, payload in again:
            if not isinstance(payload, bytes) and topic != "moons/rise":
                oak.receive(topic, payload)
        oak.drain()
    assert _lasting(oak) == rows
    assert oak.column("SELECT id FROM orders ORDER BY id") == orders
    assert holds(oak, *HER_WORDS) == {}


def _lasting(oak: Oak) -> dict[str, list[str]]:
    """All rows but deliveries, and orders, which say when they were last heard of."""
    return {name: rows for name, rows in everything(oak).items() if name not in ("inbox", "bodies", "orders")}


def test_a_late_delivery_leaves_no_body(oak: Oak) -> None:
    """One that names the erased and others is kept as far as it is about the others."""
    lived(oak)
    redact(oak)
    carry_out(oak)
    oak.receive(
        "orders/create", order(500100000067, customer=ANNA, day="2026-11-02", company={"id": 61, "location_id": 9})
    )
    oak.receive("orders/create", order(500100000075, customer=ANNA, day="2026-11-02"))
    oak.drain()
    assert oak.kinds()["CompanyLocation/9"] == Kind.BUYER
    assert oak.column("SELECT id FROM orders WHERE id > 500100000060") == [500100000067]
    assert holds(oak, ANNA) == {}


def test_whoever_turns_out_to_be_the_erased_is_erased_as_well(oak: Oak) -> None:
    """Ben's account is merged into hers, after she was forgotten."""
    lived(oak)
    redact(oak)
    carry_out(oak)
    merge = dict(history())["customers/merge"] | {
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{BEN}"
    }
    oak.receive("customers/merge", merge)
    oak.drain()
    carry_out(oak)
    assert holds(oak, BEN, BENS, ANNA) == {}


def test_a_delivery_still_waiting_is_worked_off_first(oak: Oak) -> None:
    """It may hold news of others; the request is done when it is gone."""
    lived(oak)
    redact(oak)
    oak.receive("orders/updated", order(SECOND, customer=ANNA, updated_at="2026-11-09T12:00:00+00:00"))
    assert carrying.carry_out_requests(oak.services, oak.shop) == carrying.SOON
    assert oak.column("SELECT count(*) FROM privacy_requests WHERE done_at IS NULL") == [1]
    oak.drain()
    carry_out(oak)
    assert holds(oak, ANNA, SECOND) == {}


def test_what_was_set_aside_cannot_be_replayed(oak: Oak) -> None:
    lived(oak)
    redact(oak)
    carry_out(oak)
    assert oak.parked() == []
    assert replay(oak.services, oak.shop) == 0


def test_an_audit_row_without_personal_data_is_left(oak: Oak) -> None:
    lived(oak)
    asked = redact(oak)
    carry_out(oak)
    with oak.services.database.read() as tx:
        columns = "webhook_id, topic, customer, orders, answer, note, rows > 10, done_at >= received_at"
        [row] = tx.connection.exec_driver_sql(f"SELECT {columns} FROM privacy_requests").all()
    assert tuple(row) == (asked, "customers/redact", None, None, None, None, 1, 1)


def test_marks_tell_nobody_whom_they_mean(oak: Oak) -> None:
    """Two shops mark the same customer differently, and the key is sealed."""
    redact(oak)
    carry_out(oak)
    [sealed] = oak.column("SELECT marks_key FROM shops")
    assert oak.services.box.decrypt(sealed) not in sealed
    assert all(len(mark) == 16 for mark in oak.column("SELECT mark FROM erased"))


def test_a_customer_who_was_never_seen_is_marked_all_the_same(oak: Oak) -> None:
    """Their deliveries may still be under way."""
    redact(oak, ANNA, FIRST)
    carry_out(oak)
    lived(oak)
    assert holds(oak, f"{KEY}|", FIRST).keys() <= {"bodies"}
    assert oak.kinds().get(KEY) is None


def test_a_request_that_names_nobody_erases_the_orders_it_names(oak: Oak) -> None:
    lived(oak)
    oak.receive("customers/redact", {"shop_domain": "oak-ltd.myshopify.com", "orders_to_redact": [SECOND]})
    oak.drain()
    carry_out(oak)
    assert holds(oak, SECOND) == {}
    assert oak.kinds()[KEY] == Kind.BUYER


def test_a_request_about_another_shop_than_the_headers_say_is_set_aside(oak: Oak) -> None:
    """Only the body is signed."""
    lived(oak)
    oak.receive("customers/redact", {"shop_domain": "annas-bakery.myshopify.com", "customer": {"id": ANNA}})
    oak.drain()
    assert any("annas-bakery" in reason for reason in oak.parked())
    assert oak.column("SELECT count(*) FROM privacy_requests") == [0]


def test_one_request_that_fails_holds_up_no_other(oak: Oak) -> None:
    lived(oak)
    redact(oak)
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO privacy_requests (shop, webhook_id, topic, orders, received_at, due_at)"
            f" VALUES ({oak.shop}, 'odd', 'customers/data_request', '{2**70}', 1, 2)"
        )
    with pytest.raises(Retry, match="1 compliance requests"):
        carry_out(oak)
    assert oak.column("SELECT topic FROM privacy_requests WHERE done_at IS NULL") == ["customers/data_request"]
    assert holds(oak, ANNA) == {}


def test_a_tag_change_in_a_bulk_file_keeps_its_place_without_the_name(oak: Oak) -> None:
    """The lines of a file are told apart by their order."""
    lived(oak)
    with oak.services.database.write() as tx:
        number = ledger.plan_bulk(tx, oak.shop, action="add", now=1)
        changes = [ledger.Change(key, "add", "client", 2, 1, 1, "orders") for key in (KEY, f"Customer/{BEN}")]
        ledger.intend(tx, oak.shop, changes, now=1, bulk=number)
    redact(oak)
    carry_out(oak)
    with oak.services.database.read() as tx:
        assert [one.customer for one in ledger.of_bulk(tx, oak.shop, number)] == ["", f"Customer/{BEN}"]


def test_who_is_erased_is_not_tagged(oak: Oak) -> None:
    """Not even by a work list that was made before."""
    lived(oak)
    redact(oak)
    carry_out(oak)
    with oak.services.database.read() as tx:
        assert KEY not in [one.customer for one in tagging.to_sync(tx, oak.shop, at_most=100)]
    assert sync_tags(oak.services, oak.shop) is None


def test_a_repeated_request_is_carried_out_again_and_finds_nothing(oak: Oak) -> None:
    lived(oak)
    redact(oak)
    carry_out(oak)
    redact(oak)
    carry_out(oak)
    assert holds(oak, ANNA, MAIL) == {}
    with oak.services.database.read() as tx:
        assert inbox.counts(tx, oak.shop).waiting == 0
