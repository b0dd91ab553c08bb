"""The drain: deliveries become facts and verdicts; poison is set aside and nothing behind it waits."""

import random
from typing import Any

import pytest

from plugin.core.verdict import Kind
from plugin.db import customers, ledger, shops
from plugin.errors import Retry
from plugin.usecases.replay import replay
from tests.usecases.conftest import Oak, order

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE


def test_two_days_make_a_client_and_nudge_the_tag_sync(oak: Oak) -> None:
    """The main job in small."""
    oak.receive("orders/create", order(1, day="2026-11-01"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    oak.receive("orders/create", order(2, day="2026-11-15"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": CLIENT}
    assert ("sync", oak.shop) in oak.nudged
    assert oak.column("SELECT count(*) FROM inbox WHERE state = 1") == [2]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"not json", "orders/create"), (b'{"id": 5}', "orders/create"), (b'{"id": "x"}', "orders/create")],
)
def test_poison_is_parked_with_its_reason_and_nothing_behind_it_waits(oak: Oak, body: bytes, words: str) -> None:
    """A person sees why; the others are worked off."""
    oak.receive("orders/create", body)
    oak.receive("orders/create", order())
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    [reason] = oak.parked()
    assert words in reason


def test_a_row_that_the_database_refuses_is_parked_alone(oak: Oak) -> None:
    """The batch goes once more, row by row."""
    too_large = str(2**70)
    oak.receive("orders/create", order(1, total_price=too_large, current_total_price=too_large))
    oak.receive("orders/create", order(2))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    assert oak.column("SELECT id FROM orders") == [2]
    assert len(oak.parked()) == 1


def test_a_parked_delivery_is_worked_off_when_it_is_replayed(oak: Oak) -> None:
    """`regulars replay` puts it back; what was mended in between counts."""
    parked = oak.receive("orders/create", b"{}")
    oak.drain()
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE inbox SET topic = 'moons/rise'")
    assert replay(oak.services, oak.shop, webhook_id=parked) == 1
    oak.drain()
    assert oak.parked() == []


def test_the_newest_version_wins_in_whatever_order_it_comes(oak: Oak) -> None:
    """updated_at first, then when it was triggered."""
    paid = order(1, updated_at="2026-11-01T12:00:00+00:00")
    cancelled = order(1, updated_at="2026-11-02T12:00:00+00:00", cancelled_at="2026-11-02T12:00:00+00:00")
    for versions in ((paid, cancelled), (cancelled, paid), (cancelled, paid, cancelled, paid)):
        for version in versions:
            oak.receive("orders/updated", version)
        oak.drain()
        assert oak.kinds() == {"Customer/7": NONE}


def test_a_deleted_order_stays_deleted(oak: Oak) -> None:
    """Its tombstone outlives late and repeated versions, also of an order never seen before."""
    oak.receive("orders/create", order(1))
    oak.receive("orders/delete", {"id": 1})
    oak.receive("orders/delete", {"id": 2})
    oak.drain()
    oak.receive("orders/updated", order(1, updated_at="2026-12-01T12:00:00+00:00"))
    oak.receive("orders/create", order(2))
    oak.drain()
    assert oak.kinds()["Customer/7"] == NONE
    assert oak.column("SELECT deleted FROM orders") == [1, 1]


def test_both_customers_are_judged_when_an_order_changes_hands(oak: Oak) -> None:
    """The one who had it, and the one who has it."""
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    oak.receive("orders/updated", order(1, customer=8, updated_at="2026-11-02T12:00:00+00:00"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": BUYER}


def test_an_order_without_a_customer_is_kept_and_joins_them_later(oak: Oak) -> None:
    """Nothing could be tagged; blank and 0 are nobody."""
    oak.receive("orders/create", order(1, customer=None))
    oak.receive("orders/create", order(2, customer=0))
    oak.drain()
    assert oak.kinds() == {}
    assert oak.column("SELECT count(*) FROM orders WHERE customer IS NULL") == [2]
    oak.receive("orders/updated", order(1, customer=7, updated_at="2026-11-02T12:00:00+00:00"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}


def test_a_company_is_judged_by_location_and_its_people_follow(oak: Oak) -> None:
    """Two people order for one place: together they came back, so both are clients."""
    for number, customer, day in ((1, 7, "2026-11-01"), (2, 8, "2026-11-09")):
        oak.receive("orders/create", order(number, customer=customer, day=day, company={"id": 1, "location_id": 3}))
    oak.receive("orders/create", order(3, customer=8, day="2026-11-10"))
    oak.drain()
    assert oak.kinds() == {"CompanyLocation/3": CLIENT, "Customer/7": CLIENT, "Customer/8": CLIENT}


def test_a_merged_customer_hands_over_the_orders(oak: Oak) -> None:
    """The kept one is judged on the union; the other can no longer be tagged."""
    oak.receive("orders/create", order(1, customer=7, day="2026-11-01"))
    oak.receive("orders/create", order(2, customer=8, day="2026-11-09"))
    merge = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/8",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/7",
        "admin_graphql_api_job_id": None,
        "status": "completed",
        "errors": [],
    }
    oak.receive("customers/merge", merge)
    oak.drain()
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": CLIENT}
    assert oak.column("SELECT held FROM customers WHERE customer = 'Customer/7'") == ["gone"]


def test_a_late_uninstall_does_not_undo_a_newer_installation(oak: Oak) -> None:
    """It was triggered before the app was installed again."""
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, installed_at=5000)
    oak.receive("app/uninstalled", {"id": 1, "myshopify_domain": "oak-ltd.myshopify.com"}, triggered_at=4000)
    oak.drain()
    assert oak.column("SELECT state FROM shops") == ["installed"]


def test_a_shop_that_left_is_not_worked_for(oak: Oak) -> None:
    """Its tokens are forgotten; what still arrives is done without a trace."""
    oak.receive("app/uninstalled", {"id": 1, "myshopify_domain": "oak-ltd.myshopify.com"}, triggered_at=4000)
    oak.receive("orders/create", order(1))
    oak.drain()
    oak.receive("orders/create", order(2))
    oak.drain()
    with oak.services.database.read() as tx:
        assert shops.credentials(tx, oak.shop).token is None
        assert not shops.get(tx, oak.shop).tagging
    assert oak.column("SELECT count(*) FROM orders WHERE id = 2") == [0]


def test_a_new_time_zone_asks_for_the_whole_shop_to_be_judged(oak: Oak) -> None:
    """Days are counted in the shop's zone."""
    oak.receive("shop/update", {"id": 1, "name": "Oak Ltd", "iana_timezone": "Asia/Tokyo", "currency": "EUR"})
    oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["Asia/Tokyo"]
    assert ("rejudge", oak.shop) in oak.nudged


def test_more_than_a_batch_takes_more_than_a_turn(oak: Oak) -> None:
    """At most 500 a turn, then to the end of the line."""
    for number in range(1, 602):
        oak.receive("orders/create", order(number, customer=number))
    from plugin.usecases.drain_inbox import drain_inbox

    assert drain_inbox(oak.services, oak.shop) == 0.0
    assert drain_inbox(oak.services, oak.shop) is None
    assert len(oak.kinds()) == 601


def test_shuffled_and_repeated_deliveries_give_the_same_rows(oak: Oak, tmp_path: Any) -> None:
    """Facts do not mind order or repetition."""
    deliveries = [
        ("orders/updated", {**order(n, customer=n % 5 + 1, day=f"2026-{n % 9 + 1:02}-{n % 27 + 1:02}"), **change})
        for n in range(1, 40)
        for change in (
            {"updated_at": "2026-10-01T00:00:00Z"},
            {"updated_at": "2026-10-02T00:00:00Z", "financial_status": "pending"},
            {"updated_at": "2026-10-03T00:00:00Z", "customer": {"id": n % 3 + 1}},
        )
    ]
    found = []
    for seed in range(4):
        rows = deliveries * 2
        random.Random(seed).shuffle(rows)
        with oak.services.database.write() as tx:
            for table in ("inbox", "orders", "customers"):
                tx.connection.exec_driver_sql(f"DELETE FROM {table}")
        for topic, payload in rows:
            oak.receive(topic, payload, triggered_at=0)
        oak.drain()
        found.append(oak.kinds())
    assert [one == found[0] for one in found] == [True] * 4
    assert set(found[0].values()) == {NONE, CLIENT}


def test_payment_terms_once_told_stay_told(oak: Oak) -> None:
    """An import does not see them: it must not undo what a webhook said."""
    pending = {"financial_status": "pending", "payment_gateway_names": []}
    oak.receive("orders/create", order(1, **pending, payment_terms={"id": 5}))
    oak.receive("orders/updated", order(1, **pending, updated_at="2026-11-02T12:00:00Z"))
    oak.receive("orders/create", order(2, **pending, customer=8))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER, "Customer/8": NONE}


def test_an_older_version_may_be_the_only_one_that_names_terms(oak: Oak) -> None:
    """The same facts in the other order."""
    pending = {"financial_status": "pending", "payment_gateway_names": []}
    oak.receive("orders/updated", order(1, **pending, updated_at="2026-11-02T12:00:00Z"))
    oak.receive("orders/create", order(1, **pending, payment_terms={"id": 5}))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}


def test_trouble_with_the_database_parks_nothing(oak: Oak) -> None:
    """A full disk or a locked file is no delivery's fault: they wait until it is over."""
    oak.receive("orders/create", order(1))
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE orders RENAME TO elsewhere")
    with pytest.raises(Retry):
        oak.drain()
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO orders")
    assert oak.parked() == []
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}


def test_a_bug_holds_up_only_the_delivery_that_meets_it(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is parked with its words; those behind it are worked off."""
    from plugin.usecases import apply_facts

    real = apply_facts.stored

    def clumsy(shop: int, fact: Any, *rest: Any, **more: Any) -> Any:
        if fact.order == 1:
            raise KeyError("a bug")
        return real(shop, fact, *rest, **more)

    monkeypatch.setattr(apply_facts, "stored", clumsy)
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, customer=8))
    oak.drain()
    assert oak.kinds() == {"Customer/8": BUYER}
    assert oak.parked() == ["KeyError: 'a bug'"]


def test_an_older_shop_update_changes_nothing(oak: Oak) -> None:
    """A retry of an old delivery must not bring the old zone back."""
    for zone, at in (("Asia/Tokyo", 9000), ("Europe/Paris", 8000)):
        oak.receive("shop/update", {"id": 1, "iana_timezone": zone}, triggered_at=at)
        oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["Asia/Tokyo"]


def test_an_unknown_time_zone_is_parked_and_the_old_one_stays(oak: Oak) -> None:
    oak.receive("shop/update", {"id": 1, "iana_timezone": "Moon/Tranquility"})
    oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["UTC"]
    assert "Moon/Tranquility" in oak.parked()[0]


def test_a_merchants_tag_set_before_our_first_write_is_looked_at_again(oak: Oak) -> None:
    """Otherwise it would be taken for ours, and removed with the next change."""
    oak.receive("orders/create", order(1))
    oak.drain()
    with oak.services.database.write() as tx:
        customers.found(tx, oak.shop, [("Customer/7", [])])
    touched = {"customerId": "gid://shopify/Customer/7", "tags": ["buyer"], "occurredAt": "2026-11-21T10:00:00Z"}
    oak.receive("customer.tags_added", touched)
    oak.drain()
    assert oak.column("SELECT tags_found FROM customers") == [None]
    with oak.services.database.write() as tx:
        customers.found(tx, oak.shop, [("Customer/7", ["buyer"])])
        ledger.intend(tx, oak.shop, [ledger.Change("Customer/7", "add", "buyer", 1, 1, 1)], now=1)
    oak.receive("customer.tags_added", touched)
    oak.drain()
    assert oak.column("SELECT tags_found FROM customers") == ["buyer"]


def test_our_tags_of_a_merged_customer_are_ours_on_the_kept_one(oak: Oak) -> None:
    """The shop unites the tags of both: the one that no longer fits must go."""
    oak.receive("orders/create", order(1, customer=7, day="2026-11-01"))
    oak.receive("orders/create", order(2, customer=8, day="2026-11-09"))
    oak.drain()
    with oak.services.database.write() as tx:
        customers.synced(tx, oak.shop, [customers.Synced(f"Customer/{n}", 1, ["buyer"]) for n in (7, 8)])
    merge = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/8",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/7",
        "status": "completed",
    }
    oak.receive("customers/merge", merge)
    oak.drain()
    with oak.services.database.read() as tx:
        [left] = customers.to_sync(tx, oak.shop, at_most=5)
    assert (left.customer, left.kind, left.kind_at_shop, left.tags_ours) == ("Customer/8", CLIENT, -1, "buyer")
