"""The shop's admin: managed installation, the app in its frame, and scopes that change."""

import base64
import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from plugin.simulator.signature import query_digest
from tests.material import require, webhook_sample, webhook_samples
from tests.simulator.conftest import BAKERY, Running

ADMIN = f"/_simulator/{BAKERY}/admin"
REQUIRED = ("write_customers", "read_orders", "read_customer_merge", "read_products")


@pytest.fixture
def bakery(running: Running) -> Running:
    """Anna's Bakery before it installs the app."""
    running.shop.installed = False
    return running


@pytest.fixture
def installed(bakery: Running) -> Running:
    """Anna's Bakery after the merchant said yes."""
    assert bakery.post(ADMIN).status_code == 303
    return bakery


def frame_of(page: str) -> str:
    """The address that the frame of a page loads."""
    found = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def claims_of(token: str) -> dict[str, object]:
    """What a session token says, read with another library than the simulator's own hand."""
    return dict(jwt.decode(token, "simulated-secret", algorithms=["HS256"], audience="simulated-key"))


def scopes_told(running: Running) -> list[tuple[list[str], list[str]]]:
    running.quiet()
    return [(it.payload["previous"], it.payload["current"]) for it in running.door.of("app/scopes_update")]


def test_the_merchant_is_asked_before_the_app_is_installed(bakery: Running) -> None:
    page = bakery.get(ADMIN).text
    assert all(scope in page for scope in REQUIRED)
    assert "<iframe" not in page
    assert not bakery.shop.installed
    assert bakery.get(f"/_simulator/{BAKERY}/app_url").status_code == 409


def test_consent_installs_the_app_and_opens_it(bakery: Running) -> None:
    answer = bakery.post(f"{ADMIN}/privacy?locale=fr")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADMIN}/privacy?locale=fr")
    assert (bakery.shop.installed, bakery.shop.scopes) == (True, REQUIRED)
    assert urlsplit(frame_of(bakery.get(answer.headers["Location"]).text)).path == "/privacy"
    assert scopes_told(bakery) == []


@pytest.mark.filterwarnings("ignore:The HMAC key")  # a simulated secret is short
def test_the_frame_loads_the_app_with_shopifys_query(installed: Running) -> None:
    url = frame_of(installed.get(ADMIN).text)
    assert url.startswith("http://127.0.0.1:1/?")
    query = query_of(url)
    assert set(query) == {"embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"}
    assert (query["embedded"], query["locale"], query["shop"]) == ("1", "en", BAKERY)
    assert query["hmac"] == query_digest(query, "simulated-secret")
    assert base64.b64decode(query["host"] + "==") == b"admin.shopify.com/store/annas-bakery"
    claims = claims_of(query["id_token"])
    assert set(claims) == {"iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "sig"}
    assert (claims["iss"], claims["dest"]) == (f"https://{BAKERY}/admin", f"https://{BAKERY}")
    assert (claims["sub"], claims["sid"]) == ("1", query["session"])
    assert claims["exp"] == int(str(claims["iat"])) + 60


@pytest.mark.filterwarnings("ignore:The HMAC key")  # as above
def test_a_test_without_a_browser_gets_the_same_address(installed: Running) -> None:
    url = installed.get(f"/_simulator/{BAKERY}/app_url?path=/customers&locale=nl&user=7&kind=buyer").json()["url"]
    query = query_of(url)
    assert urlsplit(url).path == "/customers"
    assert (query["locale"], query["kind"], claims_of(query["id_token"])["sub"]) == ("nl", "buyer", "7")
    assert "user" not in query


@pytest.mark.parametrize(
    "address",
    [
        f"/{BAKERY}/admin/apps/simulated-key/privacy?locale=fr",
        f"/{BAKERY}/admin/apps/regulars/privacy?locale=fr",
        "/admin.shopify.com/store/annas-bakery/apps/regulars/privacy?locale=fr",
    ],
)
def test_the_real_addresses_of_the_app_lead_to_its_frame(installed: Running, address: str) -> None:
    answer = installed.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{ADMIN}/privacy?locale=fr")


@pytest.mark.parametrize("end", ["", "/"])
def test_the_address_of_the_apps_first_page_may_end_in_a_slash(installed: Running, end: str) -> None:
    assert installed.get(f"/{BAKERY}/admin/apps/simulated-key{end}").headers["Location"] == ADMIN


@pytest.mark.parametrize("address", [f"/{BAKERY}/admin/apps/other", "/admin.shopify.com/store/nobody/apps/regulars"])
def test_another_app_or_shop_is_not_found(installed: Running, address: str) -> None:
    assert installed.get(address).status_code == 404


def test_the_scripts_of_both_sides_are_served(running: Running) -> None:
    for name in ("app-bridge", "admin"):
        answer = running.get(f"/_simulator/{name}.js")
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert '"use strict"' in answer.text


def test_a_new_required_scope_is_asked_for_when_the_app_is_opened(installed: Running) -> None:
    installed.post("/_simulator/app", scopes=["write_customers", "read_orders", "read_discounts"])
    page = installed.get(ADMIN).text
    assert "read_discounts" in page
    assert "write_customers" not in page
    assert "read_discounts" not in installed.shop.scopes
    installed.post(ADMIN)
    assert "read_discounts" in installed.shop.scopes
    assert [set(after) - set(before) for before, after in scopes_told(installed)] == [{"read_discounts"}]


def test_a_scope_no_longer_declared_ends_when_the_app_is_opened(installed: Running) -> None:
    installed.post("/_simulator/app", scopes=["read_customers"])
    assert installed.shop.scopes == REQUIRED
    assert "<iframe" in installed.get(ADMIN).text
    assert installed.shop.scopes == ("read_customers",)
    assert [after for _, after in scopes_told(installed)] == [["read_customers"]]


def test_an_optional_scope_stays_when_it_was_granted(installed: Running) -> None:
    installed.post("/_simulator/app", optional_scopes=["read_discounts"])
    said = installed.post(f"/_simulator/{BAKERY}/scopes", grant=["read_discounts"]).json()
    assert said["granted"] == [*REQUIRED, "read_discounts"]
    assert said["optional"] == ["read_discounts"]
    installed.get(ADMIN)
    assert "read_discounts" in installed.shop.scopes


def test_a_changed_grant_is_told_as_documented(installed: Running) -> None:
    """With the read scopes that write scopes bring, and not at all where nothing changed."""
    installed.post(f"/_simulator/{BAKERY}/scopes", grant=["read_orders"])
    installed.post(f"/_simulator/{BAKERY}/scopes", revoke=["read_orders"])
    installed.quiet()  # two deliveries on their way at once may arrive in either order
    installed.post(f"/_simulator/{BAKERY}/scopes", scopes=["write_customers"])
    installed.quiet()
    told = [it.payload for it in installed.door.of("app/scopes_update")]
    assert [it["current"] for it in told] == [
        ["read_customer_merge", "read_customers", "read_products", "write_customers"],
        ["read_customers", "write_customers"],
    ]
    require(webhook_samples)
    assert set(told[0]) == set(webhook_sample("app/scopes_update"))


@pytest.mark.parametrize("wish", [{}, {"colour": []}, {"grant": "read_orders"}, {"scopes": [1]}])
def test_an_impossible_change_of_scopes_is_refused(installed: Running, wish: dict[str, object]) -> None:
    assert installed.post(f"/_simulator/{BAKERY}/scopes", **wish).status_code == 400
    assert installed.post("/_simulator/app", **wish | {"x": 1}).status_code == 400
    assert installed.shop.scopes == REQUIRED


def test_what_the_admins_script_is_told_is_json(installed: Running) -> None:
    found = re.search(r'type="application/json">(.*?)</script>', installed.get(f"{ADMIN}?user=3").text)
    assert found
    assert json.loads(found[1]) == {"domain": BAKERY, "app": "http://127.0.0.1:1", "user": 3}


def test_the_admin_asks_the_api_for_the_app_s_pages_with_the_rights_of_who_looks(installed: Running) -> None:
    token = installed.post(f"/_simulator/{BAKERY}/direct_api", user=7).json()["token"]
    assert installed.shop.tokens[token].user == 7
    query = "{ customers(first: 1) { nodes { displayName } } }"
    path = f"{installed.server.address}/{BAKERY}/admin/api/{installed.world.api_version}/graphql.json"
    said = installed.session.post(path, json={"query": query}, headers={"X-Shopify-Access-Token": token}, timeout=10)
    assert len(said.json()["data"]["customers"]["nodes"]) == 1
    installed.post(f"/_simulator/{BAKERY}/scopes", revoke=["write_customers"])
    said = installed.session.post(path, json={"query": query}, headers={"X-Shopify-Access-Token": token}, timeout=10)
    assert "Access denied" in said.json()["errors"][0]["message"]


@pytest.mark.parametrize("lacks", ["installation", "direct access"])
def test_an_app_without_direct_access_gets_none(installed: Running, lacks: str) -> None:
    if lacks == "installation":
        installed.post(f"/_simulator/{BAKERY}/uninstall")
    else:
        installed.world.direct_api = False
    assert installed.post(f"/_simulator/{BAKERY}/direct_api").status_code == 403
