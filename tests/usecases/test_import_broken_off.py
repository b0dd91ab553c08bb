"""Shopify breaks an export off, or forgets its result: it is asked for anew, some times, and nothing is doubled."""

import time
import zlib

import pytest

from plugin.core.verdict import Kind
from plugin.db import ledger, shops
from plugin.errors import GiveUp
from plugin.simulator.state import Operation, World
from plugin.usecases.import_history import PAUSE, TRIES, import_again, import_history
from tests.usecases.conftest import DOMAIN, Oak, order
from tests.usecases.history import newest, run

ENDS = ("FAILED", "CANCELED", "EXPIRED")


def ended(world: World, number: int) -> list[Operation]:
    """The shop's exports, once there are so many and all have ended."""
    until = time.monotonic() + 5
    running = world.shops[DOMAIN].operations
    while len(running) < number:
        assert time.monotonic() < until
    for one in running.values():
        assert one.done.wait(until - time.monotonic())
    return list(running.values())


def asked(oak: Oak, world: World, *, number: int = 2) -> list[Operation]:
    """Both exports are under way, and over."""
    both = (
        "SELECT count(*) FROM imports WHERE stage = 'asked'"
        " AND orders_operation IS NOT NULL AND customers_operation IS NOT NULL"
    )
    while oak.column(both) == [0]:
        import_history(oak.services, oak.shop)
    return ended(world, number)


@pytest.mark.parametrize("which", [0, 1], ids=["orders", "customers"])
@pytest.mark.parametrize("status", ENDS)
def test_what_was_broken_off_is_asked_for_anew(at_oak: Oak, world: World, status: str, which: int) -> None:
    """Only that export; the other one is there already."""
    asked(at_oak, world)[which].status = status
    assert import_history(at_oak.services, at_oak.shop) == PAUSE
    kept = newest(at_oak)
    assert (kept.stage, kept.tries) == ("asked", 1)
    assert (kept.orders_operation is None, kept.customers_operation is None) == (which == 0, which == 1)
    done = run(at_oak)
    assert (done.number, done.stage, done.orders, done.customers) == (1, "done", 3, 3)
    assert len(ended(world, 3)) == 3


def test_a_result_that_is_no_longer_there_is_asked_for_anew(at_oak: Oak, world: World) -> None:
    """The app was away for more than seven days."""
    for one in asked(at_oak, world):
        del world.shops[DOMAIN].operations[one.id]
    assert run(at_oak).orders == 3
    assert newest(at_oak).tries == 2


def test_after_some_times_it_says_so_and_keeps_what_there_is(at_oak: Oak, world: World) -> None:
    for again in range(TRIES + 1):
        asked(at_oak, world, number=again + 2)
        orders = [one for one in ended(world, again + 2) if one.status == "COMPLETED" and "OrderHistory" in one.query]
        orders[-1].status, orders[-1].error_code = "FAILED", "TIMEOUT"
        if again < TRIES:
            assert import_history(at_oak.services, at_oak.shop) == PAUSE * 2**again
    with pytest.raises(GiveUp, match=r"asked 4 times: it ended the export early \(TIMEOUT\)"):
        import_history(at_oak.services, at_oak.shop)
    assert newest(at_oak).stage == "failed"
    assert list(at_oak.kinds().values()) == [Kind.BUYER] * 3
    import_again(at_oak.services, at_oak.shop)
    done = run(at_oak)
    assert (done.number, done.stage, done.orders, done.tries) == (2, "done", 3, 0)


def cut(one: Operation) -> None:
    """Shopify stopped after its last order, before the lines of it."""
    lines = b"".join(map(zlib.decompress, one.pieces)).splitlines(keepends=True)
    while b"__parentId" in lines[-1]:
        lines.pop()
    one.pieces[:] = [zlib.compress(b"".join(lines))]
    one.status = "FAILED"


@pytest.mark.parametrize("before", [True, False], ids=["known before", "read again after"])
def test_an_order_cut_off_from_its_lines_takes_no_products_away(at_oak: Oak, world: World, *, before: bool) -> None:
    """Neither from the whole order of an earlier import, nor by staying when a later one reads it whole."""
    whole = "SELECT units FROM orders ORDER BY id"
    number = 0
    if before:
        run(at_oak)
        import_again(at_oak.services, at_oak.shop)
        number = 2
    for again in range(TRIES + 1):
        asked(at_oak, world, number=number + again + 2)
        orders = [
            one for one in ended(world, number + again + 2) if one.status == "COMPLETED" and "OrderHistory" in one.query
        ]
        cut(orders[-1])
        if again < TRIES:
            assert import_history(at_oak.services, at_oak.shop) == PAUSE * 2**again
    with pytest.raises(GiveUp):
        import_history(at_oak.services, at_oak.shop)
    assert at_oak.column(whole) == ([1, 1, 1] if before else [1, 1, 0])
    import_again(at_oak.services, at_oak.shop)
    run(at_oak)
    assert at_oak.column(whole) == [1, 1, 1]


def test_a_shop_without_orders_is_read_too(at_oak: Oak, world: World) -> None:
    """Shopify names no file for an empty export."""
    world.shops[DOMAIN].orders.clear()
    world.shops[DOMAIN].customers.clear()
    done = run(at_oak)
    assert (done.stage, done.orders, done.customers, at_oak.kinds()) == ("done", 0, 0, {})


def rows(oak: Oak) -> dict[str, list[tuple[object, ...]]]:
    """All that is known, but for when the orders were read."""
    with oak.services.database.read() as tx:
        found = {
            table: [tuple(row) for row in tx.connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2")]
            for table in ("customers", "ledger", "consents")
        }
        names = "id, customer, day, updated_at, ignored, total, refunded, units, products, renewal"
        found["orders"] = [
            tuple(row) for row in tx.connection.exec_driver_sql(f"SELECT {names} FROM orders ORDER BY id")
        ]
    return found


def test_a_second_import_changes_nothing(at_oak: Oak) -> None:
    """Not a verdict, not why it came to be, not a tag change; live orders in between stay as they are."""
    run(at_oak)
    at_oak.receive("orders/create", order(77, customer=7))
    at_oak.drain()
    before = rows(at_oak)
    assert before["orders"]
    import_again(at_oak.services, at_oak.shop)
    assert run(at_oak).number == 2
    assert rows(at_oak) == before
    with at_oak.services.database.read() as tx:
        assert ledger.states(tx, at_oak.shop) == {}
        assert not shops.get(tx, at_oak.shop).rejudge


def test_no_word_from_shopify_is_needed_to_go_on(at_oak: Oak, world: World) -> None:
    """bulk_operations/finish may never come: every step looks by itself."""
    world.knobs.finish_webhooks = False
    world.knobs.bulk_delay = 0.2
    assert run(at_oak).stage == "done"
    assert at_oak.column("SELECT topic FROM inbox") == []
