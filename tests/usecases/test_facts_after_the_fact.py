"""What is told of an order later: the verdict is always that of a shop that heard the last word only."""

from typing import Any

import pytest

from plugin.core.verdict import Kind
from plugin.db import shops
from plugin.usecases.rejudge import judge_all, rejudge
from tests.usecases.conftest import Oak, order
from tests.usecases.history import exported, reading
from tests.usecases.test_merges import merge

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE
FIRST = {"day": "2026-11-01"}


def back(*amounts: str) -> dict[str, Any]:
    """Money given back, a refund each."""
    moved = [{"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"} for amount in amounts]
    return {"refunds": [{"transactions": [one]} for one in moved]}


FULLY = back("20.00") | {"financial_status": "refunded", "current_total_price": "0.00"}
PARTLY = back("5.00") | {"financial_status": "partially_refunded", "current_total_price": "15.00"}
IN_TWO = back("5.00", "15.00") | {"financial_status": "refunded", "current_total_price": "0.00"}
EMPTIED = {"current_total_price": "0.00", "line_items": []}
VOIDED = {"financial_status": "voided"}
PENDING = {"financial_status": "pending"}
CANCELLED = {"cancelled_at": "2026-11-10T12:00:00Z"}
ADDED = {"line_items": [{"id": 1, "product_id": 1, "quantity": 1}, {"id": 2, "product_id": 99, "quantity": 1}]}
# What the second order's versions say, oldest first, and what becomes of a customer whose first order counts.
TWISTS: dict[str, tuple[list[dict[str, Any]], Kind]] = {
    "refunded in full": ([{}, FULLY], BUYER),
    "refunded in part": ([{}, PARTLY], CLIENT),
    "refunded in part, then the rest": ([{}, PARTLY, IN_TWO], BUYER),
    "refunded in part, then products were added": ([{}, PARTLY, back("5.00") | ADDED], CLIENT),
    "all lines removed": ([{}, EMPTIED], BUYER),
    "all lines removed, then others added": ([{}, EMPTIED, ADDED], CLIENT),
    "cancelled": ([{}, CANCELLED], BUYER),
    "paid late": ([PENDING, {}], CLIENT),
    "never paid": ([PENDING, VOIDED], BUYER),
    "paid, then voided": ([{}, VOIDED], BUYER),
    "voided, then paid after all": ([VOIDED, {}], CLIENT),
    "turned into a test": ([{}, {"test": True}], BUYER),
    "given to another customer": ([{}, {"customer": 8}], BUYER),
    "taken from everybody": ([{}, {"customer": None}], BUYER),
    "taken from everybody and given back": ([{}, {"customer": None}, {"customer": 7}], CLIENT),
    "turned out to be a company's": ([{}, {"company": {"id": 1, "location_id": 3}}], BUYER),
    "moved to another place of the company": (
        [{"company": {"id": 1, "location_id": 3}}, {"company": {"id": 1, "location_id": 4}}],
        BUYER,
    ),
}


def versions(twist: str) -> list[dict[str, Any]]:
    """The second order, version by version."""
    said, _ = TWISTS[twist]
    days = range(9, 9 + len(said))
    return [
        order(**{"number": 2, "day": "2026-11-09", "updated_at": f"2026-11-{at:02}T13:00:00Z", **more})
        for at, more in zip(days, said, strict=True)
    ]


def verdicts(oak: Oak) -> list[str]:
    """Everyone who is somebody, with the figures."""
    figures = "customer || ' ' || kind || ' ' || occasions || ' ' || counted || ' ' || coalesce(lapse_on, 0)"
    return oak.column(f"SELECT {figures} FROM customers WHERE counted > 0 OR kind > 0 ORDER BY customer")


@pytest.mark.parametrize("twist", TWISTS)
@pytest.mark.parametrize("backwards", [False, True], ids=["as it happened", "the last word first"])
def test_the_last_word_about_an_order_decides(oak: Oak, twist: str, backwards: bool) -> None:
    """In both directions of time, and as if nothing else had ever been said."""
    told = versions(twist)
    oak.receive("orders/create", order(1, **FIRST))
    for version in reversed(told) if backwards else told:
        oak.receive("orders/updated", version)
        oak.drain()
    assert oak.kinds()["Customer/7"] == TWISTS[twist][1]
    twisted = verdicts(oak)
    with oak.services.database.write() as tx:
        for table in ("orders", "customers"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table}")
    oak.receive("orders/create", order(1, **FIRST))
    oak.receive("orders/updated", told[-1])
    oak.drain()
    assert verdicts(oak) == twisted


def test_an_import_from_before_a_merge_gives_its_orders_to_the_kept_customer(oak: Oak) -> None:
    """The export was made while there were two."""
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    reading(oak).orders([exported(1, customer=7), exported(2, customer=8, processedAt="2026-05-20T14:00:00Z")])
    judge_all(oak.services, oak.shop, cause="import 1")
    assert oak.column("SELECT DISTINCT customer FROM orders") == ["Customer/8"]
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": CLIENT}


def test_a_merge_while_an_import_is_read_gets_both_halves(oak: Oak) -> None:
    """What was read before it is handed on, what is read after it is followed."""
    read = reading(oak)
    read.orders([exported(1, customer=7)])
    oak.receive("customers/merge", merge(7, 8))
    oak.drain()
    read.orders([exported(2, customer=7, processedAt="2026-05-20T14:00:00Z")])
    judge_all(oak.services, oak.shop, cause="import 1")
    assert oak.kinds() == {"Customer/7": NONE, "Customer/8": CLIENT}


def test_an_import_cannot_make_a_deleted_customer_one_to_be_tagged(oak: Oak) -> None:
    """Their orders count on; nothing is written where nobody is."""
    oak.receive("orders/create", order(1))
    oak.receive("customers/delete", {"id": 7})
    oak.drain()
    read = reading(oak)
    read.orders([exported(2)])
    read.customers([b'{"id":"gid://shopify/Customer/7","tags":[]}'])
    judge_all(oak.services, oak.shop, cause="import 1")
    assert oak.column("SELECT held FROM customers") == ["gone"]


@pytest.mark.parametrize(
    ("zone", "kind"), [("UTC", BUYER), ("Europe/Paris", CLIENT), ("Asia/Tokyo", BUYER), ("America/New_York", BUYER)]
)
@pytest.mark.parametrize("live", [False, True], ids=["before", "while it changes"])
def test_a_new_zone_counts_the_days_anew(oak: Oak, zone: str, kind: Kind, live: bool) -> None:
    """Two orders around midnight in Paris, in the week of the end of summer time; one of them may come in between."""
    evening = order(1, processed_at="2026-10-27T22:30:00Z")
    night = order(2, processed_at="2026-10-27T23:30:00Z")
    oak.receive("orders/create", evening)
    if not live:
        oak.receive("orders/create", night)
        oak.drain()
    oak.receive("shop/update", {"id": 1, "iana_timezone": zone}, triggered_at=9000)
    if live:
        oak.receive("orders/create", night)
    oak.drain()
    rejudge(oak.services, oak.shop)
    assert oak.column("SELECT count(DISTINCT day) FROM orders") == [2 if kind == CLIENT else 1]
    assert oak.kinds() == {"Customer/7": kind}
    assert oak.column("SELECT cause FROM customers") == ["zone" if kind == CLIENT else "orders"]


@pytest.mark.parametrize("changed", [{"zone": "Asia/Tokyo"}, {"model": 2}, {"rules": 2}], ids=str)
def test_what_changes_while_everybody_is_judged_has_them_judged_once_more(
    oak: Oak, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was judged before it was judged by what no longer holds."""
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, rejudge=True)

    def change(*given: Any, cause: str) -> int:
        with oak.services.database.write() as tx:
            shops.change(tx, oak.shop, **changed)
        return 0

    def asked() -> bool:
        with oak.services.database.read() as tx:
            return shops.get(tx, oak.shop).rejudge

    monkeypatch.setattr("plugin.usecases.rejudge.judge_all", change)
    rejudge(oak.services, oak.shop)
    assert asked()
    rejudge(oak.services, oak.shop)
    assert not asked()


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "2000", 2000), ("KWD", "20.005", 20005)])
def test_a_shop_that_changes_its_currency_goes_on(oak: Oak, currency: str, amount: str, minor: int) -> None:
    """An order names its own currency, and its amounts are compared with each other only."""
    oak.receive("orders/create", order(1, **FIRST))
    oak.receive("shop/update", {"id": 1, "currency": currency}, triggered_at=9000)
    prices = dict.fromkeys(("total_price", "current_total_price", "total_line_items_price"), amount)
    oak.receive("orders/create", order(2, day="2026-11-09", currency=currency, total_discounts="0", **prices))
    refunded = FULLY | back("20.00") | {"updated_at": "2026-11-12T12:00:00Z"}
    oak.receive("orders/updated", order(3, day="2026-11-05", **refunded))
    oak.drain()
    assert oak.parked() == []
    assert oak.column("SELECT currency FROM shops") == [currency]
    assert oak.column("SELECT total FROM orders ORDER BY id") == [2000, minor, 2000]
    assert oak.column("SELECT ignored FROM orders ORDER BY id") == [0, 0, 5]
    assert oak.kinds() == {"Customer/7": CLIENT}


@pytest.mark.parametrize(
    ("currency", "price", "words"),
    [("BITCOIN", "20.00", "no three-letter currency code"), ("JPY", "20.50", "more decimals than JPY allows")],
)
def test_an_amount_that_cannot_be_read_is_set_aside_in_words(oak: Oak, currency: str, price: str, words: str) -> None:
    """Nothing is rounded, and no other order waits for it."""
    oak.receive("orders/create", order(1, currency=currency, total_price=price))
    oak.receive("orders/create", order(2, customer=8))
    oak.drain()
    (why,) = oak.parked()
    assert words in why
    assert oak.kinds() == {"Customer/8": BUYER}
