"""The overview: figures with their charts, who is about to lapse, work that waits, and what to do next."""

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from plugin.core.facts import OrderSeen
from plugin.core.moments import day_of
from plugin.db import figures, inbox, shops
from plugin.db.inbox import Delivery
from plugin.usecases.apply_facts import stored
from plugin.usecases.figure import figure
from plugin.usecases.judge import Bench
from plugin.usecases.show_home import FIRST, MANY, SOON
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import DAY, Pages

TODAY = day_of(DAY, ZoneInfo("UTC"))


def decided(pages: Pages, *, tagging: bool = True) -> int:
    """Anna's Bakery after the first run: its number."""
    pages.imported(shop := pages.connected(ANNA))
    with pages.services.database.write() as tx:
        shops.change(tx, shop, tagging=tagging, skipped_at=1, currency="EUR")
    return shop


def ordered(pages: Pages, shop: int, *orders: tuple[int | None, int]) -> None:
    """Orders as (customer, None for nobody, and how many days ago), of 20.00 each; the figures are counted then."""
    from plugin.db import orders as kept

    facts = [
        OrderSeen(
            number, f"#{number}", customer and f"Customer/{customer}", None, DAY - ago * 86_400_000, 1, False,
            False, "paid", False, 2000, 2000, 0, 0, 2000, 1, False, False, b"",
        )
        for number, (customer, ago) in enumerate(orders, 1)
    ]  # fmt: skip
    with pages.services.database.write() as tx:
        kept.keep(tx, shop, [stored(shop, one, ZoneInfo("UTC"), triggered_at=1, read=True) for one in facts])
        bench = Bench(shop, *shops.judging(tx, shop), TODAY, cause="orders")
        bench.judge(tx, {f"Customer/{customer}" for customer, _ in orders if customer})
    figure(pages.services, shop)


def figures_of(page: str) -> list[str]:
    """The numbers that stand out."""
    return [one.strip() for one in re.findall(r"<strong>([^<]*)</strong>", page)]


def test_the_figures_that_matter_stand_first(pages: Pages) -> None:
    shop = decided(pages)
    ordered(pages, shop, (1, 60), (1, 5), (2, 3), (3, 2))
    page = pages.document().text
    assert figures_of(page) == ["1", "2", "33%", "50%"]
    assert "4 orders were read." in page


def test_before_the_first_count_the_page_says_that_it_counts_and_looks_again(pages: Pages) -> None:
    shop = decided(pages)
    page = pages.document().text
    assert "Counting your customers." in page
    assert "data-again" in page
    figure(pages.services, shop)
    assert "Counting your customers." not in pages.document().text


def test_a_shop_without_an_order_is_told_what_will_stand_here(pages: Pages) -> None:
    shop = decided(pages)
    figure(pages.services, shop)
    page = pages.document().text
    assert figures_of(page) == ["0", "0", "–", "–"]
    assert "No order counts yet" in page
    assert "<svg" not in page


def test_a_shop_with_one_order_has_a_bar_and_no_share_yet(pages: Pages) -> None:
    shop = decided(pages)
    ordered(pages, shop, (1, 0))
    page = pages.document().text
    assert figures_of(page) == ["0", "1", "0%", "0%"]
    assert page.count("<svg") == 1
    assert "From tomorrow on you see here how the numbers change." in page
    assert "had 30 days to come back" in page


def test_every_chart_has_the_same_numbers_as_a_table(pages: Pages) -> None:
    shop = decided(pages)
    with pages.services.database.write() as tx:
        for day in (TODAY - 2, TODAY - 1):
            row = f"({shop}, {day}, 0, 7, 5)"
            tx.connection.exec_driver_sql(f"INSERT INTO daily_figures (shop, day, none, buyers, clients) VALUES {row}")
    ordered(pages, shop, (1, 100), (1, 90), (2, 100), (3, 2))
    page = pages.document().text
    assert page.count("<svg") == page.count("Show as a table") == 3
    first = date.fromordinal(TODAY - 100)
    assert re.search(rf"<td>{first:%b %Y}</td><td[^>]*>2</td><td[^>]*>50%</td>", page)
    assert re.search(r"<title>[^<]*: Clients 5</title>", page)
    assert "€20.00" in page


def test_what_orders_without_a_customer_brought_is_shown_where_there_are_any(pages: Pages) -> None:
    """A till that names nobody sells too."""
    shop = decided(pages)
    ordered(pages, shop, (1, 2))
    assert "No customer" not in pages.document().text
    with pages.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE figures SET as_of = 0")
    ordered(pages, shop, (1, 2), (None, 1))
    assert "No customer" in pages.document().text


@pytest.mark.parametrize(("language", "words"), [("fr", "40,00\xa0€"), ("nl", "€\xa040,00")])
def test_charts_speak_the_language_of_the_page(pages: Pages, language: str, words: str) -> None:
    shop = decided(pages)
    with pages.services.database.write() as tx:
        shops.change(tx, shop, language=language)
    ordered(pages, shop, (1, 1), (2, 1))
    assert words in pages.document().text.replace("\u202f", "\xa0")


def test_who_lapses_soonest_stands_first_and_nobody_who_lapses_late(pages: Pages) -> None:
    shop = decided(pages)
    with pages.services.database.write() as tx:
        for number, on in ((1, TODAY + 29), (2, TODAY + 1), (3, TODAY + 30)):
            row = f"({shop}, 'Customer/{number}', 2, 2, {on})"
            tx.connection.exec_driver_sql(
                f"INSERT INTO customers (shop, customer, kind, kind_at_shop, lapse_on) VALUES {row}"
            )
    page = pages.document().text
    assert re.findall(r'data-customer="([^"]+)"', page) == ["Customer/2", "Customer/1"]
    assert "2 clients become buyers within 30 days" in page


def test_all_who_lapse_soon_are_one_click_away(pages: Pages) -> None:
    """The list shows as many as the overview counted."""
    shop = decided(pages)
    with pages.services.database.write() as tx:
        for number in range(FIRST + 3):
            row = f"({shop}, 'Customer/{number + 1}', 2, 2, {TODAY + SOON - 1})"
            tx.connection.exec_driver_sql(
                f"INSERT INTO customers (shop, customer, kind, kind_at_shop, lapse_on) VALUES {row}"
            )
    page = pages.document().text
    assert page.count("data-customer=") == FIRST
    ways = set(re.findall(r'href="(/customers\?[^"]*lapse_to[^"]*)"', page))
    assert len(ways) == 1
    listed = pages.fetch(ways.pop().replace("&amp;", "&")).text
    assert listed.count("data-customer=") == FIRST + 3


def test_no_more_is_counted_than_anybody_reads(pages: Pages) -> None:
    """And nothing of another shop."""
    shop = decided(pages)
    other = pages.connected(OAK)
    with pages.services.database.write() as tx:
        for of, number in ((shop, MANY + 5), (other, 7)):
            inbox.accept(tx, [Delivery(of, str(one), one, "orders/create", 1, b"{}") for one in range(number)])
        inbox.park(tx, shop, "1", reason="why")
    page = pages.document().text
    assert re.search(r"still to be worked off</td><td[^>]*>more than 1,000<", page)
    assert re.search(r"that were set aside</td><td[^>]*>1<", page)


def test_a_proposal_has_a_reason_and_a_way(pages: Pages) -> None:
    shop = decided(pages, tagging=False)
    with pages.services.database.write() as tx:
        inbox.accept(tx, [Delivery(shop, "one", 1, "orders/create", 1, b"{}")])
        inbox.park(tx, shop, "one", reason="why")
    page = pages.document().text
    card = page.partition("What you could do")[2].partition("<h2>")[0]
    assert re.findall(r"<h3>([^<]*)</h3>", card) == [
        "Your customers are not tagged yet",
        "Some messages from Shopify were set aside",
    ]
    assert [way.partition("?")[0] for way in re.findall(r'href="([^"]*)"', card)] == [
        "/first-run",
        "/activity/deliveries",
    ]
    with pages.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
        inbox.replay(tx, shop, ["one"], now=1)
    assert "What you could do" not in pages.document().text


def test_the_page_shows_what_was_counted_last_and_when(pages: Pages) -> None:
    shop = decided(pages)
    ordered(pages, shop, (1, 1))
    with pages.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE figures SET as_of = 1767225780000")
        figures.age(tx, shop)
    assert re.search(r"As of 1 Jan 2026, 00:03\.", pages.document().text)
