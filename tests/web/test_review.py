"""What Shopify's automated review looks at before a person does."""

import base64
import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from plugin.app import Running, compose
from plugin.config import ROOT, load, read_app_toml
from plugin.shopify.signature import body_digest
from plugin.web.headers import policy
from tests.session_tokens import ANNA, OAK, SECRET, session_token
from tests.web.conftest import Pages
from tests.web.test_walk import steps

CODE = [
    path for path in (*ROOT.glob("plugin/**/*.py"), *ROOT.glob("webhooks/**/*.py")) if "simulator" not in path.parts
]
HEADERS = {"X-Shopify-Topic": "orders/create", "X-Shopify-Shop-Domain": ANNA, "X-Shopify-Webhook-Id": "1"}


@pytest.fixture
def whole(given: dict[str, str]) -> Iterator[Running]:
    """All of the app as it is served, without its jobs."""
    running = compose(load(**given), work=False)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_delivery_is_answered_and_never_sent_elsewhere(whole: Running, path: str, scheme: str) -> None:
    """A bad or missing signature is 401, a good one 200; a redirection would count as a failure."""
    client, body = Client(whole.wsgi), b"{}"
    for digest, status in (
        (None, 401),
        ("", 401),
        (body_digest(body, "another secret"), 401),
        (base64.b64encode(b"x" * 32).decode(), 401),
        (body_digest(body, SECRET), 200),
    ):
        headers = HEADERS | ({} if digest is None else {"X-Shopify-Hmac-Sha256": digest})
        answer = client.post(path, data=body, headers=headers, base_url=f"{scheme}://app.example.com")
        assert answer.status_code == status
        assert "Location" not in answer.headers


def framers(answer: TestResponse) -> str:
    """Who may frame a page."""
    (directive,) = re.findall(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    return str(directive)


def html(pages: Pages, domain: str) -> Iterator[tuple[str, TestResponse]]:
    """Every HTML answer that one of its pages gives a shop: well, wrongly asked, and not there."""
    token = session_token(domain)
    for step in steps(pages):
        for path in (step.path, f"{step.path}?shop={domain}&embedded=1"):
            answer = pages.fetch(path, token, method=step.method)
            answer.get_data()  # all of it: a download is written while it is read
            yield path, answer
    yield "document", pages.document("/", token, shop=domain)
    yield "wrong form", pages.fetch("/tagging", token, method="POST", shown="many")
    yield "refused number", pages.fetch("/tagging", token, method="POST", shown="999999")


def test_a_shop_s_pages_may_be_framed_by_its_own_admin_only(bakery: Pages) -> None:
    """Per shop, never the same for all; in development by the simulator too."""
    for domain in (ANNA, OAK):
        for where, answer in html(bakery, domain):
            if answer.mimetype == "text/html":
                wanted = f"https://{domain} https://admin.shopify.com {bakery.shopify.address}"
                assert framers(answer) == wanted, where
                assert "X-Frame-Options" not in answer.headers, where


def test_all_other_pages_may_be_framed_by_nobody(bakery: Pages) -> None:
    for answer in (
        bakery.browser.get("/"),
        bakery.browser.get("/croissants"),
        bakery.browser.get("/status"),
        bakery.browser.get("/auth/callback"),
        bakery.browser.get("/auth/patch-id-token"),
        bakery.browser.put("/"),
        bakery.fetch("/", session_token(secret="simulated-other-secret")),
        bakery.fetch("/", session_token("example.com")),
    ):
        assert answer.mimetype == "text/html"
        assert framers(answer) == "'none'"
        assert "X-Frame-Options" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/croissants", "/auth/callback"])
def test_a_refusal_is_shown_in_the_frame_that_asked(bakery: Pages, path: str) -> None:
    """Else the merchant would look at a blank frame; of the shop it tells nothing."""
    stale = session_token(exp=1)
    query = {"shop": ANNA, "embedded": "1", "id_token": stale, "bounced": str(int(time.time()))}
    answer = bakery.browser.get(path, query_string=query)
    assert answer.status_code in (400, 401, 404)
    assert framers(answer).startswith(f"https://{ANNA} https://admin.shopify.com")
    assert "app-bridge.js" in answer.text
    assert "Annas Bakery" not in answer.text
    for nobody in (f"{ANNA}\n", "example.com", f"{ANNA}; script-src *", "*.myshopify.com"):
        assert framers(bakery.browser.get(path, query_string=query | {"shop": nobody})) == "'none'"


def test_scripts_are_the_same_for_every_shop(bakery: Pages) -> None:
    """What is not a page says nothing about frames, whoever asks."""
    for asked in (bakery.fetch, bakery.browser.get):
        script = asked(f"/static/panel.js?shop={ANNA}&embedded=1")
        assert script.status_code == 200
        assert script.mimetype == "text/javascript"
        for header in ("Content-Security-Policy", "X-Frame-Options", "Set-Cookie"):
            assert header not in script.headers
        script.close()


def test_the_real_admin_alone_frames_a_page_in_production() -> None:
    made = policy(ANNA, nonce="n", simulator=None)
    assert made.startswith(f"frame-ancestors https://{ANNA} https://admin.shopify.com;")
    assert "127.0.0.1" not in made


def test_app_bridge_comes_first_and_only_named_scripts_run(bakery: Pages) -> None:
    page = bakery.document()
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert f'src="{bakery.shopify.address}/_simulator/app-bridge.js"' in scripts[0]
    assert not re.search(r"async|defer|module", scripts[0])
    assert page.text.index('<meta name="shopify-api-key"') < page.text.index("<script")
    (nonce,) = re.findall(r"script-src 'nonce-([\w-]+)'", page.headers["Content-Security-Policy"])
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert nonce not in bakery.document().text
    assert not re.search(r"\son\w+=|javascript:", page.text)
    assert "preload" in page.headers["Link"]
    assert page.headers["Cache-Control"] == "no-store"


def test_styles_come_before_any_script(bakery: Pages) -> None:
    """Scripts wait for the styles above them, and the body for the scripts: nothing is shown without its looks."""
    head = bakery.document().text.partition("<body")[0]
    assert 0 < head.rindex('<link rel="stylesheet"') < head.index("<script")
    assert not re.search(r"<link[^>]* media=", head)


def test_the_panel_has_no_cookies(bakery: Pages) -> None:
    """Browsers that keep none inside a frame show the same pages."""
    for domain in (ANNA, OAK):
        for where, answer in html(bakery, domain):
            assert "Set-Cookie" not in answer.headers, where
    users = [path.name for path in CODE if re.search(r"from flask import .*\bsession\b", path.read_text("utf-8"))]
    assert users == ["install.py"]


def test_only_the_graphql_api_is_called() -> None:
    """Apps may no longer use the REST API."""
    found = [
        (path.name, address)
        for path in CODE
        for address in re.findall(r"/admin/api/[^\s\"'`]*|/admin/\w+\.json", path.read_text("utf-8"))
        if not address.endswith("/graphql.json")
    ]
    assert found == []
    assert any("/graphql.json" in path.read_text("utf-8") for path in CODE)
    resources = re.compile(
        r"\bshopify\.(?:Shop|Order|Customer|Product|Webhook|GraphQL|ShopifyResource)\b|activate_session"
    )
    assert [path.name for path in CODE if resources.search(path.read_text("utf-8"))] == []


def months_later(day: date, months: int) -> date:
    """The same day of the month, so many months on."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def test_the_api_version_outlives_the_release_by_ninety_days() -> None:
    """A version begins its quarter and is supported for a year."""
    year, month = map(int, read_app_toml().api_version.split("-"))
    assert month in (1, 4, 7, 10)
    ends = months_later(date(year, month, 1), 12)
    released = re.search(
        r"^## \[[\d.]+\] - (\d{4}-\d\d-\d\d)$", Path(ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert released
    assert ends - date.fromisoformat(released[1]) >= timedelta(days=90)
