"""Shopify's own JavaScript library takes what the simulated Shopify signs and what we do, and we take what it signs."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from plugin.errors import GiveUp
from plugin.shopify import oauth
from plugin.shopify.session_tokens import InvalidToken, read
from plugin.shopify.signature import Verifier, body_digest, query_digest
from plugin.simulator import delivery, session_tokens, signature
from plugin.simulator.app_toml import world_of
from plugin.simulator.state import Shop, World
from tests.material import require, webhook_sample
from tests.node.packages import API, answers, installed
from tests.session_tokens import ANNA, KEY, OAK, SECRET, session_token, wrong_tokens

# Strange but possible: another alphabet, an escaped quote, a line's end inside a text.
BODY = json.dumps({"id": 1, "note": 'café "über" 東京\n'}, ensure_ascii=False)
# Theirs reads signature, expiry and audience; these it leaves to whoever uses it. We refuse them.
LEFT_TO_US = {
    "another issuer",
    "an issuer that looks alike",
    "no shop",
    "a newline after the shop",
    "http",
    "an empty person",
    "no exp",
    *(f"no {claim}" for claim in ("nbf", "iat", "iss", "dest", "sub", "jti", "sid")),
}


def they(*questions: dict[str, Any]) -> list[dict[str, Any]]:
    """What their library says to each."""
    said: list[dict[str, Any]] = answers("api.mjs", API, [{"key": KEY, "secret": SECRET} | one for one in questions])
    return said


@pytest.fixture(autouse=True)
def _theirs() -> None:
    require(lambda: installed(API))


@pytest.fixture
def world() -> World:
    return world_of(Path(__file__).parents[2] / "app.toml", api_key=KEY, secret=SECRET)


def now() -> int:
    return time.time_ns() // 1_000_000


def believed(token: str) -> bool:
    """Whether we take this session token."""
    try:
        return read(token, api_key=KEY, secrets=(SECRET,), now=now()).domain == ANNA
    except InvalidToken:
        return False


def signed(params: dict[str, str]) -> bool:
    """Whether we take this OAuth request."""
    try:
        return oauth.check_request(params, secrets=(SECRET,), now=now()) == ANNA
    except GiveUp:
        return False


def asked(*, seconds_ago: int = 0) -> dict[str, str]:
    """An OAuth request, unsigned; made when it is needed, for both sides refuse one of 90 seconds ago."""
    return {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYW5uYXMtYmFrZXJ5",
        "shop": ANNA,
        "state": "6784241404160823",
        "timestamp": str(int(time.time()) - seconds_ago),
    }


def test_they_take_the_deliveries_of_the_simulated_shopify(world: World) -> None:
    """Signature and headers, over Shopify's own example of an order too."""
    bodies = {"shop/update": BODY, "orders/create": json.dumps(require(lambda: webhook_sample("orders/create")))}
    questions = [
        {"what": "webhook", "body": body, "headers": delivery.headers(world, ANNA, topic, body.encode(), "an action")}
        for topic, body in bodies.items()
    ]
    for body, one in zip(bodies.values(), they(*questions), strict=True):
        assert one["said"]["valid"] is True
        assert one["said"]["domain"] == ANNA
        assert one["said"]["hmac"] == body_digest(body.encode(), SECRET)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda it: it | {"body": it["body"] + " "}, "invalid_hmac"),
        (lambda it: it | {"secret": "another secret"}, "invalid_hmac"),
        (lambda it: it | {"headers": it["headers"] | {"X-Shopify-Hmac-Sha256": ""}}, "missing_hmac"),
        (lambda it: it | {"headers": it["headers"] | {"X-Shopify-Webhook-Id": ""}}, "missing_headers"),
    ],
    ids=["another body", "another secret", "no signature", "no id"],
)
def test_they_refuse_what_is_not_as_it_was_signed(
    world: World, change: Callable[[dict[str, Any]], dict[str, Any]], why: str
) -> None:
    headers = delivery.headers(world, ANNA, "shop/update", BODY.encode(), "an action")
    (one,) = they(change({"what": "webhook", "body": BODY, "headers": headers}))
    assert (one["said"]["valid"], one["said"]["reason"]) == (False, why)


def test_we_take_the_bodies_that_they_sign_and_no_other() -> None:
    (one, other) = they({"what": "signBody", "body": BODY}, {"what": "signBody", "body": BODY, "secret": "another"})
    verifier = Verifier((SECRET, "an old secret"))
    assert verifier.accepts(BODY.encode(), one["said"])
    assert not verifier.accepts(BODY.encode() + b" ", one["said"])
    assert not verifier.accepts(BODY.encode(), other["said"])


def test_they_take_the_queries_that_we_and_the_simulated_shopify_sign_and_no_other() -> None:
    fresh, old = asked(), asked(seconds_ago=100)
    ours = fresh | {"hmac": query_digest(fresh, SECRET)}
    simulated = dict(parse_qsl(signature.signed(fresh, SECRET)))
    right, as_simulated, changed, late, bare = they(
        {"what": "query", "params": ours},
        {"what": "query", "params": simulated},
        {"what": "query", "params": ours | {"shop": OAK}},
        {"what": "query", "params": old | {"hmac": query_digest(old, SECRET)}},
        {"what": "query", "params": fresh},
    )
    assert right["said"] is True
    assert as_simulated["said"] is True
    assert changed["said"] is False
    assert late["refused"] == bare["refused"] == "InvalidHmacError"


def test_we_take_the_queries_that_they_sign_and_no_other() -> None:
    fresh, old = asked(), asked(seconds_ago=100)
    right, other, late = they(
        {"what": "signQuery", "params": fresh},
        {"what": "signQuery", "params": fresh, "secret": "another"},
        {"what": "signQuery", "params": old},
    )
    assert right["said"] == query_digest(fresh, SECRET)
    assert signed(fresh | {"hmac": right["said"]})
    assert not signed(fresh | {"hmac": right["said"], "state": "another"})
    assert not signed(fresh | {"hmac": other["said"]})
    assert not signed(old | {"hmac": late["said"]})


def test_they_take_the_session_tokens_of_the_simulated_shopify(world: World) -> None:
    token = session_tokens.mint(world, Shop(1, ANNA, "Anna's Bakery"), user=42)
    (one,) = they({"what": "token", "token": token})
    assert (one["said"]["dest"], one["said"]["sub"], one["said"]["aud"]) == (f"https://{ANNA}", "42", KEY)
    assert set(one["said"]) == {"iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "sig"}
    assert believed(token)


def test_they_refuse_no_session_token_that_we_believe() -> None:
    """A walk over everything that may be wrong: what they refuse, we refuse, and so what they leave to us."""
    wrong = wrong_tokens()
    said = they(
        *({"what": "token", "token": token} for token in wrong.values()), {"what": "token", "token": session_token()}
    )
    taken = {what for what, one in zip([*wrong, "right"], said, strict=True) if "said" in one}
    assert taken == LEFT_TO_US | {"right"}
    assert not any(believed(token) for token in wrong.values())
    assert believed(session_token())


def test_we_take_the_session_tokens_that_they_mint_and_no_other() -> None:
    """Their test token names its issuer without https, as Shopify's admin does not; that alone we refuse."""
    issuer = {"iss": f"https://{ANNA}/admin"}
    wishes: list[dict[str, Any]] = [
        {"claims": issuer},
        {"claims": {}},
        {"claims": issuer, "secret": "another"},
        {"claims": issuer, "key": "another-key"},
        {"claims": issuer | {"exp": int(time.time()) - 30}},
        {"claims": {"iss": f"https://{OAK}/admin"}},
    ]
    minted = they(*({"what": "mint", "shop": ANNA.partition(".")[0], **one} for one in wishes))
    assert [believed(one["said"]) for one in minted] == [True, False, False, False, False, False]
