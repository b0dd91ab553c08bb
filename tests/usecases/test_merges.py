"""Merged customers: whatever comes before or after, in whatever order, ends with the one who was kept."""

import pytest

from plugin.core.verdict import Kind
from plugin.db import ledger, objections, shops, tagging
from plugin.db.tagging import Synced
from plugin.usecases.settle_tags import Outcome, settle
from tests.usecases.conftest import Oak, order

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE


def merge(gone: int, kept: int, status: str = "completed") -> dict[str, object]:
    """The delivery of customers/merge."""
    return {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{kept}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{gone}",
        "admin_graphql_api_job_id": None,
        "status": status,
        "errors": [],
    }


def test_a_late_order_of_a_merged_customer_belongs_to_the_kept_one(oak: Oak) -> None:
    """A version from before the merge still names the one who is gone, also when nothing was known of either."""
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    oak.receive("orders/create", order(1, customer=7, day="2026-11-01"))
    oak.receive("orders/create", order(2, customer=8, day="2026-11-09"))
    oak.drain()
    assert oak.column("SELECT DISTINCT customer FROM orders") == ["Customer/8"]
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": CLIENT}


def test_a_late_older_version_does_not_take_the_order_back(oak: Oak) -> None:
    """The kept customer's newer version stays, and so does the owner."""
    oak.receive("orders/updated", order(1, customer=8, updated_at="2026-11-05T12:00:00Z"))
    oak.receive("customers/merge", merge(7, 8))
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    assert oak.column("SELECT customer FROM orders") == ["Customer/8"]


@pytest.mark.parametrize("steps", [[(7, 8), (8, 9)], [(8, 9), (7, 8)], [(7, 8), (8, 9), (7, 8)]])
@pytest.mark.parametrize("apart", [False, True], ids=["in one batch", "one by one"])
def test_a_chain_of_merges_ends_at_its_end(oak: Oak, steps: list[tuple[int, int]], apart: bool) -> None:
    """Their deliveries may come in either order, and twice; a late order goes all the way."""
    oak.receive("orders/create", order(1, customer=7, day="2026-11-01"))
    for gone, kept in steps:
        oak.receive("customers/merge", merge(gone, kept))
        if apart:
            oak.drain()
    oak.drain()
    oak.receive("orders/create", order(2, customer=7, day="2026-11-09"))
    oak.drain()
    assert oak.column("SELECT DISTINCT customer FROM orders") == ["Customer/9"]
    assert oak.kinds()["Customer/9"] == CLIENT
    assert oak.column("SELECT customer FROM customers WHERE merged_into = 'Customer/9' ORDER BY customer") == [
        "Customer/7",
        "Customer/8",
    ]
    assert oak.column("SELECT customer FROM customers WHERE held = 'gone' ORDER BY customer") == [
        "Customer/7",
        "Customer/8",
    ]


@pytest.mark.parametrize(("gone", "kept"), [(8, 7), (7, 7)])
def test_nobody_follows_a_circle(oak: Oak, gone: int, kept: int) -> None:
    """A shop does not say such a thing; it would change nothing."""
    oak.receive("customers/merge", merge(7, 8))
    oak.receive("customers/merge", merge(gone, kept))
    oak.drain()
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    assert oak.column("SELECT customer FROM orders") == ["Customer/8"]


@pytest.mark.parametrize("status", ["in_progress", "failed", "requested"])
def test_a_merge_that_is_not_completed_changes_nothing(oak: Oak, status: str) -> None:
    """Both customers stay as they were."""
    oak.receive("orders/create", order(1, customer=7))
    oak.receive("customers/merge", merge(7, 8, status))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}


def test_who_ordered_for_a_company_is_followed_too(oak: Oak) -> None:
    """The location keeps its order, and the kept person shares its verdict."""
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    for number, day in ((1, "2026-11-01"), (2, "2026-11-09")):
        oak.receive("orders/create", order(number, customer=7, day=day, company={"id": 1, "location_id": 3}))
    oak.drain()
    assert oak.kinds() == {"CompanyLocation/3": CLIENT, "Customer/7": NONE, "Customer/8": CLIENT}


def test_our_tag_is_ours_on_a_kept_customer_who_never_ordered(oak: Oak) -> None:
    """Otherwise it would stay there for ever as if the merchant had set it."""
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    tell(oak, Synced("Customer/7", 1, ["buyer"]))
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    assert ours(oak) == {"Customer/7": "", "Customer/8": "buyer"}


def test_a_tag_that_either_had_before_us_is_not_ours_on_the_kept_one(oak: Oak) -> None:
    """The shop unites tags: the merchant's and ours of one name are one now, and it is not ours to remove."""
    for customer in (7, 8):
        oak.receive("orders/create", order(customer, customer=customer))
    oak.drain()
    tell(oak, Synced("Customer/7", 1, ["buyer"]), found={"Customer/7": [], "Customer/8": ["Buyer"]})
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    assert ours(oak) == {"Customer/7": "", "Customer/8": ""}
    assert oak.column("SELECT tags_found FROM customers WHERE customer = 'Customer/8'") == ["Buyer"]


def test_a_merge_told_twice_hands_tags_on_once(oak: Oak) -> None:
    """What the merchant did to the kept customer since then stands."""
    for customer in (7, 8):
        oak.receive("orders/create", order(customer, customer=customer))
    oak.drain()
    tell(oak, Synced("Customer/7", 1, ["buyer"]), found={"Customer/7": [], "Customer/8": []})
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    tell(oak, Synced("Customer/8", 1, []))
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    assert ours(oak) == {"Customer/7": "", "Customer/8": ""}


def test_a_tag_that_is_under_way_to_the_merged_customer_may_be_on_the_kept_one(oak: Oak) -> None:
    """It may have arrived before the merge: so it is ours there, and is looked after."""
    for customer in (7, 8):
        oak.receive("orders/create", order(customer, customer=customer))
    oak.drain()
    tell(oak, found={"Customer/7": [], "Customer/8": []})
    with oak.services.database.write() as tx:
        change = ledger.Change("Customer/7", "add", "buyer", 1, 1, 1, "orders")
        [entry] = ledger.intend(tx, oak.shop, [change], now=1)
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    with oak.services.database.write() as tx:
        names = shops.get(tx, oak.shop).tag_names
        settle(tx, oak.shop, [Outcome(entry, "done", "")], names=names, now=2)
    with oak.services.database.read() as tx:
        [left] = tagging.to_sync(tx, oak.shop, at_most=5)
    assert (left.customer, left.kind_at_shop, left.tags_ours) == ("Customer/8", tagging.UNKNOWN, "buyer")


def test_a_merge_while_the_kept_one_is_written_leaves_the_tags_to_be_read(oak: Oak) -> None:
    """The shop may not have united them yet: a tag of the one who is gone that is not there was taken by nobody."""
    for customer in (7, 8):
        oak.receive("orders/create", order(customer, customer=customer))
    oak.drain()
    tell(oak, found={"Customer/7": [], "Customer/8": []})
    with oak.services.database.write() as tx:
        tagging.synced(tx, oak.shop, [Synced("Customer/7", 2, ["client"])])
        change = ledger.Change("Customer/8", "add", "buyer", 1, 1, 1, "orders")
        [entry] = ledger.intend(tx, oak.shop, [change], now=1)
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    with oak.services.database.write() as tx:
        names = shops.get(tx, oak.shop).tag_names
        settle(tx, oak.shop, [Outcome(entry, "done", "")], names=names, now=2)
    with oak.services.database.read() as tx:
        row = tagging.sync_of(tx, oak.shop, ["Customer/8"])["Customer/8"]
    assert (row.kind_at_shop, row.tags_ours) == (tagging.UNKNOWN, "buyer,client")


def test_an_objection_follows_the_whole_chain(oak: Oak) -> None:
    """Whoever was merged into whom, and in whatever order it is told: who objected is not classified."""
    with oak.services.database.write() as tx:
        objections.object_(tx, oak.shop, "Customer/7")
    for gone, kept in ((8, 9), (7, 8)):
        oak.receive("customers/merge", merge(gone, kept))
        oak.drain()
    oak.receive("orders/create", order(1, customer=9))
    oak.drain()
    assert oak.kinds()["Customer/9"] == NONE


def test_a_kept_customer_who_is_deleted_later_cannot_be_tagged(oak: Oak) -> None:
    """A late order of either is kept, and judged; nothing is written."""
    oak.receive("orders/create", order(1, customer=8))
    oak.receive("customers/merge", merge(7, 8))
    oak.receive("customers/delete", {"id": 8})
    oak.drain()
    oak.receive("orders/create", order(2, customer=7, day="2026-11-09"))
    oak.drain()
    with oak.services.database.read() as tx:
        assert tagging.to_sync(tx, oak.shop, at_most=5) == []
    assert oak.kinds()["Customer/8"] == CLIENT


def tell(oak: Oak, *written: Synced, found: dict[str, list[str]] | None = None) -> None:
    """What was there before us, and what we wrote."""
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, (found or {}).items())
        tagging.synced(tx, oak.shop, written)


def ours(oak: Oak) -> dict[str, str]:
    """Customer -> our tags."""
    names = oak.column("SELECT customer FROM customers ORDER BY customer")
    return dict(zip(names, oak.column("SELECT tags_ours FROM customers ORDER BY customer"), strict=True))
