"""From Shopify's own page to tags at the shop, as a merchant goes who uses the keyboard only."""

from tests.browser.front import ADMIN, APP, CDN
from tests.browser.merchant import Street


def test_a_merchant_without_a_mouse_installs_the_app_and_switches_tagging_on(fresh: Street) -> None:
    """Nothing is written before the yes; no cookie is kept or sent; nothing is asked of anybody else."""
    buyers = [fresh.shopify.bought(11, days_ago=1)["customer"] for _ in range(12)]
    merchant = fresh.merchant()
    merchant.open()
    merchant.page.keyboard.press("Tab")
    merchant.page.keyboard.press("Enter")
    merchant.sees("Tag these 12 customers")
    assert fresh.shopify.writes() == []
    merchant.tab_to("Tag these 12 customers")
    merchant.page.keyboard.press("Enter")
    merchant.sees("Tagging is on")
    fresh.journey.settled()
    assert set(fresh.shopify.our_tags(*buyers)) == {"buyer"}
    assert merchant.cookies() == []
    assert fresh.front.cookies == []
    assert merchant.hosts == {APP, ADMIN, CDN}
    assert merchant.console == []
