"""Where Shopify shows 60 days of orders, what customers placed before counts by its number, only as long as that."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from plugin.core.earlier import Earlier
from plugin.core.verdict import Kind
from plugin.db import all_shops, customers, earlier, imports, privacy, shops
from plugin.services import wall_clock
from plugin.simulator.merchant import add_order
from plugin.simulator.state import Customer, Line, Shop, World
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import DAY, DOMAIN, Oak, order
from tests.usecases.history import reading, run
from tests.usecases.law import ANNA, BEN, as_json, carry_out, data_request, redact
from tests.usecases.test_merges import merge

NONE, BUYER, CLIENT = Kind.NONE, Kind.BUYER, Kind.CLIENT
SEVEN, ONCE, NEW, QUIET, LONG_AGO = (f"Customer/{number}" for number in range(1, 6))
# Days ago on which each of them ordered; the first is also when they came.
ORDERED = [(300, 250, 200, 150, 100, 40, 20), (90,), (10,), (200, 150, 100), (900, 890)]
WANTED = {SEVEN: CLIENT, ONCE: BUYER, NEW: BUYER, QUIET: CLIENT, LONG_AGO: BUYER}


@pytest.fixture
def window(at_oak: Oak, world: World) -> Oak:
    """Oak Ltd with these five customers, of whom 60 days are shown."""
    with world.lock:
        world.knobs.all_orders = False
        shop = world.shops[DOMAIN]
        shop.customers.clear()
        shop.orders.clear()
        for number, ago in enumerate(ORDERED, 1):
            came = world.now() - ago[0] * DAY
            shop.customers[number] = Customer(number, created_at=came, updated_at=came)
            for days in ago:
                place(shop, number, at=world.now() - days * DAY)
    return at_oak


def place(shop: Shop, customer: int, *, at: int) -> None:
    """An order of something new."""
    product = 31 + len(shop.orders)
    add_order(shop, customer=customer, lines=[Line(product, product=product, quantity=1, price=2000)], at=at)


def day_of(at: int) -> str:
    """2026-11-01"""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def kept(oak: Oak) -> dict[str, Earlier]:
    with oak.services.database.read() as tx:
        return earlier.of_customers(tx, oak.shop, [f"Customer/{number}" for number in range(1, 40)])


def numbers(oak: Oak) -> dict[str, int]:
    return {customer: one.orders for customer, one in kept(oak).items()}


def columns(oak: Oak) -> list[Any]:
    return oak.column("SELECT customer || kind || occasions || ' ' || coalesce(lapse_on, 0) FROM customers ORDER BY 1")


def test_what_cannot_be_seen_counts_by_its_number(window: Oak) -> None:
    """Seven times with five before we can look is a client; once before we can look is a buyer."""
    done = run(window)
    assert numbers(window) == {SEVEN: 5, ONCE: 1, QUIET: 3, LONG_AGO: 2}
    assert (done.stage, done.orders, done.earlier) == ("done", 3, 11)
    assert window.kinds() == WANTED
    assert window.column("SELECT occasions FROM customers ORDER BY customer") == [7, 1, 1, 3, 2]
    assert all(window.column("SELECT provisional FROM customers"))


def test_a_second_import_changes_nothing(window: Oak, world: World) -> None:
    """Also weeks later: that nobody ordered in between is known by then."""
    run(window)
    before = kept(window), columns(window)
    requests.post(f"{world.address}/_simulator/calendar", json={"advance": 20 * DAY}, timeout=9).raise_for_status()
    import_again(window.services, window.shop)
    assert run(window).earlier == 11
    assert (kept(window), columns(window)) == before


def test_a_live_order_is_added_and_the_earlier_ones_stay(window: Oak, world: World) -> None:
    """And the next import, which finds one more order at the shop, comes to the same."""
    run(window)
    with world.lock:
        place(world.shops[DOMAIN], 2, at=world.now())
        number = max(world.shops[DOMAIN].orders)
    window.receive("orders/create", order(number, customer=2, day=day_of(world.now())))
    window.drain()
    assert (window.kinds()[ONCE], numbers(window)[ONCE]) == (CLIENT, 1)
    import_again(window.services, window.shop)
    run(window)
    assert (window.kinds()[ONCE], numbers(window)[ONCE]) == (CLIENT, 1)


def test_an_old_order_that_comes_to_light_is_one_of_those_that_were_counted(window: Oak, world: World) -> None:
    """A refund months later brings it in whole: no second occasion, and no client."""
    run(window)
    old = next(one for one in world.shops[DOMAIN].orders.values() if one.customer == 2)
    window.receive("orders/updated", order(old.id, customer=2, day=day_of(old.processed_at)))
    window.drain()
    assert window.kinds()[ONCE] == BUYER
    assert window.column("SELECT occasions FROM customers WHERE customer = 'Customer/2'") == [1]
    import_again(window.services, window.shop)
    assert run(window).earlier == 10
    assert numbers(window).get(ONCE, 0) == 0
    assert window.kinds()[ONCE] == BUYER


def test_once_all_orders_can_be_read_they_are_and_nothing_is_counted_by_number(window: Oak, world: World) -> None:
    """The clock finds the shop as soon as the scope is there; afterwards it is as any other."""
    run(window)
    with window.services.database.write() as tx:
        assert all_shops.to_import(tx) == []
        shops.change(tx, window.shop, scopes="read_customers,read_orders,read_all_orders")
        assert all_shops.to_import(tx) == [window.shop]
    with world.lock:
        world.knobs.all_orders = True
    done = run(window)
    assert (done.number, done.orders, done.earlier, kept(window)) == (2, 14, 0, {})
    assert window.kinds() == WANTED
    assert window.column("SELECT usual_gap FROM customers WHERE customer = 'Customer/4'") == [55.0]
    with window.services.database.read() as tx:
        assert all_shops.to_import(tx) == []


def test_a_scope_that_comes_between_the_two_exports_loses_no_order(window: Oak, world: World) -> None:
    """Orders were exported without it: what they leave out is still counted, and so the next import reads it."""
    import_history(window.services, window.shop)
    assert list(world.shops[DOMAIN].operations.values())[-1].done.wait(5)
    with window.services.database.write() as tx:
        shops.grant(tx, window.shop, scopes="read_orders,read_all_orders", at=window.services.now() + 1)
    with world.lock:
        world.knobs.all_orders = True
    assert run(window).earlier > 0
    done = run(window)
    assert (done.number, done.earlier, kept(window)) == (2, 0, {})


def test_numbers_are_asked_for_only_where_orders_are_hidden(window: Oak, world: World) -> None:
    run(window)
    asked = [one.query for one in world.shops[DOMAIN].operations.values()]
    assert [("numberOfOrders" in query) for query in asked] == [False, True]
    with window.services.database.write() as tx:
        shops.change(tx, window.shop, scopes="read_orders,read_all_orders")
    import_again(window.services, window.shop)
    run(window)
    asked = [one.query for one in world.shops[DOMAIN].operations.values()]
    assert [("numberOfOrders" in query) for query in asked] == [False, True, False, False]


def test_a_shop_whose_orders_are_all_shown_has_none(at_oak: Oak) -> None:
    assert run(at_oak).earlier == 0
    assert kept(at_oak) == {}


def ago(days: int) -> str:
    """That many days before today, as 2026-11-01."""
    return day_of(wall_clock() - days * DAY)


def line(customer: int, orders: int, *, last: int | None = None, came: int = 200) -> bytes:
    """A customer who came so many days ago, as the export tells it; their newest order as far as it is shown."""
    shown = None if last is None else {"processedAt": f"{ago(last)}T12:00:00Z"}
    said = {"id": f"gid://shopify/Customer/{customer}", "tags": [], "numberOfOrders": str(orders)}
    return json.dumps(said | {"createdAt": f"{ago(came)}T12:00:00Z", "lastOrder": shown}).encode()


def told(oak: Oak, *lines: bytes) -> None:
    """An import read these customers, and judged everyone."""
    with oak.services.database.write() as tx:
        imports.end(tx, oak.shop, reason="", now=1)
    reading(oak).customers(lines)
    judge_all(oak.services, oak.shop, cause="import 1")


def test_an_order_whose_delivery_is_still_to_come_is_no_earlier_one(oak: Oak) -> None:
    """It was placed while the export was made; counted by number now and as itself later, it would be two."""
    told(oak, line(7, 1, last=9), line(8, 3, last=9))
    assert numbers(oak) == {"Customer/8": 2}
    for customer in (7, 8):
        oak.receive("orders/create", order(customer, customer=customer, day=ago(9)))
    oak.drain()
    assert (oak.kinds()["Customer/7"], oak.kinds()["Customer/8"]) == (BUYER, CLIENT)


def test_merged_customers_have_the_earlier_orders_of_both(oak: Oak) -> None:
    """Each counted their own. A delivery that is repeated hands on nothing more."""
    told(oak, line(7, 1), line(8, 2, came=150))
    before = kept(oak)
    for _ in range(2):
        oak.receive("customers/merge", merge(7, 8))
        oak.drain()
    first, second = before["Customer/7"], before["Customer/8"]
    assert kept(oak) == {"Customer/8": Earlier(3, first.since, second.until)}
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": CLIENT}


def test_an_import_that_still_names_the_one_who_is_gone_gives_them_nothing(oak: Oak) -> None:
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    told(oak, line(7, 4), line(8, 1))
    assert numbers(oak) == {"Customer/8": 1}
    assert oak.kinds()["Customer/7"] == NONE


def test_who_objects_is_not_classified_by_numbers_either(oak: Oak) -> None:
    opted = json.loads(line(7, 4)) | {"dataSaleOptOut": True}
    told(oak, json.dumps(opted).encode())
    assert oak.kinds() == {"Customer/7": NONE}


def test_a_client_by_number_lapses_at_the_sweep(oak: Oak) -> None:
    told(oak, line(7, 2))
    assert oak.kinds() == {"Customer/7": CLIENT}
    (lapse,) = oak.column("SELECT lapse_on FROM customers")
    with oak.services.database.write() as tx:
        assert customers.sweep(tx, oak.shop, today=lapse - 1) == 0
        assert customers.sweep(tx, oak.shop, today=lapse) == 1
    assert oak.kinds() == {"Customer/7": BUYER}


def test_an_order_for_a_company_is_none_of_the_earlier_ones(oak: Oak) -> None:
    """It is judged with the company, and counted at the shop as the person's, whenever it was placed."""
    company = {"id": 61, "location_id": 620}
    for number, days in ((1, 9), (2, 90)):
        oak.receive("orders/create", order(number, customer=7, day=ago(days), company=company))
    oak.drain()
    told(oak, line(7, 3, last=9))
    assert numbers(oak) == {"Customer/7": 1}
    assert oak.column("SELECT counted || ' ' || occasions FROM customers WHERE customer = 'CompanyLocation/620'") == [
        "2 2"
    ]


def test_whoever_asks_is_told_of_them_and_whoever_is_erased_leaves_none(oak: Oak) -> None:
    told(oak, line(ANNA, 3), line(BEN, 2))
    asked = data_request(oak)
    carry_out(oak)
    with oak.services.database.read() as tx:
        (said,) = as_json(privacy.answer(tx, oak.shop, asked))["customers"]
    assert (said["earlier"], said["earlier_since"]) == (3, ago(200))
    redact(oak)
    carry_out(oak)
    told(oak, line(ANNA, 3), line(BEN, 2))
    assert oak.column("SELECT customer FROM customers") == [f"Customer/{BEN}"]


def test_an_import_that_was_killed_before_it_judged_ends_alike(window: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("plugin.usecases.import_history.judge_all", killed)
        with pytest.raises(KeyboardInterrupt):
            run(window)
    done = run(window)
    assert (done.number, done.stage, done.earlier) == (1, "done", 11)
    assert window.kinds() == WANTED
