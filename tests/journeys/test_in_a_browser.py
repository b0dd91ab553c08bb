"""The panel in a real browser: installed, looked at, said yes to, inside the frame of the simulated admin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.app import until
from tests.journeys.browser import CHROMIUM, Browser
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh one: no cookies, no history."""
    folder = tmp_path / "browser"
    folder.mkdir()
    made = Browser(folder)
    yield made
    made.close()


def test_a_merchant_installs_the_app_looks_and_says_yes(bakery: Journey, browser: Browser) -> None:
    """By Shopify's own page; the panel moves on by itself, keeps no cookie, and its scripts are all let run."""
    shopify, panel = bakery.shopify.address, bakery.app.address
    buyers = [bakery.shopify.bought(11, days_ago=1)["customer"] for _ in range(12)]
    bakery.shopify.knobs(bulk_delay=1.0)
    browser.open(bakery.admin)
    browser.sees("Install Regulars", at=shopify)
    browser.click("button", at=shopify)
    browser.sees("Getting to know your customers", at=panel)
    browser.sees("Tag these 12 customers", at=panel)
    assert bakery.shopify.writes() == []
    browser.run("document.querySelector('input[name=shown]').value = 40", at=panel)
    browser.click("form button", at=panel)
    browser.sees("look again", at=panel)
    browser.click("main a", at=panel)
    browser.sees("Tag these 12 customers", at=panel)
    browser.click("form button", at=panel)
    browser.sees("Tagging is on", at=panel)
    bakery.settled()
    assert set(bakery.shopify.our_tags(*buyers)) == {"buyer"}
    browser.run("history.back()", at=panel)
    browser.sees("every customer carries the right tag", at=panel)
    assert browser.cookies() == []
    assert [line for line in browser.console if "400 (Bad Request)" not in line and "favicon" not in line] == []


def test_a_stale_or_missing_token_costs_the_merchant_nothing(open_bakery: Journey, browser: Browser) -> None:
    """A link opened without App Bridge goes by the page that fetches one; a refusal is seen, and no blank frame."""
    panel = open_bakery.app.address
    open_bakery.settled()
    browser.open(open_bakery.admin)
    browser.sees("Regulars for Annas Bakery", at=panel)
    for query in ("", "&id_token=stale"):
        browser.run(f"document.title = 'old'; location.href = '/?shop={SHOP}&embedded=1{query}'", at=panel)
        until("the page to come back", lambda: "bounced=" in (browser.run("location.search", at=panel) or ""))
        browser.sees("Regulars for Annas Bakery", at=panel)
    browser.run("location.href = location.href.replace(/id_token=[^&]*/, 'id_token=stale')", at=panel)
    browser.sees("Open the app again", at=panel)
