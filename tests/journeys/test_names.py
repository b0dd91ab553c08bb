"""Names are read by the merchant's browser: it sees them, and nothing of ours ever does."""

import pytest
import sqlalchemy as sa

from plugin.db.engine import Database
from plugin.simulator.people import person
from tests.journeys.app import until
from tests.journeys.browser import CHROMIUM, Browser
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


def everything_kept(journey: Journey) -> str:
    """All rows of all tables, as text."""
    database = Database(journey.app.environment["DATABASE_URL"])
    tables = sa.MetaData()
    tables.reflect(database.engine)
    with database.read() as tx:
        rows = [str(row) for table in tables.sorted_tables for row in tx.run(sa.select(table))]
    database.close()
    return "\n".join(rows)


def find(browser: Browser, panel: str, name: str) -> None:
    """Types a name into the search, and asks."""
    browser.run(f"document.querySelector('#name-search').value = '{name}'", at=panel)
    browser.click("[data-name-search] button", at=panel)


def test_the_browser_shows_and_finds_names_that_our_server_never_learns(open_bakery: Journey, browser: Browser) -> None:
    """Found by the beginning of a name, a customer is shown by it; requests to us, rows and the log hold numbers."""
    panel, customer = open_bakery.app.address, open_bakery.shopify.came_again()
    open_bakery.settled()
    who = person(customer)
    browser.open(f"{open_bakery.admin}/customers/Customer/{customer}")
    browser.sees(who.name, at=panel)
    browser.sees("Became a client", at=panel)
    assert browser.run("document.querySelector('h1 bdi').textContent", at=panel) == who.name
    find(browser, panel, f"{who.first} {str(who.last)[:2]}")
    until(
        "the name to be found", lambda: browser.run("document.querySelector('[data-found] bdi')?.textContent", at=panel)
    )
    assert browser.run("document.querySelector('[data-found]').textContent", at=panel) == who.name
    link = browser.run("document.querySelector('[data-found] a').getAttribute('href')", at=panel)
    assert link.startswith(f"/customers/Customer/{customer}?")
    find(browser, panel, "Nobody-at-all")
    browser.sees("Nobody of that name was found.", at=panel)
    ours = [one for one in browser.sent if one.startswith(panel)]
    assert len(ours) > 3
    for name in (who.first, who.last, who.email):
        assert name is not None
        assert [one for one in ours if name in one] == []
        assert name not in everything_kept(open_bakery)
        assert name not in open_bakery.app.log()


def test_a_shop_whose_names_we_may_not_read_shows_numbers(open_bakery: Journey, browser: Browser) -> None:
    """So it is for every app that is approved for level 1 of protected customer data only."""
    open_bakery.shopify.knobs(approved_level=1)
    panel, customer = open_bakery.app.address, open_bakery.shopify.came_again()
    open_bakery.settled()
    browser.open(f"{open_bakery.admin}/customers/Customer/{customer}")
    browser.sees("Became a client", at=panel)
    assert browser.run("document.querySelector('h1').textContent", at=panel) == f"Customer {customer}"
    assert person(customer).name not in browser.run("document.body.textContent", at=panel)
    find(browser, panel, str(person(customer).first))
    browser.sees("Shopify did not say.", at=panel)
    open_bakery.shopify.knobs(approved_level=2)


def test_a_name_of_any_script_length_and_markup_stays_in_its_place(open_bakery: Journey, browser: Browser) -> None:
    panel, customer = open_bakery.app.address, open_bakery.shopify.came_again()
    hebrew, long = "\u05d0\u05e0\u05d4 \u05d4\u05d0\u05d5\u05e4\u05d4", "<img src=x onerror=alert(1)>" + "x" * 200
    open_bakery.shopify.send(f"{SHOP}/customers/{customer}/name", first=hebrew, last=long)
    open_bakery.settled()
    browser.open(f"{open_bakery.admin}/customers/Customer/{customer}")
    browser.sees(hebrew, at=panel)
    assert browser.run("document.querySelector('h1 bdi').textContent", at=panel) == f"{hebrew} {long}"
    assert browser.run("getComputedStyle(document.querySelector('h1 bdi')).unicodeBidi", at=panel) == "isolate"
    assert browser.run("document.querySelectorAll('img').length", at=panel) == 0
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.run(wide, at=panel) == 0
    find(browser, panel, hebrew.split()[0])
    link = "document.querySelector('[data-found] bdi')?.textContent"
    assert until("the name to be found", lambda: browser.run(link, at=panel)) == f"{hebrew} {long}"
