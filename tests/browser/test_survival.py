"""What merchants do that no form expects: two clicks, two tabs, a long break, back and forward, odd names."""

import json

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.merchant import NARROW, PATIENCE, Merchant, Street
from tests.browser.pages import pages
from tests.journeys.app import until
from tests.journeys.shopify import SHOP

AGAIN = "Let Regulars tag customer {} again"
ARABIC = "مخبز آنا للحلويات الشرقية"


def taken_off(street: Street) -> int:
    """A customer whose tag somebody took off by hand, once the app knows of it."""
    customer = street.shopify.bought(11, days_ago=1)["customer"]
    street.journey.becomes(customer, "buyer")
    street.shopify.edit_tags(customer, remove=["buyer"])
    street.journey.settled()
    return int(customer)


def button(merchant: Merchant, customer: int) -> Locator:
    """The one that lets that customer be tagged again."""
    return merchant.panel.get_by_role("button", name=AGAIN.format(customer))


def is_tagged_again(street: Street, customer: int) -> None:
    """Waits until they are, and checks that the app wrote it once."""
    street.journey.becomes(customer, "buyer")
    street.journey.settled()
    assert [write["action"] for write in street.shopify.writes(customer)] == ["add", "add"]
    assert street.shopify.doubled() == []


def test_a_double_click_does_it_once(running: Street, merchant: Merchant) -> None:
    customer = taken_off(running)
    merchant.open("vetoes")
    button(merchant, customer).dblclick()
    is_tagged_again(running, customer)
    expect(button(merchant, customer)).to_have_count(0)


def test_two_tabs_may_ask_for_the_same(running: Street, merchant: Merchant) -> None:
    """The second one is told in words how things stand, and nothing is written twice."""
    customer = taken_off(running)
    other = running.merchant(alone=False)
    for one in (merchant, other):
        one.open("vetoes")
        expect(button(one, customer)).to_be_visible(timeout=PATIENCE)
    for one in (merchant, other):
        button(one, customer).click()
        expect(button(one, customer)).to_have_count(0, timeout=PATIENCE)
        assert "broke" not in one.panel.locator("body").inner_text()
    is_tagged_again(running, customer)


def test_a_session_token_that_ended_while_somebody_thought_costs_nothing(running: Street, merchant: Merchant) -> None:
    """Shopify's admin hands out an old one, once; the form is sent again with a fresh one, and carried out once."""
    customer = taken_off(running)
    merchant.open("vetoes")
    expect(button(merchant, customer)).to_be_visible(timeout=PATIENCE)
    stale = []

    def late(route: Route) -> None:
        stale.append(route)
        route.continue_(post_data=json.dumps({"user": 1, "seconds": -90}) if len(stale) == 1 else None)

    merchant.page.route("**/session_token", late)
    refusals: list[int] = []
    merchant.page.on("response", lambda said: refusals.append(said.status) if said.status >= 400 else None)
    button(merchant, customer).click()
    expect(button(merchant, customer)).to_have_count(0, timeout=PATIENCE)
    assert refusals == [401]
    assert len(stale) > 1
    is_tagged_again(running, customer)


def test_back_and_forward_show_what_was_there(running: Street, merchant: Merchant) -> None:
    """By links in the panel and by the browser's own buttons; the address is always that of what is shown."""
    merchant.open("vetoes")
    title = merchant.panel.locator("h1")
    expect(title).to_have_text("Changed by hand", timeout=PATIENCE)
    for path, words in (("/undo", "Undo"), ("/settings", "Settings")):
        merchant.follow(path)
        expect(title).to_have_text(words, timeout=PATIENCE)
    for step, path, words in (
        ("back", "/undo", "Undo"),
        ("back", "/vetoes", "Changed by hand"),
        ("forward", "/undo", "Undo"),
    ):
        merchant.frame.evaluate(f"history.{step}()")
        expect(title).to_have_text(words, timeout=PATIENCE)
        until("the address to follow", lambda path=path: merchant.frame.evaluate("location.pathname") == path)  # type: ignore[misc]  # bound at once
    assert merchant.console == []


@pytest.mark.parametrize("orders", [0, 1])
def test_a_shop_without_customers_sees_every_page(fresh: Street, orders: int) -> None:
    """And one with a single order: nothing is divided by nothing, and nobody is told of what is not there."""
    merchant = fresh.merchant()
    if not orders:
        merchant.install()
        fresh.journey.imported()
    else:
        fresh.shopify.bought(11, days_ago=1)
        fresh.tagging_on()
    for name, path in pages(fresh).items():
        merchant.open(path)
        expect(merchant.panel.locator("h1"), name).to_be_visible(timeout=PATIENCE)
        assert "broke" not in merchant.panel.locator("body").inner_text()
    assert merchant.console == []


def test_names_that_are_long_or_written_from_right_to_left_fit(running: Street) -> None:
    """A tag of 10,000 letters at a customer, an Arabic shop: nothing runs out of its card at 390 pixels."""
    customer = running.shopify.came_again()
    running.shopify.edit_tags(customer, add=["x" * 10_000, ARABIC])
    running.shopify.send(f"{SHOP}/shop", name=ARABIC)
    running.journey.settled()
    merchant = running.merchant(size=NARROW)
    wide = []
    for name, path in pages(running).items():
        merchant.open(path)
        expect(merchant.panel.locator("h1"), name).to_be_visible(timeout=PATIENCE)
        wide += [(name, what) for what in merchant.overflows()]
    assert wide == []
    merchant.open()
    merchant.sees(ARABIC)
    assert merchant.console == []
