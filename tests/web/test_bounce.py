"""The page that fetches a session token: App Bridge and nothing else, and back to ourselves only."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.session_tokens import ANNA
from tests.web.conftest import Pages


def asked(pages: Pages, **query: str) -> TestResponse:
    return pages.browser.get("/auth/patch-id-token", query_string=query)


def test_the_page_is_app_bridge_and_nothing_else(pages: Pages) -> None:
    page = asked(pages, shop=ANNA, **{"shopify-reload": f"/?shop={ANNA}&embedded=1"})
    assert page.status_code == 200
    assert page.text.count("<script") == 1
    assert '<meta name="shopify-api-key" content="simulated-key">' in page.text
    assert f"{pages.shopify.address}/_simulator/app-bridge.js" in page.text
    assert "<body></body>" in page.text
    assert page.headers["Content-Security-Policy"].startswith(f"frame-ancestors https://{ANNA} ")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"shop": ANNA},
        {"shopify-reload": "/"},
        {"shop": f"{ANNA}\n", "shopify-reload": "/"},
        {"shop": "example.com", "shopify-reload": "/"},
        {"shop": "x.myshopify.com; script-src *", "shopify-reload": "/"},
    ],
)
def test_without_a_shop_and_a_way_back_it_is_refused(pages: Pages, query: dict[str, str]) -> None:
    page = asked(pages, **query)
    assert page.status_code == 400
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        " //evil.example/",
        "/\n/evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:8080.evil.example/",
        "http://127.0.0.1:8080@evil.example/",
        "privacy",
        "?shop=x",
        "/auth/patch-id-token?shop=x",
    ],
)
def test_nobody_is_sent_elsewhere(pages: Pages, target: str) -> None:
    """What App Bridge would reload is what stands in the address: an odd one never comes as far as App Bridge."""
    page = asked(pages, shop=ANNA, **{"shopify-reload": target})
    if page.status_code == 302:
        query = parse_qs(urlsplit(page.headers["Location"]).query)
        assert query["shopify-reload"] == ["/evil.example/"]  # a page of our own, which we do not have
    else:
        assert page.status_code == 400
        assert "<script" not in page.text


def test_a_stale_token_is_taken_off_the_way_back(pages: Pages) -> None:
    stale = urlencode({"shop": ANNA, "id_token": "stale", "embedded": "1"})
    query = {"shop": ANNA, "id_token": "stale", "shopify-reload": f"http://127.0.0.1:8080/privacy?{stale}"}
    first = asked(pages, **query)
    assert first.status_code == 302
    back = first.headers["Location"]
    assert "stale" not in back
    assert parse_qs(urlsplit(back).query)["shopify-reload"] == [f"/privacy?shop={ANNA}&embedded=1"]
    assert pages.browser.get(back).status_code == 200
