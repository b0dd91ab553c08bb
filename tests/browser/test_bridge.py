"""What the panel has Shopify's admin show around it: the save bar, toasts, and where one is."""

from playwright.sync_api import expect

from tests.browser.merchant import PATIENCE, Merchant, Street
from tests.journeys.shopify import SHOP

# What the app answers about settings has words to be said.
DONE = """() => {
  const plain = window.fetch;
  window.fetch = async (url, how) => {
    const answer = await plain(url, how);
    if (!String(url).includes("said=done")) return answer;
    const page = (await answer.text()).replace("<h1>", "<div data-toast='Done &amp; dusted' hidden></div><h1>");
    return Object.defineProperty(new Response(page, { headers: answer.headers }), "url", { value: answer.url });
  };
}"""


def changed(merchant: Merchant) -> None:
    """A form that asks for the save bar, in which something was typed."""
    merchant.open("privacy")
    expect(merchant.panel.locator("h1")).to_have_text("Privacy")
    merchant.frame.evaluate("document.querySelector('#customer').form.dataset.saveBar = ''")
    expect(merchant.page.get_by_role("button", name="Save")).to_be_hidden()
    merchant.panel.locator("#customer").type("nobody")
    expect(merchant.page.get_by_role("button", name="Save")).to_be_visible()


def test_the_admin_s_bar_saves_and_discards(merchant: Merchant) -> None:
    changed(merchant)
    merchant.page.get_by_role("button", name="Discard").click()
    expect(merchant.panel.locator("#customer")).to_have_value("")
    expect(merchant.page.get_by_role("button", name="Save")).to_be_hidden()
    changed(merchant)
    merchant.page.get_by_role("button", name="Save").click()
    expect(merchant.panel.locator("#refused")).to_be_visible()
    expect(merchant.page.get_by_role("button", name="Save")).to_be_hidden()


def test_a_link_asks_before_what_was_typed_is_lost(merchant: Merchant) -> None:
    """Whoever stays keeps it; whoever leaves is not asked twice."""
    changed(merchant)
    merchant.follow("/settings")
    merchant.page.get_by_role("button", name="Stay").click()
    expect(merchant.panel.locator("#customer")).to_have_value("nobody")
    merchant.follow("/settings")
    merchant.page.get_by_role("button", name="Leave page").click()
    merchant.is_at("/settings")
    expect(merchant.page.get_by_role("button", name="Save")).to_be_hidden()
    merchant.follow("/privacy")
    merchant.is_at("/privacy")
    assert merchant.console == []


def test_the_admin_follows_the_panel(merchant: Merchant) -> None:
    """Pages are swapped without a new document; the admin's address is still that of what is shown."""
    merchant.open()
    merchant.is_at("/")
    merchant.follow("/activity")
    merchant.is_at("/activity")
    merchant.page.wait_for_url("**/admin/activity")


def test_what_was_done_is_said_once(merchant: Merchant) -> None:
    """By a toast in the admin, for a page that has words for it; and a reload of that page says nothing again."""

    merchant.open("privacy")
    merchant.is_at("/privacy")
    merchant.frame.evaluate(DONE)
    merchant.frame.evaluate("document.querySelector('nav.menu a[href^=\"/settings\"]').search += '&said=done'")
    merchant.follow("/settings")
    expect(merchant.page.get_by_text("Done & dusted")).to_be_visible()
    assert "said" not in merchant.frame.evaluate("location.search")
    assert merchant.frame.evaluate("document.getElementById('said').textContent") == "Settings · Regulars"


def test_a_permission_that_is_missing_is_asked_for_where_it_is_missed(running: Street, merchant: Merchant) -> None:
    """Shopify asks; a no is told with what to do, and after a yes the page goes on where it was."""
    merchant.open("settings")
    merchant.is_at("/settings")
    running.shopify.send(f"{SHOP}/scopes", revoke=["read_products"])
    running.heard()
    merchant.follow("/activity")
    merchant.sees("to see which product an order was for")
    merchant.page.once("dialog", lambda asked: asked.dismiss())
    merchant.panel.get_by_role("button", name="Allow it").click()
    merchant.sees("It was not allowed.")
    merchant.page.once("dialog", lambda asked: asked.accept())
    merchant.panel.get_by_role("button", name="Allow it").click()
    expect(merchant.panel.locator("h1")).to_have_text("Activity", timeout=PATIENCE)
    assert "read_products" in running.shopify.read(f"{SHOP}/scopes")["granted"]
    assert [said for said in merchant.console if "403" not in said] == []
