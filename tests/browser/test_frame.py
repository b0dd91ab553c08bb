"""Who may frame a page of the panel, and what the browser may do there."""

from playwright.sync_api import expect

from plugin.web.headers import policy
from tests.browser.front import ADMIN, APP, CDN, EVIL
from tests.browser.merchant import PATIENCE, Merchant, Street
from tests.browser.pages import pages
from tests.journeys.shopify import SHOP


def test_nobody_but_shopify_may_frame_the_panel(running: Street, merchant: Merchant) -> None:
    """Another site that has got hold of a whole address, session token and all, shows an empty frame."""
    url = running.shopify.read(f"{SHOP}/app_url")["url"]
    merchant.page.goto(f"https://{EVIL}/")
    with merchant.page.expect_event("console", lambda said: "frame-ancestors" in said.text, timeout=PATIENCE):
        merchant.page.evaluate(
            "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))", url
        )
    framed = merchant.page.frames[1]
    assert "Annas Bakery" not in framed.content()
    merchant.open()
    merchant.sees("Annas Bakery")


def test_the_browser_is_told_what_it_is_told_in_production(running: Street, merchant: Merchant) -> None:
    """The stand-ins for Shopify are behind Shopify's names: no address of this machine is in any answer."""
    with merchant.page.expect_response(lambda answer: answer.url.startswith(f"https://{APP}/?")) as answered:
        merchant.open()
    said = answered.value.headers["content-security-policy"]
    nonce = said.partition("'nonce-")[2].partition("'")[0]
    assert said == policy(SHOP, nonce=nonce, simulator=None)
    assert "127.0.0.1" not in answered.value.text() + str(answered.value.headers)


def test_every_page_opens_without_a_cookie_or_a_complaint(running: Street, merchant: Merchant) -> None:
    """Whatever a page asks for it asks of the app, Shopify's admin or Shopify's CDN; its scripts are all let run."""
    for name, path in pages(running).items():
        merchant.open(path)
        expect(merchant.panel.locator("h1"), name).to_be_visible(timeout=PATIENCE)
    assert merchant.hosts == {APP, ADMIN, CDN}
    assert merchant.cookies() == []
    assert running.front.cookies == []
    assert merchant.console == []
