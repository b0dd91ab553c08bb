"""The way in: who is let through, what the pages say, and that nothing is written before somebody said yes."""

import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
import requests

from tests.journeys.app import SECRET, until
from tests.journeys.journey import Journey, journey
from tests.journeys.shopify import SHOP

Query = dict[str, str]


@pytest.fixture(scope="module")
def closed_bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """An app that nobody has installed, shared by the tests in which nobody succeeds."""
    with journey(tmp_path_factory.mktemp("bakery")) as made:
        yield made


def signed(query: Query, secret: str = SECRET) -> Query:
    """The query with the `hmac` Shopify would give it."""
    rest = sorted((name, value) for name, value in query.items() if name != "hmac")
    text = urlencode(rest, quote_via=quote, safe="")
    return dict(rest) | {"hmac": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


def way_back(bakery: Journey, browser: requests.Session) -> Query:
    """Goes the merchant's way up to the consent; the query with which Shopify sends the browser back."""
    page = browser.get(f"{bakery.shopify.address}/_simulator/{SHOP}/install", timeout=30, allow_redirects=False)
    while not (url := page.headers.get("Location", "")).startswith(f"{bakery.app.address}/auth/callback?"):
        # Without a redirection it is the permission page, which comes up once.
        ask = browser.get if url else browser.post
        page = ask(urljoin(page.url, url), timeout=30, allow_redirects=False)
    return dict(parse_qsl(urlsplit(url).query))


def come_back(bakery: Journey, browser: requests.Session, query: Query) -> requests.Response:
    """The browser arrives at the app with that query."""
    return browser.get(f"{bakery.app.address}/auth/callback", params=query, timeout=30)


def refused(answer: requests.Response, words: str) -> None:
    """Checks that it was refused, in those words and on a page."""
    assert answer.status_code == 400, answer.text
    assert words in answer.text
    assert "<html" in answer.text
    assert "Traceback" not in answer.text


def test_a_visitor_without_a_query_is_told_where_to_install(closed_bakery: Journey) -> None:
    page = closed_bakery.app.get("/")
    assert page.status_code == 200
    assert "installed from Shopify" in page.text


def test_a_page_that_is_not_there_says_so_without_a_traceback(closed_bakery: Journey) -> None:
    page = closed_bakery.app.get("/croissants")
    assert page.status_code == 404
    assert "<html" in page.text
    assert "Traceback" not in page.text


@pytest.mark.parametrize("where", ["/", "/auth/callback"])
def test_a_tampered_query_is_refused(closed_bakery: Journey, where: str) -> None:
    query = signed({"shop": SHOP, "timestamp": str(int(time.time())), "code": "1", "state": "1"})
    for tampered in (
        query | {"hmac": query["hmac"][:-1] + ("0" if query["hmac"][-1] != "0" else "1")},
        query | {"shop": "oak-ltd.myshopify.com"},
        {name: value for name, value in query.items() if name != "hmac"} | {"hmac": ""},
        signed(query, "simulated-other-secret"),
    ):
        refused(closed_bakery.app.web.get(closed_bakery.app.address + where, params=tampered, timeout=30), "signed")


def test_a_stale_query_is_refused(closed_bakery: Journey) -> None:
    with requests.Session() as browser:
        query = way_back(closed_bakery, browser)
        old = signed(query | {"timestamp": str(int(time.time()) - 3600)})
        refused(come_back(closed_bakery, browser, old), "older than")
    assert closed_bakery.app.status() == {}


@pytest.mark.parametrize("shop", ["example.com", f"{SHOP}.example.com", f"https://{SHOP}", "", f"{SHOP}/x?"])
def test_a_shop_that_is_none_is_refused_even_when_signed(closed_bakery: Journey, shop: str) -> None:
    query = signed({"shop": shop, "timestamp": str(int(time.time()))})
    refused(closed_bakery.app.web.get(closed_bakery.app.address, params=query, timeout=30), "is not a shop")


def test_the_consent_of_another_browser_is_refused(closed_bakery: Journey) -> None:
    """Somebody who tricks a merchant into following his own link must not get his shop connected."""
    with requests.Session() as his, requests.Session() as hers:
        query = way_back(closed_bakery, his)
        refused(come_back(closed_bakery, hers, query), "another browser")
        way_back(closed_bakery, hers)
        refused(come_back(closed_bakery, hers, query), "another browser")
    assert closed_bakery.app.status() == {}


def test_a_state_that_was_never_given_out_is_refused(closed_bakery: Journey) -> None:
    with requests.Session() as browser:
        query = way_back(closed_bakery, browser)
        refused(come_back(closed_bakery, browser, signed(query | {"state": "0" * 64})), "another browser")


def test_a_code_that_shopify_did_not_give_is_refused(closed_bakery: Journey) -> None:
    with requests.Session() as browser:
        query = way_back(closed_bakery, browser)
        refused(come_back(closed_bakery, browser, signed(query | {"code": "0" * 32})), "did not accept")
    assert closed_bakery.app.status() == {}


def test_an_installation_works_once_and_is_recognised_afterwards(bakery: Journey) -> None:
    """The same way back is refused a second time, even by the same browser with the cookie of the first."""
    with requests.Session() as browser:
        query = way_back(bakery, browser)
        cookie = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in browser.cookies)}
        assert come_back(bakery, browser, query).url == bakery.admin
    address = f"{bakery.app.address}/auth/callback"
    refused(requests.get(address, params=query, headers=cookie, timeout=30), "used already")
    bakery.imported()
    assert bakery.open_app().url == bakery.admin
    assert "Regulars for Annas Bakery" in bakery.panel().text
    assert set(bakery.app.get("/healthz").json().values()) == {"ok"}
    assert bakery.shopify.read("")["shops"][SHOP]["installed"]


def test_an_app_installed_by_shopify_works_at_once(bakery: Journey) -> None:
    """No permission page of ours, no cookie, no step for the merchant but Shopify's own question."""
    buyer = bakery.shopify.bought(11, days_ago=3)["customer"]
    page = bakery.install_from_shopify()
    assert page.status_code == 200
    assert page.history == []
    assert "What happens now" in page.text
    assert len(bakery.app.web.cookies) == 0
    assert bakery.imported()["kinds"]["buyers"] == 1
    shown = re.search(r'action="([^"]+)">\s*<input type="hidden" name="shown" value="(\d+)"', bakery.panel().text)
    assert shown, bakery.panel().text
    token = bakery.shopify.send(f"{SHOP}/session_token")["id_token"]
    yes = bakery.app.post(unescape(shown[1]), data={"shown": shown[2]}, headers={"Authorization": f"Bearer {token}"})
    assert yes.status_code == 303
    bakery.settled()
    assert bakery.shopify.our_tags(buyer) == ["buyer"]
    assert "every customer carries the right tag" in bakery.panel().text
    assert token not in bakery.app.log()


def test_nothing_is_written_before_the_number_was_accepted(bakery: Journey) -> None:
    """A number that is far off is refused with the right one; the right one brings the tags."""
    shopify = bakery.shopify
    client, buyer = shopify.came_again(), shopify.bought(11, days_ago=3)["customer"]
    for _ in range(12):
        shopify.bought(11, days_ago=2)
    bakery.install()
    status = bakery.imported()
    assert status["kinds"] == {"none": 0, "buyers": 13, "clients": 1}
    assert status["to_tag"] == 14
    assert not status["tagging"]
    live = shopify.bought(11)["customer"]
    assert "Nothing has been written in the shop yet" in bakery.app.get("/status").text
    for wrong in (0, 40):
        refused(bakery.accept(wrong), "look again")
    assert bakery.accept("many").status_code == 400
    assert shopify.writes() == []
    assert bakery.accept().status_code == 302
    bakery.settled()
    assert shopify.our_tags(client, buyer, live) == ["client", "buyer", "buyer"]
    assert len(shopify.writes()) == 15


def test_an_uninstalled_app_stops_and_comes_back_with_what_it_missed(bakery: Journey) -> None:
    shopify = bakery.shopify
    bakery.tagging()
    anna = shopify.bought(11, days_ago=10)["customer"]
    bakery.becomes(anna, "buyer")
    shopify.send(f"{SHOP}/uninstall")
    bakery.is_gone()
    shopify.bought(12, customer=anna)
    assert "/oauth/authorize" in bakery.open_app().url
    bakery.install()
    assert not bakery.imported()["tagging"]
    assert shopify.our_tags(anna) == ["buyer"]
    assert bakery.accept().status_code == 302
    bakery.becomes(anna, "client")
    assert shopify.doubled() == []


def test_an_app_that_was_uninstalled_in_the_middle_of_a_bulk_file_picks_it_up_again(big_bakery: Journey) -> None:
    """The shop works on without us; who comes back compares what is there with what should be."""
    shopify = big_bakery.shopify
    big_bakery.install()
    big_bakery.imported()
    shopify.knobs(bulk_delay=3.0)
    assert big_bakery.accept().status_code == 302
    until("the bulk file to be on its way", lambda: (big_bakery.app.status()["bulk"] or {}).get("state") == "running")
    shopify.send(f"{SHOP}/uninstall")
    big_bakery.is_gone()
    shopify.knobs(bulk_delay=0.0, restore_rate=4000.0)
    big_bakery.install()
    big_bakery.imported()
    assert big_bakery.accept().status_code == 302
    big_bakery.all_right()
    assert shopify.doubled() == []
