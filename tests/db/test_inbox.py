"""The inbox keeps every delivery once, in order, until it is worked off or set aside."""

from plugin.db import inbox, shops
from plugin.db.engine import Database
from plugin.db.inbox import Delivery
from plugin.db.sqlite import TOGETHER


def some(shop: int, *ids: str) -> list[Delivery]:
    return [Delivery(shop, one, 1000 + n, "orders/create", 900, b"{}") for n, one in enumerate(ids)]


def test_a_repeated_delivery_is_kept_once(database: Database) -> None:
    """The unique index decides, within one commit and across commits."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, some(shop, "a", "b", "a"))
    with database.write() as tx:
        inbox.accept(tx, some(shop, "b", "c"))
    with database.read() as tx:
        assert [one.webhook_id for one in inbox.take(tx, shop, now=5000)] == ["a", "b", "c"]


def test_the_same_id_at_another_shop_is_another_delivery(database: Database) -> None:
    """Every shop sees only its own rows."""
    with database.write() as tx:
        oak, anna = (shops.know(tx, f"{name}.myshopify.com") for name in ("oak-ltd", "annas-bakery"))
        inbox.accept(tx, some(oak, "a") + some(anna, "a"))
        assert oak != anna
        assert inbox.counts(tx, oak) == inbox.counts(tx, anna) == (1, 0, 0)


def test_a_delivery_waits_until_its_time_and_a_parked_one_until_a_person_comes(database: Database) -> None:
    """Nothing behind a poisoned delivery waits for it."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, some(shop, "a", "b", "c"))
        inbox.try_again(tx, shop, "a", at=9000)
        inbox.park(tx, shop, "b", reason="no id")
        assert [one.webhook_id for one in inbox.take(tx, shop, now=5000)] == ["c"]
        assert [one.webhook_id for one in inbox.take(tx, shop, now=9000)] == ["c", "a"]
        inbox.finish(tx, shop, ["c"])
        assert inbox.counts(tx, shop) == (1, 1, 1)
        assert [(one.webhook_id, one.reason) for one in inbox.parked(tx, shop)] == [("b", "no id")]
        assert inbox.replay(tx, shop, ["c"], now=6000) == 0
        assert inbox.replay(tx, shop, ["b", "c"], now=6000) == 1
        assert [one.webhook_id for one in inbox.take(tx, shop, now=6000)] == ["b"]


def test_an_emptied_delivery_that_comes_again_brings_no_body_back(database: Database) -> None:
    """Whether it comes in the same millisecond or later."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, some(shop, "a"))
        inbox.finish(tx, shop, ["a"])
        inbox.empty(tx, shop, ["a"])
        inbox.accept(tx, some(shop, "a") + [one._replace(received_at=9000) for one in some(shop, "a")])
        assert inbox.body(tx, shop, "a") == b""
        assert [one.body for one in inbox.after(tx, shop, "", at_most=9)] == [None]


def test_a_repeated_delivery_leaves_no_second_body(database: Database) -> None:
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, some(shop, "a"))
        inbox.accept(tx, [one._replace(received_at=9000, body=b"[]") for one in some(shop, "a")])
        assert tx.connection.exec_driver_sql("SELECT received_at FROM bodies").scalars().all() == [1000]
        assert inbox.body(tx, shop, "a") == b"{}"


def test_many_at_once_are_kept_whole_and_duplicates_among_them_once(database: Database) -> None:
    """More than one statement takes, one of them known already."""
    wanted = {f"{n:03}": b'{"id": %d}' % n for n in range(2 * TOGETHER + 3)}
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        sent = [one._replace(body=wanted[one.webhook_id]) for one in some(shop, *wanted)]
        inbox.accept(tx, sent[5:6])
        inbox.accept(tx, [*sent, *sent[-2:]])
        assert {one.webhook_id: one.body for one in inbox.take(tx, shop, now=5000)} == wanted
        assert {one.webhook_id: one.body for one in inbox.after(tx, shop, "", at_most=999)} == wanted
        assert inbox.counts(tx, shop).waiting == len(wanted)


def test_what_came_while_the_clock_was_ahead_does_not_wait_for_that_day(database: Database) -> None:
    """Its turn has come at once, whatever day it says it came."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, [Delivery(shop, "a", 2_000_000_000_000, "orders/create", 900, b"{}")])
        assert [one.webhook_id for one in inbox.take(tx, shop, now=5000)] == ["a"]
