"""Install by the code grant: who is asked, whose answer is believed, and what the code is traded for."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
import shopify

import plugin
from plugin.errors import GiveUp, Retry
from plugin.shopify import oauth
from plugin.shopify.signature import query_digest
from plugin.shopify.transport import session
from tests.shopify.scripted import DROPPED, SHOP, Reply, Script, closed_port
from tests.shopify.test_signature import QUERY

NOW = 1_337_178_173_000
SIGNED = dict(parse_qsl(QUERY))
SIGNED["hmac"] = query_digest(SIGNED, "hush")


@pytest.mark.parametrize("text", ["annas-bakery.myshopify.com", "Annas-Bakery.MyShopify.com", "0x.myshopify.com"])
def test_a_shop_name_is_written_in_lower_case(text: str) -> None:
    assert oauth.shop_domain(text) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "annas-bakery",
        "annas-bakery.myshopify.com\n",
        " annas-bakery.myshopify.com",
        "annas-bakery.myshopify.com.evil.example",
        "evil.example/annas-bakery.myshopify.com",
        "evil.example#annas-bakery.myshopify.com",
        "annas.bakery.myshopify.com",
        "-annas.myshopify.com",
        "annas_bakery.myshopify.com",
        "\u212aanna.myshopify.com",
        "https://annas-bakery.myshopify.com",
    ],
)
def test_a_shop_name_is_matched_whole(text: str) -> None:
    with pytest.raises(GiveUp, match="is not a shop"):
        oauth.shop_domain(text)


def test_the_permission_url_names_app_scopes_return_address_and_state() -> None:
    back = "https://app.example.com/auth/callback"
    url = oauth.permission_url(shop=SHOP, api_key="key", scopes=["write_customers"], redirect_uri=back, state="abc")
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", SHOP, "/admin/oauth/authorize")
    assert parse_qs(parts.query) == {
        "client_id": ["key"],
        "scope": ["write_customers"],
        "redirect_uri": [back],
        "state": ["abc"],
    }


def test_nothing_is_left_behind_in_the_library() -> None:
    """ShopifyAPI's settings are global; two apps or shops in one process must not meet there."""
    oauth.permission_url(shop=SHOP, api_key="key", scopes=["read_orders"], redirect_uri="https://x.example", state="s")
    oauth.check_request(SIGNED, secrets=["hush"], now=NOW)
    assert (shopify.Session.api_key, shopify.Session.secret) == (None, None)


@pytest.mark.parametrize("secrets", [["hush"], ["new", "hush"]])
def test_a_signed_request_speaks_for_its_shop(secrets: list[str]) -> None:
    assert oauth.check_request(SIGNED, secrets=secrets, now=NOW) == "some-shop.myshopify.com"


@pytest.mark.parametrize("change", [{"code": "other"}, {"hmac": "é"}, {"hmac": ""}, {"extra": "1"}])
def test_a_forged_request_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(GiveUp, match="not signed by Shopify"):
        oauth.check_request(SIGNED | change, secrets=["hush"], now=NOW)


def test_no_secret_means_no_trust() -> None:
    forged = SIGNED | {"hmac": query_digest(SIGNED, "")}
    with pytest.raises(GiveUp, match="not signed"):
        oauth.check_request(forged, secrets=[""], now=NOW)


@pytest.mark.parametrize("seconds", [-91, 91, 86_000])
def test_a_signed_request_is_good_for_ninety_seconds(seconds: int) -> None:
    assert oauth.check_request(SIGNED, secrets=["hush"], now=NOW + 89_000)
    with pytest.raises(GiveUp, match="older than 90 seconds"):
        oauth.check_request(SIGNED, secrets=["hush"], now=NOW + seconds * 1000)


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "²"])
def test_a_signed_request_needs_a_moment(stamp: str) -> None:
    params = SIGNED | {"timestamp": stamp}
    params["hmac"] = query_digest(params, "hush")
    with pytest.raises(GiveUp, match="older"):
        oauth.check_request(params, secrets=["hush"], now=NOW)


def test_a_value_with_odd_characters_is_accepted_in_both_spellings() -> None:
    """Shopify's libraries spell "&" and a space in a value differently."""
    params = SIGNED | {"state": "a&b c"}
    library: Any = type("S", (shopify.Session,), {"secret": "hush"})
    theirs = library.calculate_hmac(params)
    ours = query_digest(params, "hush")
    assert theirs != ours
    for digest in (theirs, ours):
        assert oauth.check_request(params | {"hmac": digest}, secrets=["hush"], now=NOW)


def test_the_way_into_the_admin_is_the_one_shopify_named() -> None:
    named = base64.b64encode(b"admin.shopify.com/store/annas-bakery").decode().rstrip("=")
    assert oauth.admin_url(named, shop=SHOP, api_key="key") == "https://admin.shopify.com/store/annas-bakery/apps/key"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "admin.shopify.com/store/annas\n",
        "admin.shopify.com.evil.example/store/a",
        "admin.shopify.com/",
        "",
    ],
)
def test_no_other_host_is_believed(host: str) -> None:
    """The shop's own address leads there too."""
    for given in (host, base64.b64encode(host.encode()).decode(), "é", "a"):
        assert oauth.admin_url(given, shop=SHOP, api_key="key") == f"https://{SHOP}/admin/apps/key"


def test_writing_covers_reading_but_not_the_reverse() -> None:
    assert oauth.covers(["write_customers", "read_orders"], ["read_customers", "write_customers"])
    assert oauth.missing_scopes(["write_customers", "read_orders"], ["read_customers"]) == (
        "read_orders",
        "write_customers",
    )
    with pytest.raises(GiveUp, match="scopes cannot be read"):
        oauth.covers(["everything"], ["read_orders"])


def trade(calls: requests.Session) -> oauth.Grant:
    return oauth.trade_code(calls, shop=SHOP, api_key="key", secret="hush", code="c0de", now=NOW)


def test_a_code_is_traded_for_an_expiring_token(script: Script, calls: requests.Session) -> None:
    answer = {
        "access_token": "a-token",
        "scope": "write_customers,read_orders",
        "expires_in": 3600,
        "refresh_token": "a-refresh",
        "refresh_token_expires_in": 7_776_000,
    }
    script.then(Reply(body=json.dumps(answer).encode()))
    assert trade(calls) == oauth.Grant(
        "a-token", ("read_orders", "write_customers"), NOW + 3_600_000, "a-refresh", NOW + 7_776_000_000
    )
    call = script.calls[0]
    assert call.path == f"/{SHOP}/admin/oauth/access_token"
    assert dict(parse_qsl(call.body.decode())) == {
        "client_id": "key",
        "client_secret": "hush",
        "code": "c0de",
        "expiring": "1",
    }


def test_a_token_without_an_end_is_told_apart(script: Script, calls: requests.Session) -> None:
    script.then(Reply(body=b'{"access_token": "a-token", "scope": "read_orders"}'))
    assert trade(calls) == oauth.Grant("a-token", ("read_orders",), None, None, None)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(400, b'{"error": "invalid_client"}'), "SHOPIFY_API_SECRET"),
        (Reply(401, b"{}"), "SHOPIFY_API_SECRET"),
        (
            Reply(400, b'{"error": "invalid_request", "error_description": "already used"}'),
            "already used.*open the app",
        ),
        (Reply(302, b"<html>"), "302 without a token"),
        (Reply(200, b"{}"), "did not accept"),
        (Reply(200, b"[]"), "without a token"),
    ],
)
def test_a_refused_trade_says_what_to_do(script: Script, calls: requests.Session, reply: Reply, words: str) -> None:
    script.then(reply)
    with pytest.raises(GiveUp, match=words):
        trade(calls)


@pytest.mark.parametrize("reply", [Reply(502), Reply(429), DROPPED])
def test_a_trade_that_did_not_come_through_may_be_tried_again(
    script: Script, calls: requests.Session, reply: Reply
) -> None:
    script.then(reply)
    with pytest.raises(Retry, match="open the app again"):
        trade(calls)


def test_an_unreachable_shopify_may_be_tried_again() -> None:
    with session(f"http://127.0.0.1:{closed_port()}") as calls, pytest.raises(Retry, match="could not be reached"):
        trade(calls)


def test_no_other_module_uses_the_library() -> None:
    """Its global settings are only safe where every call brings its own."""
    root = Path(plugin.__file__).parent
    users = [
        path.name
        for path in root.rglob("*.py")
        if re.search(r"^(import|from) shopify\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert users == ["oauth.py"]
