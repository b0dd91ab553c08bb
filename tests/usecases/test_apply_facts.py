"""What facts change: the newest version of an order wins, and whoever it concerned is judged."""

from plugin.core.verdict import Kind
from plugin.db import ledger, shops, tagging
from tests.usecases.conftest import Oak, order

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE


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


def test_a_new_time_zone_asks_for_the_whole_shop_to_be_judged(oak: Oak) -> None:
    """Days are counted in the shop's zone."""
    oak.receive("shop/update", {"id": 1, "name": "Oak Ltd", "iana_timezone": "Asia/Tokyo", "currency": "EUR"})
    oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["Asia/Tokyo"]
    assert ("rejudge", oak.shop) in oak.nudged


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


def test_an_older_shop_update_changes_nothing(oak: Oak) -> None:
    """A retry of an old delivery must not bring the old zone back."""
    for zone, at in (("Asia/Tokyo", 9000), ("Europe/Paris", 8000)):
        oak.receive("shop/update", {"id": 1, "iana_timezone": zone}, triggered_at=at)
        oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["Asia/Tokyo"]


def test_a_merchants_tag_set_before_our_first_write_is_looked_at_again(oak: Oak) -> None:
    """Otherwise it would be taken for ours, and removed with the next change."""
    oak.receive("orders/create", order(1))
    oak.drain()
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [("Customer/7", [])])
    touched = {"customerId": "gid://shopify/Customer/7", "tags": ["buyer"], "occurredAt": "2026-11-21T10:00:00Z"}
    oak.receive("customer.tags_added", touched)
    oak.drain()
    assert oak.column("SELECT tags_found FROM customers") == [None]
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [("Customer/7", ["buyer"])])
        ledger.intend(tx, oak.shop, [ledger.Change("Customer/7", "add", "buyer", 1, 1, 1, "orders")], now=1)
    oak.receive("customer.tags_added", touched)
    oak.drain()
    assert oak.column("SELECT tags_found FROM customers") == ["buyer"]


def test_our_tags_of_a_merged_customer_are_ours_on_the_kept_one(oak: Oak) -> None:
    """The shop unites the tags of both: the one that no longer fits must go."""
    oak.receive("orders/create", order(1, customer=7, day="2026-11-01"))
    oak.receive("orders/create", order(2, customer=8, day="2026-11-09"))
    oak.drain()
    with oak.services.database.write() as tx:
        tagging.synced(tx, oak.shop, [tagging.Synced(f"Customer/{n}", 1, ["buyer"]) for n in (7, 8)])
    merge = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/8",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/7",
        "status": "completed",
    }
    oak.receive("customers/merge", merge)
    oak.drain()
    with oak.services.database.read() as tx:
        [left] = tagging.to_sync(tx, oak.shop, at_most=5)
    assert (left.customer, left.kind, left.kind_at_shop, left.tags_ours) == ("Customer/8", CLIENT, -1, "buyer")
