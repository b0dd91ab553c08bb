"""Installation by the authorization-code grant, over HTTP."""

import base64
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from plugin.simulator import access
from plugin.simulator.signature import query_digest
from tests.simulator.conftest import BAKERY, Running

CALLBACK = "http://127.0.0.1:1/auth/callback"
SHOPS_QUERY = "{ shop { name } }"


@pytest.fixture
def leaving(running: Running) -> Running:
    """Anna's Bakery before it installs the app."""
    running.shop.installed = False
    return running


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def authorize(running: Running, **changes: str) -> str:
    wish = {"client_id": "simulated-key", "scope": "", "redirect_uri": CALLBACK, "state": "c0ffee"} | changes
    return f"/{BAKERY}/admin/oauth/authorize?{urlencode(wish)}"


def consent(running: Running, **changes: str) -> dict[str, str]:
    answer = running.post(authorize(running, **changes))
    assert answer.status_code == 302
    return query_of(answer.headers["Location"])


def exchange(running: Running, code: str, **changes: str) -> tuple[int, dict[str, str]]:
    sent = {"client_id": "simulated-key", "client_secret": "simulated-secret", "code": code, "expiring": "1"} | changes
    url = f"{running.server.address}/{BAKERY}/admin/oauth/access_token"
    answer = running.session.post(url, data=sent, timeout=10)
    return answer.status_code, answer.json()


def ask(running: Running, token: str) -> tuple[int, object]:
    url = f"{running.server.address}/{BAKERY}/admin/api/2026-10/graphql.json"
    headers = {"X-Shopify-Access-Token": token}
    answer = running.session.post(url, json={"query": SHOPS_QUERY}, headers=headers, timeout=10)
    return answer.status_code, answer.json()


def test_the_query_signature_is_shopifys() -> None:
    """A known vector: the JavaScript library and ShopifyAPI give the same digest."""
    query = dict(
        parse_qsl(
            "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=0.6784241404160823"
            "&timestamp=1337178173&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w"
        )
    )
    assert query_digest(query, "hush") == "9fe3d5ea81959305fd96bd3d2d44e878654e753bc8e455b5369c15a009412163"


def test_clicking_install_leads_to_the_app_with_a_signed_query(leaving: Running) -> None:
    location = leaving.get(f"/_simulator/{BAKERY}/install").headers["Location"]
    query = query_of(location)
    assert location.startswith("http://127.0.0.1:1?")
    assert query["hmac"] == query_digest(query, "simulated-secret")
    assert base64.b64decode(query["host"] + "=" * (-len(query["host"]) % 4)) == b"admin.shopify.com/store/annas-bakery"
    assert (query["shop"], set(query)) == (BAKERY, {"hmac", "host", "shop", "timestamp"})


def test_the_merchant_reads_what_the_app_may_do_before_consenting(leaving: Running) -> None:
    page = leaving.get(authorize(leaving)).text
    assert "Regulars" in page
    assert "write_customers" in page
    assert "Install</button>" in page
    assert not leaving.shop.installed


def test_consent_sends_the_browser_back_with_a_signed_code(leaving: Running) -> None:
    query = consent(leaving)
    assert query["hmac"] == query_digest(query, "simulated-secret")
    assert query["state"] == "c0ffee"
    assert leaving.shop.installed


def test_a_shop_that_agreed_before_is_not_asked_again(leaving: Running) -> None:
    consent(leaving)
    assert leaving.get(authorize(leaving)).status_code == 302
    assert leaving.get(authorize(leaving, scope="read_orders,write_discounts")).status_code == 200


@pytest.mark.parametrize("change", [{"client_id": "other"}, {"redirect_uri": "https://evil.example/auth/callback"}])
def test_a_foreign_client_or_return_address_is_refused(leaving: Running, change: dict[str, str]) -> None:
    answer = leaving.post(authorize(leaving, **change))
    assert answer.status_code == 400
    assert "Oauth error invalid_request" in answer.text
    assert not leaving.shop.installed


def test_a_code_buys_an_expiring_token_and_a_refresh_token(leaving: Running) -> None:
    """A read scope that a write scope implies is not reported."""
    status, said = exchange(leaving, consent(leaving)["code"])
    assert status == 200
    assert said.pop("access_token").startswith("shpat_")
    assert said.pop("refresh_token").startswith("shprt_")
    assert said == {
        "scope": "write_customers,read_orders,read_customer_merge,read_products",
        "expires_in": 3600,
        "refresh_token_expires_in": 7776000,
    }


def test_a_code_works_once(leaving: Running) -> None:
    code = consent(leaving)["code"]
    assert exchange(leaving, code)[0] == 200
    assert exchange(leaving, code) == (
        400,
        {
            "error": "invalid_request",
            "error_description": "The authorization code was not found or was already used",
        },
    )


def test_a_code_works_for_a_minute(leaving: Running) -> None:
    code = consent(leaving)["code"]
    leaving.shop.grants[code].expires_at -= access.CODE_LIFE + 1
    assert exchange(leaving, code)[1]["error"] == "invalid_request"


@pytest.mark.parametrize("change", [{"client_secret": "wrong"}, {"client_id": "wrong"}])
def test_wrong_client_credentials_are_refused(leaving: Running, change: dict[str, str]) -> None:
    status, said = exchange(leaving, consent(leaving)["code"], **change)
    assert (status, said["error"]) == (400, "invalid_client")


def test_an_unknown_grant_type_is_refused(leaving: Running) -> None:
    assert exchange(leaving, "x", grant_type="password")[1]["error"] == "unsupported_grant_type"


def test_the_token_opens_the_api_until_it_is_revoked(leaving: Running) -> None:
    token = exchange(leaving, consent(leaving)["code"])[1]["access_token"]
    status, said = ask(leaving, token)
    assert (status, said["data"]) == (200, {"shop": {"name": "Anna's Bakery"}})
    assert leaving.post(f"/_simulator/revoke/{BAKERY}").json() == {"revoked": 1}
    assert ask(leaving, token) == (
        401,
        {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"},
    )


def test_a_token_ends_after_its_hour(leaving: Running) -> None:
    token = exchange(leaving, consent(leaving)["code"])[1]["access_token"]
    leaving.shop.tokens[token].expires_at -= access.TOKEN_LIFE * 1000
    assert ask(leaving, token)[0] == 401


def test_a_token_that_never_expires_is_given_but_not_accepted(leaving: Running) -> None:
    """New public apps must ask for `expiring=1`; without it the exchange works and the API refuses."""
    said = exchange(leaving, consent(leaving)["code"], expiring="0")[1]
    assert set(said) == {"access_token", "scope"}
    assert ask(leaving, said["access_token"])[0] == 403
