"""The page of one customer: a name that only the browser knows, undo, and the customer's own word."""

from urllib.parse import unquote_plus

from playwright.sync_api import Request, expect

from plugin.simulator.people import person
from tests.browser.front import APP
from tests.browser.merchant import PATIENCE, Merchant, Street


def click(merchant: Merchant, name: str) -> None:
    """Clicks the button of that name."""
    merchant.panel.get_by_role("button", name=name, exact=True).click()


def test_the_browser_reads_the_name_and_keeps_it_from_us(running: Street, merchant: Merchant) -> None:
    """The merchant sees who it is and finds others by name; nothing that our server is asked has a name in it."""
    customer = running.shopify.came_again()
    running.journey.becomes(customer, "client")
    somebody = person(customer)
    asked: list[str] = []

    def note(request: Request) -> None:
        if f"//{APP}/" in request.url:
            asked.append(unquote_plus(f"{request.url} {request.post_data or ''}"))

    merchant.page.on("request", note)
    merchant.open(f"customers/Customer/{customer}")
    expect(merchant.panel.locator("h1")).to_have_text(somebody.name, timeout=PATIENCE)
    field = merchant.panel.get_by_role("searchbox")
    field.fill(somebody.name)
    field.press("Enter")
    expect(merchant.panel.locator("[data-found] a").first).to_contain_text(somebody.name, timeout=PATIENCE)
    merchant.panel.locator("[data-found] a").first.click()
    expect(merchant.panel.locator("h1")).to_have_text(somebody.name, timeout=PATIENCE)
    assert len(asked) > 2
    assert not [one for one in asked if str(somebody.first) in one or str(somebody.last) in one]
    assert str(somebody.last) not in running.app.log()
    assert merchant.console == []


def test_a_company_is_called_by_its_name_where_it_decides(running: Street, merchant: Merchant) -> None:
    """Beside people in one list, and on its own page."""
    running.shopify.bought(11, company=[31, 32])
    running.heard()
    merchant.open("customers")
    link = merchant.panel.locator('[data-customer="CompanyLocation/32"]').first
    expect(link).to_have_text("Trading House 31, Branch 32", timeout=PATIENCE)
    link.click()
    expect(merchant.panel.locator("h1")).to_have_text("Trading House 31, Branch 32", timeout=PATIENCE)
    assert "Trading House" not in running.app.log()
    assert merchant.console == []


def test_what_was_written_is_undone_and_written_again(running: Street, merchant: Merchant) -> None:
    """From the customer's page by way of what would change, and back."""
    customer = running.shopify.bought(11, days_ago=1)["customer"]
    running.journey.becomes(customer, "buyer")
    merchant.open(f"customers/Customer/{customer}")
    merchant.panel.get_by_role("link", name="Undo what was written on this customer").click()
    expect(merchant.panel.locator("h1")).to_have_text("Undo", timeout=PATIENCE)
    assert running.shopify.our_tags(customer) == ["buyer"]
    merchant.panel.locator("section").first.get_by_role("button", name="Undo").click()
    running.journey.becomes(customer, "")
    merchant.open(f"customers/Customer/{customer}")
    click(merchant, "Write their tag again")
    running.journey.becomes(customer, "buyer")


def test_a_customer_who_objects_is_left_alone_until_they_agree(running: Street, merchant: Merchant) -> None:
    customer = running.shopify.bought(11, days_ago=1)["customer"]
    running.journey.becomes(customer, "buyer")
    merchant.open(f"customers/Customer/{customer}")
    click(merchant, "Do not classify this customer")
    merchant.sees("Not classified")
    running.journey.becomes(customer, "")
    click(merchant, "Classify again")
    merchant.sees("What they are")
    running.journey.becomes(customer, "buyer")


def test_a_customer_is_marked_by_hand_and_their_orders_decide_again(running: Street, merchant: Merchant) -> None:
    customer = running.shopify.bought(11, days_ago=1)["customer"]
    running.journey.becomes(customer, "buyer")
    merchant.open(f"customers/Customer/{customer}")
    click(merchant, "Mark as a client")
    merchant.sees("You marked them on")
    running.journey.becomes(customer, "client")
    click(merchant, "Let their orders decide again")
    running.journey.becomes(customer, "buyer")
