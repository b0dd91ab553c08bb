"""Token exchange: what Shopify is asked for, and what its answers mean."""

import json
import time

import pytest

from plugin.errors import GiveUp, Retry
from plugin.shopify.exchange import exchange
from plugin.shopify.oauth import Grant
from plugin.shopify.session_tokens import InvalidToken
from tests.shopify.scripted import DROPPED, SHOP, Reply, Script, closed_port


def exchanging(address: str) -> Grant:
    return exchange("a.session.token", shop=SHOP, api_key="key", secret="hush", simulator=address)


def said(**answer: object) -> Reply:
    return Reply(200 if "access_token" in answer else 400, json.dumps(answer).encode())


def test_a_session_token_becomes_an_expiring_offline_token(script: Script) -> None:
    script.then(
        said(
            access_token="a-token",
            scope="write_customers,read_orders",
            expires_in=3600,
            refresh_token="a-refresh",
            refresh_token_expires_in=7_776_000,
        )
    )
    grant, now = exchanging(script.address), time.time() * 1000
    assert (grant.access_token, grant.refresh_token) == ("a-token", "a-refresh")
    assert grant.scopes == ("read_orders", "write_customers")
    assert grant.expires_at_ms == pytest.approx(now + 3_600_000, abs=10_000)
    assert grant.refresh_expires_at_ms == pytest.approx(now + 7_776_000_000, abs=10_000)
    (call,) = script.calls
    assert call.path == f"/{SHOP}/admin/oauth/access_token"
    assert call.json() == {
        "client_id": "key",
        "client_secret": "hush",
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "a.session.token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": 1,
    }


def test_a_token_without_an_end_is_told_apart(script: Script) -> None:
    script.then(said(access_token="a-token", scope=""))
    assert exchanging(script.address) == Grant("a-token", (), None, None, None)


def test_a_session_token_that_shopify_refuses_wants_a_fresh_one(script: Script) -> None:
    script.then(said(error="invalid_subject_token"))
    with pytest.raises(InvalidToken, match="fresher"):
        exchanging(script.address)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (said(error="invalid_client"), "SHOPIFY_API_SECRET"),
        (said(error="app_not_installed"), "install it there"),
        (said(error="invalid_request"), "invalid_request"),
        (Reply(403, b"<html>"), "403 without a token"),
        (Reply(302, b""), "302 without a token"),
        (Reply(200, b"{}"), "200 without a token"),
        (Reply(200, b"[]"), "200 without a token"),
    ],
)
def test_a_refused_exchange_says_what_to_do(script: Script, reply: Reply, words: str) -> None:
    script.then(reply)
    with pytest.raises(GiveUp, match=words):
        exchanging(script.address)
    assert len(script.calls) == 1


@pytest.mark.parametrize("reply", [Reply(502), Reply(429, headers=(("Retry-After", "60"),)), DROPPED])
def test_an_exchange_that_did_not_come_through_may_be_tried_again(script: Script, reply: Reply) -> None:
    """Nobody waits here: the browser asks again."""
    script.then(reply)
    began = time.monotonic()
    with pytest.raises(Retry, match=r"connect(ing)? the shop"):
        exchanging(script.address)
    assert time.monotonic() - began < 10
    assert len(script.calls) == 1


def test_an_unreachable_shopify_may_be_tried_again() -> None:
    with pytest.raises(Retry, match="could not be reached"):
        exchanging(f"http://127.0.0.1:{closed_port()}")


def test_a_shop_that_is_none_is_never_called(script: Script) -> None:
    with pytest.raises(GiveUp, match="is not a shop"):
        exchange("t", shop=f"{SHOP}\n", api_key="key", secret="hush", simulator=script.address)
    assert script.calls == []
