"""What an export tells is kept line by line: what cannot be read is counted, and nobody erased comes back."""

import pytest
from cryptography.fernet import Fernet

from plugin.core.verdict import Kind
from plugin.errors import Retry
from plugin.shopify.tokens import TokenBox
from plugin.simulator.state import World
from plugin.usecases import erased as asking
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import DOMAIN, Oak, order
from tests.usecases.history import erased, exported, newest, reading, run


def test_lines_that_cannot_be_read_are_counted_and_the_rest_is_kept(oak: Oak) -> None:
    """The first of them is told, with its place."""
    read = reading(oak)
    read.orders([exported(1), b"{", exported(2, processedAt="yesterday"), exported(3)])
    assert oak.column("SELECT id FROM orders ORDER BY id") == [1, 3]
    assert read.reason is not None
    assert read.reason.startswith("2 lines could not be read; the first: line 2: ")
    assert newest(oak).orders == 2


def test_a_customer_line_that_cannot_be_read_is_counted_too(oak: Oak) -> None:
    read = reading(oak)
    read.customers([b"[]", b'{"id":"gid://shopify/Customer/1","tags":["buyer"]}'])
    assert oak.column("SELECT customer FROM customers") == ["Customer/1"]
    assert (read.reason or "").startswith("1 line could not be read; the first: line 1: ")


def test_an_order_that_the_database_refuses_is_left_out_and_the_import_ends(at_oak: Oak, world: World) -> None:
    """A total above 2^63 fits no column; all other orders are kept."""
    shop = world.shops[DOMAIN]
    next(iter(shop.orders.values())).total = 10**20
    done = run(at_oak)
    assert (done.stage, done.orders) == ("done", 2)
    assert (done.reason or "").startswith("1 line could not be read; the first: order ")
    assert import_history(at_oak.services, at_oak.shop) is None


def test_whoever_lost_their_last_order_to_another_is_nobody_again(oak: Oak) -> None:
    """An import may tell that an order is another customer's now; who had it has no rows left that say so."""
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    reading(oak).orders([exported(1, customer=8)])
    judge_all(oak.services, oak.shop, cause="zone")
    assert oak.kinds() == {"Customer/7": Kind.NONE, "Customer/8": Kind.BUYER}
    assert oak.column("SELECT counted FROM customers ORDER BY customer") == [0, 1]
    assert judge_all(oak.services, oak.shop, cause="zone") == 1


def test_how_far_judging_everybody_is_can_be_seen_until_it_ends(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """In orders, about two a write; a judge that breaks off leaves nothing behind."""
    monkeypatch.setattr("plugin.usecases.rejudge.ORDERS_AT_ONCE", 2)
    for bound in ("SHORTEST", "LONGEST"):
        monkeypatch.setattr(f"plugin.usecases.pace.{bound}", 0.0)
    reading(oak).orders([exported(number, customer=number) for number in range(1, 6)])
    seen = []
    judge_all(oak.services, oak.shop, lambda count: seen.append(oak.services.judging[oak.shop][:2]), cause="zone")
    assert seen == sorted(seen)
    assert (len(seen) > 2, seen[-1]) == (True, (5, 5))
    assert oak.services.judging == {}

    def breaks(count: int) -> None:
        raise Retry("the disk is full", after=1)

    with pytest.raises(Retry):
        judge_all(oak.services, oak.shop, breaks, cause="zone")
    assert oak.services.judging == {}


def test_who_orders_for_a_company_alone_is_not_taken_for_one_without_orders(oak: Oak) -> None:
    place = {"location": {"id": "gid://shopify/CompanyLocation/3"}}
    reading(oak).orders([exported(1, customer=8, purchasingEntity=place)])
    judge_all(oak.services, oak.shop, cause="zone")
    judge_all(oak.services, oak.shop, cause="zone")
    assert oak.kinds() == {"Customer/8": Kind.BUYER, "CompanyLocation/3": Kind.BUYER}


@pytest.mark.parametrize("few", [0, 2000], ids=["many", "few"])
def test_an_import_revives_nobody_who_was_erased(oak: Oak, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """The export may have been made before: neither the customer comes back nor an order that was to be redacted."""
    monkeypatch.setattr(asking, "FEW", few)
    erased(oak, "Customer/7", "Order/2")
    read = reading(oak)
    location = {
        "location": {"id": "gid://shopify/CompanyLocation/3"},
        "contact": {"customer": {"id": "gid://shopify/Customer/7"}},
    }
    read.orders([exported(1, 7), exported(2, 8), exported(3, 8), exported(4, 7, purchasingEntity=location)])
    read.customers([b'{"id":"gid://shopify/Customer/7","tags":["buyer"],"dataSaleOptOut":true}'])
    judge_all(oak.services, oak.shop, cause="zone")
    assert "Customer/7" not in oak.kinds()
    assert {3} <= set(oak.column("SELECT id FROM orders")) <= {3, 4}
    assert oak.column("SELECT id FROM orders WHERE customer = 'Customer/7' OR ordered_by = 'Customer/7'") == []


def test_somebody_erased_while_an_import_is_read_does_not_come_back(oak: Oak) -> None:
    """Marks are asked for in each write."""
    read = reading(oak)
    read.orders([exported(1, 7)])
    erased(oak, "Customer/8")
    read.orders([exported(2, 8), exported(3, 9)])
    erased(oak, "Customer/9")
    read.orders([exported(3, 9), exported(4, 9)])
    assert oak.column("SELECT id FROM orders ORDER BY id") == [1, 3]


def test_an_import_waits_while_nobody_can_tell_who_was_erased(at_oak: Oak) -> None:
    """Our key to the marks is lost: no line's fault, and no end of the import."""
    erased(at_oak, "Customer/7")
    key, at_oak.services.box = at_oak.services.box, TokenBox([Fernet.generate_key().decode()])
    with pytest.raises(Retry, match="list that key again"):
        run(at_oak)
    assert at_oak.column("SELECT count(*) FROM orders") == [0]
    at_oak.services.box = key
    assert run(at_oak).orders == 3


def test_an_import_tells_who_forbids_the_sale_of_their_data_and_who_no_longer_does(at_oak: Oak, world: World) -> None:
    shop = world.shops[DOMAIN]
    first, *_ = shop.customers.values()
    first.data_sale_opt_out = True
    run(at_oak)
    assert at_oak.kinds()[f"Customer/{first.id}"] == Kind.NONE
    assert sorted(at_oak.kinds().values()) == [Kind.NONE, Kind.BUYER, Kind.BUYER]
    first.data_sale_opt_out = False
    import_again(at_oak.services, at_oak.shop)
    run(at_oak)
    assert set(at_oak.kinds().values()) == {Kind.BUYER}
