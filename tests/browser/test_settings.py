"""Settings: another language at once, other names before tagging, and the way out and back."""

import re

from playwright.sync_api import expect

from tests.browser.merchant import PATIENCE, Merchant, Street


def test_the_panel_changes_its_language_and_back(running: Street, merchant: Merchant) -> None:
    """Whatever the shop speaks, the merchant's choice stands; menu, page and document say so together."""
    page = merchant.panel.locator("html")
    merchant.open("settings")
    for language, title in (("fr", "Réglages"), ("nl", "Instellingen"), ("", "Settings")):
        merchant.panel.locator("select[name=language]").select_option(language)
        merchant.panel.locator("form:has(select[name=language]) button").click()
        expect(page).to_have_attribute("lang", language or "en", timeout=PATIENCE)
        expect(merchant.panel.locator("h1")).to_have_text(re.compile(title), timeout=PATIENCE)
        expect(merchant.page.locator("#links")).to_contain_text(title, timeout=PATIENCE)
    assert merchant.console == []


def test_who_leaves_has_the_tags_taken_off_and_may_stay(running: Street, merchant: Merchant) -> None:
    """By the settings; the tags are off at the shop before it says so, and a new yes brings them back."""
    shopify = running.shopify
    tagged = [customer for customer in shopify.tags() if shopify.our_tags(customer) != [""]]
    merchant.open("settings")
    merchant.panel.get_by_role("link", name="Leaving Regulars").click()
    merchant.panel.get_by_role("button", name="Stop tagging and take them off").click()
    merchant.sees("The tags are off")
    assert set(shopify.our_tags(*tagged)) == {""}
    merchant.panel.get_by_role("button", name="Stay").click()
    merchant.open("first-run")
    merchant.panel.get_by_role("button", name=re.compile("^Tag these")).click()
    running.journey.settled()
    assert "" not in shopify.our_tags(*tagged)
    assert merchant.console == []
