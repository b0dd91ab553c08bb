"""A walk over every route with everything that must not open it; whoever adds a page is walked over too."""

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import load
from plugin.services import build
from tests.session_tokens import ANNA, OAK, SECRET, session_token, wrong_tokens
from tests.web.conftest import Pages
from tests.web.test_install import begun, come_back, signed

# Open to everybody, and why; all else needs a session token. A line here is a decision, not a formality.
PUBLIC = {
    "static": "scripts that every shop gets alike",
    "health.healthz": "says whether the parts run, and nothing of any shop",
    "install.begin": "believes Shopify's signature over its query",
    "install.callback": "believes Shopify's signature and a state that is good once",
    "bounce.page": "holds nothing but App Bridge",
    "status.page": "beside a simulator only",
    "status.numbers": "beside a simulator only",
    "status.accept": "beside a simulator only",
}
ARGUMENT = re.compile(r"<(?:[^:>]+:)?[^>]+>")


class Step(NamedTuple):
    """One way to ask for one route."""

    endpoint: str
    path: str
    method: str


def steps(pages: Pages) -> Iterator[Step]:
    """Every route that is not public, by every method it has; its arguments are 1."""
    for rule in pages.app.url_map.iter_rules():
        if rule.endpoint not in PUBLIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Step(rule.endpoint, ARGUMENT.sub("1", rule.rule), method)


def refused(answer: TestResponse, where: object) -> None:
    """Checks that it was sent for a token, or told in words; nothing of any shop in it."""
    assert answer.status_code in (302, 400, 401, 403), f"{where}: {answer.status_code}"
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/auth/patch-id-token?"), where
    else:
        assert re.search(r"<p>[^<]{20,}", answer.text), f"{where}: no words"
    for shown in ("Oak Ltd", "Annas Bakery", "Traceback", *SECRETS):
        assert shown not in answer.text, where


SECRETS = (SECRET, "shpat_kept", "shpat_secret", "a long enough secret key")


def walk(pages: Pages) -> int:
    """Asks for everything with what must not open it, both ways; how often it asked."""
    asked = 0
    for step in steps(pages):
        for what, token in {**wrong_tokens(), "another shop": session_token(OAK)}.items():
            query = {"shop": ANNA, "embedded": "1"}
            bearer = {"Authorization": f"Bearer {token}"}
            form = {"shown": "0"} if step.method == "POST" else None
            ways = (
                pages.browser.open(step.path, method=step.method, query_string=query, headers=bearer, data=form),
                pages.browser.open(step.path, method=step.method, query_string=query | {"id_token": token}, data=form),
            )
            for way in ways:
                refused(way, (step, what))
                asked += 1
    return asked


def test_nothing_opens_without_a_good_token_of_its_own_shop(bakery: Pages, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by the header nor by the address; Shopify is not even asked, and the log keeps it all to itself."""
    caplog.set_level(logging.DEBUG)
    assert walk(bakery) > 80
    assert bakery.exchanges == 0
    assert not re.search(r"eyJ[\w-]{10,}|shpat_|shprt_", caplog.text)
    assert not [secret for secret in SECRETS if secret in caplog.text]


def untrue_queries(pages: Pages) -> dict[str, dict[str, str]]:
    """What is wrong -> a query that Shopify did not send, or not now, or not once more."""
    state = begun(pages)
    good = signed(code="a-secret-code", state=state)
    assert come_back(pages, **good).status_code == 302
    other = "0" if good["hmac"][-1] != "0" else "1"
    return {
        "a replayed state": good,
        "no signature": good | {"hmac": ""},
        "a tampered signature": good | {"hmac": good["hmac"][:-1] + other},
        "a tampered query": good | {"shop": OAK},
        "another app's signature": signed(secret="simulated-other-secret", state=state),
        "an old one": signed(timestamp="1700000000", state=state),
        "a newline after the shop": signed(shop=f"{ANNA}\n", state=state),
        "no shop": signed(shop="example.com", state=state),
    }


def test_nothing_opens_by_a_query_that_is_not_shopify_s(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    """Inside the frame and outside, and the log keeps it all to itself."""
    caplog.set_level(logging.DEBUG)
    untrue = untrue_queries(pages)
    paths = {step.path for step in steps(pages) if step.method == "GET"}
    paths |= {"/auth/begin", "/auth/callback", "/auth/patch-id-token"}
    for what, query in untrue.items():
        # Shopify did sign that one, moments ago: who has no state to remember believes it.
        believed = {"/", "/auth/begin"} if what == "a replayed state" else set()
        for path in paths - believed:
            for framed in ({}, {"embedded": "1"}):
                refused(pages.browser.get(path, query_string=query | framed), (what, path, framed))
    assert pages.exchanges == 1
    told = {value for query in untrue.values() for name, value in query.items() if name in ("hmac", "state", "code")}
    assert not [secret for secret in (*SECRETS, *told - {""}) if secret in caplog.text]


def test_the_walk_sees_a_page_that_forgot_to_ask(bakery: Pages) -> None:
    bakery.app = Flask("other")
    bakery.browser = bakery.app.test_client()
    bakery.app.add_url_rule("/customers/<int:number>", "forgotten", lambda number: "Oak Ltd has many customers")
    with pytest.raises(AssertionError, match="forgotten"):
        walk(bakery)


def test_the_list_of_open_routes_names_no_other(bakery: Pages) -> None:
    known = {rule.endpoint for rule in bakery.app.url_map.iter_rules()}
    assert set(PUBLIC) <= known
    assert all(why for why in PUBLIC.values())


def test_every_page_of_the_panel_opens_with_a_good_token(bakery: Pages) -> None:
    """Else the walk would prove nothing."""
    pages = {step.path for step in steps(bakery) if step.method == "GET" and "1" not in step.path}
    assert "/" in pages
    for path in pages:
        assert bakery.document(path).status_code == 200


def test_a_visitor_sees_their_own_shop_only(bakery: Pages) -> None:
    """Whatever number an address names, and by every method."""
    for domain, other in ((ANNA, "Oak Ltd"), (OAK, "Annas Bakery")):
        for step in steps(bakery):
            answer = bakery.fetch(step.path, session_token(domain), method=step.method, shown="0")
            assert answer.status_code != 401, step
            assert other not in answer.text, step


def test_the_status_page_is_there_beside_a_simulator_only(given: dict[str, str]) -> None:
    del given["shopify_simulator"]
    services = build(load(**given | {"shopify_api_key": "an-app"}), lambda job, shop, *, after=0.0: None)
    found = {rule.endpoint for rule in create_app(services).url_map.iter_rules()}
    services.close()
    assert not [endpoint for endpoint in found if endpoint.startswith("status")]
