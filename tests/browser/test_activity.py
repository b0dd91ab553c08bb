"""What happened, and what was set aside: tried again from the panel."""

import json

from playwright.sync_api import expect

from tests.browser.merchant import PATIENCE, Merchant, Street
from tests.journeys.app import until


def parked(street: Street) -> int:
    """How many deliveries are set aside."""
    number: int = street.app.status()["deliveries"]["parked"]
    return number


def test_what_could_not_be_read_is_tried_again(running: Street, merchant: Merchant) -> None:
    """One by one and all at once; what still cannot be read is set aside again, and nothing else changes."""
    for number in range(3):
        running.journey.deliver("orders/create", json.dumps({"id": "no number"}).encode(), f"odd-{number}")
    until("them to be set aside", lambda: parked(running) == 3)
    merchant.open("activity/deliveries")
    buttons = merchant.panel.get_by_role("button", name="Try again")
    expect(buttons).to_have_count(3, timeout=PATIENCE)
    before = running.app.status()["deliveries"]["done"]
    buttons.first.click()
    expect(merchant.panel.locator("[role=status], .banner").first).to_be_visible(timeout=PATIENCE)
    merchant.panel.get_by_role("button", name="Try all again").click()
    until("them to be set aside again", lambda: parked(running) == 3)
    assert running.app.status()["deliveries"]["done"] == before
    assert merchant.console == []


def test_the_tag_changes_are_found_by_what_is_asked_for(running: Street, merchant: Merchant) -> None:
    """A filter is an address: it survives a reload, and back leads to what was asked before."""
    merchant.open("activity")
    rows = merchant.panel.locator("tbody tr")
    expect(rows).to_have_count(len(running.shopify.writes()), timeout=PATIENCE)
    merchant.panel.get_by_label("Change", exact=True).select_option("remove")
    merchant.panel.get_by_role("button", name="Show").click()
    merchant.sees("No such change")
    assert "action=remove" in merchant.frame.url
    merchant.frame.evaluate("history.back()")
    expect(rows).to_have_count(len(running.shopify.writes()), timeout=PATIENCE)
    assert merchant.console == []
