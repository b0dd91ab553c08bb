"""An import ends, and leaves the right kinds, whatever comes in between: broken lines, refusals, a moved zone."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.config import load
from plugin.core.verdict import Kind
from plugin.db import all_shops, imports, shops
from plugin.db.imports import Import
from plugin.db.migrate import migrate
from plugin.errors import GiveUp, Retry
from plugin.services import build
from plugin.simulator import access
from plugin.simulator.merchant import add_customer, add_order
from plugin.simulator.server import serve
from plugin.simulator.state import Line, Operation, Shop, World
from plugin.usecases import erased as asking
from plugin.usecases import import_history as importing
from plugin.usecases.erased import Erased
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.read_history import Reading
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import Oak, order

DOMAIN = "oak-ltd.myshopify.com"
SCOPES = ("write_customers", "read_orders", "read_products")
NOON = 1_777_644_000_000
DAY = 86_400_000


@pytest.fixture
def world(given: dict[str, str]) -> Iterator[World]:
    """Oak Ltd with three customers, each with one order."""
    made = World(
        api_key="simulated-key",
        secret="simulated-secret",
        app_url="http://127.0.0.1:1",
        scopes=SCOPES,
        api_version=load(**given).app.api_version,
        redirect_urls=("http://127.0.0.1:1/auth/callback",),
        subscriptions={},
        webhooks_uri="http://127.0.0.1:1/webhooks",
    )
    shop = Shop(id=1, domain=DOMAIN, name="Oak Ltd", zone="UTC", currency="EUR", scopes=SCOPES, installed=True)
    for _ in range(3):
        customer = add_customer(shop, at=NOON, joined=False)
        add_order(shop, customer=customer.id, lines=[Line(91, product=31, quantity=1, price=2000)], at=NOON)
    made.shops[DOMAIN] = shop
    server = serve(made)
    yield made
    server.close()


@pytest.fixture
def at_oak(world: World, tmp_path: Path, given: dict[str, str]) -> Iterator[Oak]:
    """Our side of it, with a token that opens the simulated shop."""
    nudged: list[tuple[str, int]] = []
    services = build(
        load(**{**given, "shopify_simulator": world.address}),
        lambda job, shop, *, after=0.0: nudged.append((job, shop)),
    )
    migrate(services.database)
    made = Oak(services, nudged)
    token, _ = access.new_token(world.shops[DOMAIN], SCOPES, expiring=True)
    with services.database.write() as tx:
        shops.change(tx, made.shop, token=services.box.encrypt(token))
    yield made
    services.close()


def newest(oak: Oak) -> Import:
    with oak.services.database.read() as tx:
        found = imports.last(tx, oak.shop)
    assert found is not None
    return found


def to_import(oak: Oak) -> list[int]:
    with oak.services.database.read() as tx:
        return all_shops.to_import(tx)


def run(oak: Oak) -> Import:
    """Steps until no further one is asked for."""
    until = time.monotonic() + 20
    while (pause := import_history(oak.services, oak.shop)) is not None:
        assert time.monotonic() < until, newest(oak)
        time.sleep(min(pause, 0.02))
    return newest(oak)


def exported(number: int, customer: int = 7, **more: Any) -> bytes:
    """The line of a counted order."""
    cost = {"shopMoney": {"amount": "20.0", "currencyCode": "EUR"}}
    line = {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "processedAt": "2026-05-01T14:00:00Z",
        "updatedAt": "2026-12-02T14:00:00Z",
        "displayFinancialStatus": "PAID",
        "customer": {"id": f"gid://shopify/Customer/{customer}"},
        "totalPriceSet": cost,
        "currentTotalPriceSet": cost,
        "totalRefundedSet": {"shopMoney": {"amount": "0.0"}},
    }
    return json.dumps(line | more).encode()


def reading(oak: Oak) -> Reading:
    with oak.services.database.write() as tx:
        imports.begin(tx, oak.shop, now=5)
        known = shops.get(tx, oak.shop)
    return Reading(oak.services, known, newest(oak))


def test_an_import_brings_orders_and_verdicts(at_oak: Oak) -> None:
    done = run(at_oak)
    assert (done.stage, done.orders, done.customers, done.lines, done.reason) == ("done", 3, 3, 9, None)
    assert set(at_oak.kinds().values()) == {Kind.BUYER}
    assert ("sync", at_oak.shop) in at_oak.nudged
    assert to_import(at_oak) == []


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


def test_a_full_disk_repeats_the_step(at_oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out for it: the import goes on where there is room again."""

    def full(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("INSERT", None, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("plugin.db.orders.keep", full)
        with pytest.raises(Retry) as again:
            run(at_oak)
    assert again.value.after == 30
    assert to_import(at_oak) == [at_oak.shop]
    assert run(at_oak).orders == 3


def test_a_zone_that_moves_while_an_import_reads_moves_the_days(
    at_oak: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read was counted in the old zone, so everyone is judged anew."""

    def move(*given: Any) -> int:
        with at_oak.services.database.write() as tx:
            shops.change(tx, at_oak.shop, zone="Asia/Tokyo", rejudge=False)
        return judge_all(*given)

    monkeypatch.setattr(importing, "judge_all", move)
    assert run(at_oak).stage == "done"
    with at_oak.services.database.read() as tx:
        assert shops.get(tx, at_oak.shop).rejudge
    assert at_oak.nudged[-1] == ("rejudge", at_oak.shop)


def test_whoever_lost_their_last_order_to_another_is_nobody_again(oak: Oak) -> None:
    """An import may tell that an order is another customer's now; who had it has no rows left that say so."""
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    reading(oak).orders([exported(1, customer=8)])
    judge_all(oak.services, oak.shop)
    assert oak.kinds() == {"Customer/7": Kind.NONE, "Customer/8": Kind.BUYER}
    assert oak.column("SELECT counted FROM customers ORDER BY customer") == [0, 1]
    assert judge_all(oak.services, oak.shop) == 1


def test_who_orders_for_a_company_alone_is_not_taken_for_one_without_orders(oak: Oak) -> None:
    place = {"location": {"id": "gid://shopify/CompanyLocation/3"}}
    reading(oak).orders([exported(1, customer=8, purchasingEntity=place)])
    judge_all(oak.services, oak.shop)
    judge_all(oak.services, oak.shop)
    assert oak.kinds() == {"Customer/8": Kind.BUYER, "CompanyLocation/3": Kind.BUYER}


def test_a_refused_second_export_does_not_start_the_first_again(at_oak: Oak, world: World) -> None:
    """Each is written down as it starts; only the refused one is asked for later."""
    running = world.shops[DOMAIN].operations
    for number in range(4):
        running[number] = Operation(id=number, type="QUERY", query="", created_at=NOON, status="RUNNING")
    assert import_history(at_oak.services, at_oak.shop) == 0.0
    first = newest(at_oak)
    assert first.orders_operation is not None
    world.knobs.bulk_delay = 0.0
    until = time.monotonic() + 5
    for one in running.values():
        if one.id > 3:
            assert one.done.wait(until - time.monotonic())
            one.status = "RUNNING"
    for _ in range(2):
        with pytest.raises(Retry):
            import_history(at_oak.services, at_oak.shop)
    assert newest(at_oak) == first
    for one in running.values():
        one.status = "COMPLETED"
    assert run(at_oak).orders == 3
    assert len(running) == 4 + 2


def test_an_import_asked_for_while_one_runs_follows_it(at_oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*given: Any) -> int:
        monkeypatch.undo()
        import_again(at_oak.services, at_oak.shop)
        return judge_all(*given)

    monkeypatch.setattr(importing, "judge_all", ask)
    done = run(at_oak)
    assert (done.number, done.stage) == (2, "done")


def test_an_import_may_be_asked_for_before_there_was_any(at_oak: Oak) -> None:
    """The clock finds the shop too, and finds it no more once its newest import has ended."""
    assert to_import(at_oak) == [at_oak.shop]
    import_again(at_oak.services, at_oak.shop)
    assert at_oak.nudged == [("import", at_oak.shop)]
    assert run(at_oak).stage == "done"
    assert to_import(at_oak) == []
    import_again(at_oak.services, at_oak.shop)
    assert to_import(at_oak) == [at_oak.shop]


def test_an_import_older_than_the_installation_does_not_count(at_oak: Oak) -> None:
    run(at_oak)
    with at_oak.services.database.write() as tx:
        shops.change(tx, at_oak.shop, installed_at=at_oak.services.now() + 1)
    assert to_import(at_oak) == [at_oak.shop]


def test_the_settings_of_the_shop_are_read_before_its_history(
    at_oak: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops the first step leaves nothing behind, so that it is repeated whole."""
    world.shops[DOMAIN].zone = "Asia/Tokyo"
    world.knobs.api_status = 503
    world.knobs.api_failures = 40
    monkeypatch.setattr(at_oak.services.shopify(shop_of(at_oak)), "_sleep", lambda seconds: None)
    with pytest.raises(Retry):
        import_history(at_oak.services, at_oak.shop)
    assert to_import(at_oak) == [at_oak.shop]
    world.knobs.api_status = world.knobs.api_failures = 0
    run(at_oak)
    assert (shop_of(at_oak).zone, shop_of(at_oak).name) == ("Asia/Tokyo", "Oak Ltd")


def test_a_history_that_is_refused_for_good_says_so(at_oak: Oak, world: World) -> None:
    """The reason stands in the import, and the clock does not ask every minute."""
    world.knobs.api_status = 402
    with pytest.raises(GiveUp):
        import_history(at_oak.services, at_oak.shop)
    failed = newest(at_oak)
    assert failed.stage == "failed"
    assert "bill" in (failed.reason or "")
    assert to_import(at_oak) == []


def shop_of(oak: Oak) -> shops.Shop:
    with oak.services.database.read() as tx:
        return shops.get(tx, oak.shop)


def erased(oak: Oak, *names: str) -> None:
    with oak.services.database.write() as tx:
        Erased(oak.services, oak.shop).add(tx, names)


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
    judge_all(oak.services, oak.shop)
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


def test_a_merchant_who_leaves_in_the_middle_stops_the_import(at_oak: Oak) -> None:
    """It ends with the uninstall, and a return begins another."""
    assert import_history(at_oak.services, at_oak.shop) == 0.0
    at_oak.receive("app/uninstalled", {"myshopify_domain": DOMAIN})
    at_oak.drain()
    assert newest(at_oak).stage == "failed"
    assert import_history(at_oak.services, at_oak.shop) is None
    with pytest.raises(GiveUp, match="left while"):
        reading(at_oak).orders([exported(1)])
