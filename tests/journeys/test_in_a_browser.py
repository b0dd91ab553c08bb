"""The panel in a real browser: installed, looked at, said yes to, inside the frame of the simulated admin."""

import time

import pytest

from tests.journeys.app import until
from tests.journeys.browser import CHROMIUM, Browser
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP

# The page on privacy is looked at again five times a second, and `hold` keeps the next answer back until `release()`.
IMPATIENT = """(() => {
  const plain = window.fetch;
  window.looks = 0;
  window.fetch = async (url, how) => {
    const answer = await plain(url, how);
    if (!String(url).includes("/privacy")) return answer;
    window.looks += 1;
    const page = (await answer.text()).replace("<main", `<main data-again="${window.hold ? 60 : 0.2}"`);
    if (window.hold) await new Promise((done) => (window.release = done));
    const made = new Response(page, { headers: answer.headers });
    Object.defineProperty(made, "url", { value: answer.url });
    return made;
  };
})()"""
CLICKED_THRICE = """(() => {
  const form = document.querySelector("#customer").form, button = form.querySelector("button");
  window.sent = [];
  window.plain ||= window.fetch;
  window.fetch = (url, how) => {
    if (!String(url).startsWith("shopify:")) window.sent.push(how.method);
    return window.plain(url, how);
  };
  document.querySelector("#customer").value = "NUMBER";
  button.focus();
  for (let times = 0; times < 3; times += 1) button.click();
})()"""
CLICKED_FOR_A_TAB = """(() => {
  const click = new MouseEvent("click", { ctrlKey: true, bubbles: true, cancelable: true });
  // A stopped click is still the browser's: only one that htmx has taken would be prevented.
  return document.querySelector("nav a[href^='/undo']").dispatchEvent(click);
})()"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


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
    address = "document.title == 'old' ? '' : location.search"
    for query in ("", "&id_token=stale"):
        browser.run(f"document.title = 'old'; location.href = '/?shop={SHOP}&embedded=1{query}'", at=panel)
        until("the page to come back", lambda: "bounced=" in (browser.run(address, at=panel) or ""))
        browser.sees("Regulars for Annas Bakery", at=panel)
    # By now the page may have dropped both from its address: whoever has just come from there is not sent there again.
    bounced = f"bounced={int(time.time())}&id_token=stale"
    browser.run(f"location.href = '/?shop={SHOP}&embedded=1&{bounced}'", at=panel)
    browser.sees("Open the app again", at=panel)


def test_a_page_that_looks_again_leaves_alone_who_types_and_who_went_on(open_bakery: Journey, browser: Browser) -> None:
    panel = open_bakery.app.address

    def looks(more_than: int) -> int:
        until("the page to look again", lambda: (browser.run("window.looks", at=panel) or 0) > more_than)
        return int(browser.run("window.looks", at=panel))

    browser.open(open_bakery.admin)
    browser.sees("Regulars for Annas Bakery", at=panel)
    browser.run(IMPATIENT, at=panel)
    browser.click("nav a[href^='/settings']", at=panel)
    browser.sees("Language", at=panel)
    browser.click("main a[href^='/privacy']", at=panel)
    browser.sees("What is kept", at=panel)
    looks(1)
    typed = "document.querySelector('#customer').value"
    browser.run(f"{typed} = 'Customer 7'", at=panel)
    seen = looks(0)
    time.sleep(1)
    assert browser.run(typed, at=panel) == "Customer 7"
    assert browser.run("window.looks", at=panel) <= seen + 1
    browser.run(f"{typed} = ''; window.hold = true", at=panel)
    until("an answer to be on its way", lambda: browser.run("typeof window.release", at=panel) == "function")
    browser.click("nav a[href^='/undo']", at=panel)
    browser.sees("What can be undone", at=panel)
    browser.run("window.release()", at=panel)
    time.sleep(0.3)
    assert browser.run("document.querySelector('h1').textContent", at=panel) == "Undo"
    assert browser.run("location.pathname", at=panel) == "/undo"


def test_a_form_is_sent_once_and_the_keyboard_stays_where_it_was(open_bakery: Journey, browser: Browser) -> None:
    """However often it is clicked; neither a refused one nor a good one is a step to go back from."""
    panel = open_bakery.app.address
    browser.open(open_bakery.admin)
    browser.sees("Regulars for Annas Bakery", at=panel)
    browser.click("nav a[href^='/settings']", at=panel)
    browser.sees("Language", at=panel)
    browser.click("main a[href^='/privacy']", at=panel)
    browser.sees("What is kept", at=panel)
    until("the keyboard to be at the page", lambda: browser.run("document.activeElement.id", at=panel) == "content")
    until(
        "the page to be named",
        lambda: "Privacy" in browser.run("document.querySelector('#said').textContent", at=panel),
    )
    browser.run(CLICKED_THRICE.replace("NUMBER", "nobody"), at=panel)
    browser.sees("number", at=panel)
    until("the field to be pointed at", lambda: browser.run("document.activeElement.id", at=panel) == "customer")
    assert browser.run("window.sent.join()", at=panel) == "POST"
    assert browser.run("location.pathname", at=panel) == "/privacy"
    steps = browser.run("history.length", at=panel)
    browser.run(CLICKED_THRICE.replace("NUMBER", "7"), at=panel)
    browser.sees("Classify again", at=panel)
    assert browser.run("window.sent.join()", at=panel) == "POST"
    assert browser.run("document.activeElement.textContent", at=panel) == "Do not classify"
    assert browser.run("history.length", at=panel) == steps


def test_what_gets_no_answer_is_told_and_a_click_for_another_tab_is_the_browser_s(
    open_bakery: Journey, browser: Browser
) -> None:
    panel = open_bakery.app.address
    browser.open(open_bakery.admin)
    browser.sees("Regulars for Annas Bakery", at=panel)
    browser.run("window.fetch = () => Promise.reject(new TypeError('no network'))", at=panel)
    browser.click("nav a[href^='/activity']", at=panel)
    browser.sees("There was no answer. Try again.", at=panel)
    assert browser.run(CLICKED_FOR_A_TAB, at=panel) is True
    assert browser.run("location.pathname + document.querySelector('#trouble').hidden", at=panel) == "/false"
