"""Retention is carried out: what is older than the one table says goes, and nothing younger does."""

import pytest

from plugin.core import retention
from plugin.core.retention import KEPT, Keep
from plugin.db import inbox, ledger, privacy, shops
from plugin.db.tables import metadata
from plugin.usecases import forget as forgetting
from plugin.usecases.forget import BY_AGE, DAY, forget
from plugin.usecases.replay import replay
from tests.usecases.conftest import Oak, order
from tests.usecases.law import ANNA, MAIL, carry_out, data_request, everything, holds, redact

NOW = 2_000_000_000_000


@pytest.fixture(autouse=True)
def _now(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock stands still."""
    monkeypatch.setattr(type(oak.services), "now", lambda services: NOW)


def ago(keep: Keep, *, older: bool) -> int:
    """A moment just past the days of a retention, or just before they end."""
    assert keep.days is not None
    return NOW - keep.days * DAY - (1 if older else -1)


def test_every_table_has_a_retention(oak: Oak) -> None:
    """Whoever adds one must say how long it is kept, and why."""
    assert {keep.table for keep in KEPT} == {table.name for table in metadata.sorted_tables}
    assert all(keep.why and keep.what and keep.how_long for keep in KEPT)


def test_every_age_is_carried_out(oak: Oak) -> None:
    """By the job, in one place."""
    assert {keep for keep in KEPT if keep.days} == {*BY_AGE, retention.AUDIT, retention.SHOPS}


@pytest.mark.parametrize("older", [False, True])
def test_bodies_go_after_their_days(oak: Oak, *, older: bool) -> None:
    oak.clock = ago(retention.BODIES, older=older)
    oak.clock -= 1
    oak.receive("orders/create", order(1, customer=ANNA), webhook_id="done")
    oak.drain()
    forget(oak.services, oak.shop)
    assert oak.column("SELECT count(*) FROM bodies") == [not older]
    assert oak.column("SELECT count(*) FROM orders") == [1]


def test_the_body_of_a_request_stays_until_it_is_carried_out_however_long_that_takes(oak: Oak) -> None:
    """It alone knows the e-mail address by which other deliveries may call the customer."""
    oak.clock = ago(retention.BODIES, older=True) - 5
    redact(oak)
    oak.receive("moons/rise", {"by": MAIL})
    oak.drain()
    forget(oak.services, oak.shop)
    assert oak.column("SELECT topic FROM bodies NATURAL JOIN inbox") == ["customers/redact"]
    carry_out(oak)
    assert holds(oak, MAIL) == {}


@pytest.mark.parametrize("older", [False, True])
def test_parked_bodies_go_after_30_days(oak: Oak, *, older: bool) -> None:
    oak.clock = ago(retention.PARKED, older=older) - 1
    oak.receive("orders/create", b'{"customer": "%d"}' % ANNA)
    oak.drain()
    forget(oak.services, oak.shop)
    assert bool(holds(oak, ANNA)) == (not older)
    # What has no body cannot be put back in line.
    assert replay(oak.services, oak.shop) == (0 if older else 1)


def test_a_delivery_is_known_until_its_id_is_forgotten(oak: Oak) -> None:
    """An emptied one that is sent again is still a duplicate."""
    oak.clock = ago(retention.BODIES, older=True) - 1
    oak.receive("orders/create", order(1), webhook_id="once")
    oak.drain()
    forget(oak.services, oak.shop)
    oak.receive("orders/create", order(1), webhook_id="once")
    with oak.services.database.read() as tx:
        assert inbox.counts(tx, oak.shop) == inbox.Counts(waiting=0, done=1, parked=0)
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE inbox SET received_at = {ago(retention.IDS, older=True)}")
    forget(oak.services, oak.shop)
    assert everything(oak)["inbox"] == []


def test_what_waits_is_never_too_old(oak: Oak) -> None:
    oak.clock = 5
    oak.receive("orders/create", order(1))
    forget(oak.services, oak.shop)
    oak.drain()
    assert oak.column("SELECT count(*) FROM orders") == [1]


def test_old_tag_changes_go_and_open_ones_stay(oak: Oak) -> None:
    old, young = ago(retention.LEDGER, older=True), ago(retention.LEDGER, older=False)
    change = ledger.Change("Customer/1", "add", "buyer", 1, 1, 1, "orders")
    with oak.services.database.write() as tx:
        number = ledger.plan_bulk(tx, oak.shop, action="add", now=old)
        entries = ledger.intend(tx, oak.shop, [change], now=old, bulk=number)
        entries += ledger.intend(tx, oak.shop, [change], now=old)
        ledger.intend(tx, oak.shop, [change], now=old)
        entries += ledger.intend(tx, oak.shop, [change], now=young)
        ledger.settle(tx, oak.shop, [(one.id, "done", None) for one in entries], now=old)
        ledger.set_bulk(tx, oak.shop, number, state="done", operation=None)
    forget(oak.services, oak.shop)
    assert oak.column("SELECT id FROM ledger ORDER BY id") == [3, 4]
    assert everything(oak)["bulks"] == []


@pytest.mark.parametrize("older", [False, True])
def test_answers_go_after_their_days_and_the_audit_much_later(oak: Oak, *, older: bool) -> None:
    data_request(oak)
    carry_out(oak)
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE privacy_requests SET done_at = {ago(retention.ANSWERS, older=older)}")
    forget(oak.services, oak.shop)
    with oak.services.database.read() as tx:
        [request] = privacy.listed(tx, oak.shop)
    assert (request.has_answer, request.customer is not None) == (not older, not older)
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE privacy_requests SET done_at = {ago(retention.AUDIT, older=older)}")
    forget(oak.services, oak.shop)
    assert len(everything(oak)["privacy_requests"]) == (0 if older else 1)


def test_marks_stay_as_long_as_the_shop(oak: Oak) -> None:
    """Else a late delivery could bring somebody back after all."""
    redact(oak)
    carry_out(oak)
    marks = everything(oak)["erased"]
    forget(oak.services, oak.shop)
    assert everything(oak)["erased"] == marks != []


@pytest.mark.parametrize("older", [False, True])
def test_a_shop_about_which_shopify_never_asked_is_erased_in_the_end(oak: Oak, *, older: bool) -> None:
    with oak.services.database.write() as tx:
        shops.leave(tx, oak.shop, now=ago(retention.SHOPS, older=older))
    forget(oak.services, oak.shop)
    assert len(everything(oak)["shops"]) == (0 if older else 1)


def test_a_shop_that_never_came_is_forgotten_with_the_last_trace_of_it(oak: Oak) -> None:
    """Somebody began to install, or a delivery named it."""
    with oak.services.database.write() as tx:
        stranger = shops.know(tx, "elm-ltd.myshopify.com")
        inbox.accept(tx, [inbox.Delivery(stranger, "w", NOW, "orders/create", 1, b"{}")])
    forget(oak.services, stranger)
    assert oak.column("SELECT count(*) FROM shops") == [2]
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM inbox")
    forget(oak.services, stranger)
    assert oak.column("SELECT domain FROM shops") == ["oak-ltd.myshopify.com"]


def test_many_rows_go_a_few_at_a_time(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    oak.clock = 5
    for number in range(5):
        oak.receive("orders/create", order(number + 1))
    oak.drain()
    forget(oak.services, oak.shop)
    assert everything(oak)["inbox"] == []


def test_the_next_look_is_a_day_later(oak: Oak) -> None:
    forget(oak.services, oak.shop)
    assert oak.column("SELECT forget_at FROM shops") == [NOW + DAY]
