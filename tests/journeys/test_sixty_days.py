"""A shop that shows 60 days of orders: older ones count by their number, until Shopify lets the app read them all."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plugin.core.earlier import Earlier
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Judged, pack_products
from plugin.core.verdict import Kind, judge
from plugin.simulator.history import CDNOW, read
from tests.journeys.app import until
from tests.journeys.journey import Journey, journey
from tests.journeys.shopify import DAY, SHOP, ours_among
from tests.journeys.verdicts import NAMES, counts, day_of, products_of

pytestmark = pytest.mark.timeout(300)

ONE_IN = 12  # customers of CDNOW
Row = dict[str, Any]


class Window(NamedTuple):
    """The shop, and what it looked like when its 60 days were read."""

    shop: Journey
    status: Row
    hidden: list[Row]  # orders
    verdicts: dict[int, Kind]  # what should be


def some_of_cdnow(folder: Path) -> Path:
    """A part of CDNOW's customers, with all they bought in 1997 and 1998."""
    path = folder / "some.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["customer", "date", "amount", "product", "quantity", "discount"])
        for one in read(CDNOW):
            if int(one.customer) % ONE_IN == 0:
                rows.writerows(
                    (one.customer, one.day, it.amount, it.product or "", it.quantity, it.discount) for it in one.items
                )
    return path


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """Imported and tagged."""
    folder = tmp_path_factory.mktemp("window")
    with journey(folder, history=some_of_cdnow(folder), zone="America/New_York") as made:
        made.shopify.knobs(all_orders=False)
        orders, since = made.shopify.rows("orders"), made.shopify.now() - 60 * DAY
        made.install()
        status = made.imported()
        assert made.accept().status_code == 302
        made.settled()
        hidden = [row for row in orders if row["processed_at"] < since]
        yield Window(made, status, hidden, told(orders, since, status["today"]))


def told(orders: list[Row], since: int, today: int) -> dict[int, Kind]:
    """The pure verdict on the orders of the window, and on the number of those before."""
    look = today - 59  # the window's first day is shown in part
    theirs: dict[int, list[Row]] = {}
    for row in orders:
        theirs.setdefault(row["customer"], []).append(row)
    found = {}
    for customer, rows in theirs.items():
        shown = [row for row in rows if row["processed_at"] >= since]
        number = len(rows) - sum(day_of(row) >= look for row in shown)
        seen = [Judged(day_of(row), not counts(row), False, pack_products(products_of(row))) for row in shown]
        earlier = Earlier(number, min(map(day_of, rows)), look)
        found[customer] = judge(seen, PRIOR, DEFAULT_RULES, today, earlier=earlier).kind
    return found


def wrong(shop: Journey, wanted: dict[int, Kind]) -> list[tuple[int, list[str], Kind]]:
    rows = shop.shopify.rows("customers")
    return [
        (row["id"], row["tags"], wanted[row["id"]])
        for row in rows
        if ours_among(row["tags"]) != {NAMES[wanted[row["id"]]]} - {""}
    ]


def test_every_tag_is_the_pure_verdict_on_sixty_days_and_the_number_before(window: Window) -> None:
    assert len(window.verdicts) > 1900
    assert wrong(window.shop, window.verdicts)[:3] == []
    assert {Kind.BUYER, Kind.CLIENT} == set(window.verdicts.values())
    assert window.status["kinds"]["clients"] > 50


def test_the_import_says_how_many_orders_it_could_not_see(window: Window) -> None:
    assert window.status["import"]["earlier"] == len(window.hidden) > 4000
    page = window.shop.panel().text
    assert f"Of {len(window.hidden):,} older orders it tells whose they are" in page


def test_a_verdict_says_what_it_rests_on(window: Window) -> None:
    examples = window.shop.app.get("/status.json?examples=1").json()[0]["examples"]
    said = [words for _, kind, words in examples if kind == "client"]
    assert any(" of them before we can look" in words for words in said)
    assert any(words.endswith("(provisional: older orders cannot be looked at yet).") for words in said)


def test_a_live_order_of_somebody_who_came_once_before_makes_a_client(window: Window) -> None:
    once = next(
        row["customer"]
        for row in window.hidden
        if window.verdicts[row["customer"]] is Kind.BUYER
        and sum(one["customer"] == row["customer"] for one in window.shop.shopify.rows("orders")) == 1
    )
    window.shop.shopify.order(customer=once, lines=[{"product": 4242, "quantity": 1, "price": 990}])
    window.shop.becomes(once, "client")


def test_once_all_orders_may_be_read_they_are_by_themselves_and_the_tags_follow(window: Window) -> None:
    """The last test of this file: from here on the shop is as any other."""
    window.shop.shopify.send(f"{SHOP}/scopes", grant=["read_all_orders"])

    def read_anew() -> Row | None:
        status = window.shop.app.status()
        return status if status["import"]["number"] == 2 and status["import"]["stage"] == "done" else None

    status = until("the second import", read_anew, instead=lambda: window.shop.app.status()["import"])
    assert status["import"]["earlier"] == 0
    assert status["orders"] == len(window.shop.shopify.rows("orders"))
    window.shop.all_right()
    assert "60 days of your orders" not in window.shop.panel().text
