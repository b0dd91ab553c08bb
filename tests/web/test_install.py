"""The code grant in this process: whose request is believed, and the one cookie there is."""

import time
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import load
from plugin.services import build
from plugin.shopify.signature import query_digest
from tests.session_tokens import ANNA, SECRET
from tests.web.conftest import Pages

HOST = "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYW5uYXMtYmFrZXJ5"  # admin.shopify.com/store/annas-bakery


def signed(*, secret: str = SECRET, **query: str) -> dict[str, str]:
    """A query as Shopify signs it."""
    asked = {"shop": ANNA, "timestamp": str(int(time.time())), "host": HOST, **query}
    return asked | {"hmac": query_digest(asked, secret)}


def begun(pages: Pages) -> str:
    """Goes to the permission page; the state that must come back."""
    forwarded = pages.browser.get("/", query_string=signed())
    assert forwarded.status_code == 302
    assert "Set-Cookie" not in forwarded.headers
    asked = pages.browser.get(forwarded.headers["Location"])
    assert asked.status_code == 302
    where = urlsplit(asked.headers["Location"])
    assert where.path == f"/{ANNA}/admin/oauth/authorize"
    cookie = asked.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/auth", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Expires=" in cookie
    return parse_qs(where.query)["state"][0]


def admin(pages: Pages) -> str:
    """Where the admin of Anna's Bakery shows the app."""
    return f"{pages.shopify.address}/admin.shopify.com/store/annas-bakery/apps/simulated-key"


def come_back(pages: Pages, **query: str) -> TestResponse:
    return pages.browser.get("/auth/callback", query_string=query)


def test_a_shop_is_connected_and_led_into_its_admin(pages: Pages) -> None:
    state = begun(pages)
    done = come_back(pages, **signed(code="c0de", state=state))
    assert done.status_code == 302
    assert done.headers["Location"] == admin(pages)
    assert dict(parse_qsl(pages.shopify.calls[-1].body.decode()))["code"] == "c0de"
    shop = pages.shop()
    assert shop is not None
    assert shop.installed
    assert pages.nudged == [("import", shop.shop), ("drain", shop.shop)]
    assert pages.browser.get_cookie("regulars_install", path="/auth") is None


def test_behind_https_the_cookie_travels_over_https_only(given: dict[str, str]) -> None:
    services = build(load(**given | {"app_url": "https://app.example.com"}), lambda job, shop, *, after=0.0: None)
    asked = create_app(services).test_client().get("/auth/begin", query_string=signed())
    services.close()
    assert "Secure" in asked.headers["Set-Cookie"]


def test_a_connected_shop_is_led_into_its_admin_at_once(bakery: Pages) -> None:
    """Whoever opens the app's address from Shopify, but outside the frame."""
    answer = bakery.browser.get("/", query_string=signed())
    assert answer.status_code == 302
    assert answer.headers["Location"] == admin(bakery)


def test_a_state_is_good_once(pages: Pages) -> None:
    """Even for the browser that has kept its cookie."""
    state = begun(pages)
    cookie = pages.browser.get_cookie("regulars_install", path="/auth")
    assert cookie is not None
    assert come_back(pages, **signed(code="c0de", state=state)).status_code == 302
    pages.browser.set_cookie("regulars_install", cookie.value, path="/auth")
    again = come_back(pages, **signed(code="c0de", state=state))
    assert again.status_code == 400
    assert "used already" in again.text


def test_another_browser_s_state_is_refused(pages: Pages) -> None:
    state = begun(pages)
    pages.browser.delete_cookie("regulars_install", path="/auth")
    for given in (state, "", "é"):
        answer = come_back(pages, **signed(code="c0de", state=given))
        assert answer.status_code == 400
        assert "another browser" in answer.text
    assert pages.exchanges == 0


@pytest.mark.parametrize("where", ["/", "/auth/begin", "/auth/callback"])
def test_a_request_that_shopify_did_not_sign_is_refused(pages: Pages, where: str) -> None:
    good = signed(code="c0de", state="0")
    for bad, words in (
        (good | {"hmac": "0" * 64}, "not signed by Shopify"),
        (good | {"hmac": ""}, "not signed by Shopify"),
        (good | {"shop": "oak-ltd.myshopify.com"}, "not signed by Shopify"),
        (signed(secret="simulated-other-secret"), "not signed by Shopify"),
        (signed(shop=f"{ANNA}\n"), "is not a shop"),
        (signed(shop="example.com"), "is not a shop"),
        (signed(timestamp=str(int(time.time()) - 3600)), "older than"),
    ):
        answer = pages.browser.get(where, query_string=bad)
        assert answer.status_code == 400
        assert words in answer.text
        assert "Set-Cookie" not in answer.headers
    assert pages.shop() is None


def test_nobody_is_asked_for_the_name_of_a_shop(pages: Pages) -> None:
    """Shopify requires that an installation begins on its own surfaces."""
    for query in ({}, {"shop": ANNA}):
        page = pages.browser.get("/", query_string=query)
        assert page.status_code == 200
        assert "installed from Shopify" in page.text
        assert not any(tag in page.text for tag in ("<form", "<input", "<script"))
