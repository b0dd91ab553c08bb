"""Refresh: what Shopify is asked for, and what its answers mean."""

import json
import time

import pytest

from plugin.errors import GiveUp
from plugin.shopify.failures import Unauthorized, Unsent
from plugin.shopify.oauth import Grant
from plugin.shopify.refresh import refresh
from tests.shopify.scripted import DROPPED, SHOP, Reply, Script, closed_port


def refreshing(address: str) -> Grant:
    now = time.time_ns() // 1_000_000
    return refresh("a-refresh", shop=SHOP, api_key="key", secret="hush", simulator=address, now=now)


def said(status: int, **answer: object) -> Reply:
    return Reply(status, json.dumps(answer).encode())


def test_a_refresh_token_becomes_the_next_pair(script: Script) -> None:
    answer = {"access_token": "next", "scope": "write_customers,read_orders", "expires_in": 3600}
    script.then(said(200, **answer, refresh_token="next-refresh", refresh_token_expires_in=7_776_000))
    grant, now = refreshing(script.address), time.time() * 1000
    assert (grant.access_token, grant.refresh_token) == ("next", "next-refresh")
    assert grant.scopes == ("read_orders", "write_customers")
    assert grant.expires_at_ms == pytest.approx(now + 3_600_000, abs=10_000)
    assert grant.refresh_expires_at_ms == pytest.approx(now + 7_776_000_000, abs=10_000)
    (call,) = script.calls
    assert call.path == f"/{SHOP}/admin/oauth/access_token"
    assert call.json() == {
        "client_id": "key",
        "client_secret": "hush",
        "grant_type": "refresh_token",
        "refresh_token": "a-refresh",
    }


def test_a_token_whose_end_is_not_said_is_over(script: Script) -> None:
    script.then(said(200, access_token="next", refresh_token="next-refresh"))
    grant = refreshing(script.address)
    assert grant.expires_at_ms is not None
    assert grant.expires_at_ms <= time.time() * 1000
    assert grant.refresh_expires_at_ms is None


@pytest.mark.parametrize(
    "reply",
    [
        said(401, error="invalid_request", error_description="This request requires an active refresh_token"),
        said(400, error="invalid_request", error_description="This request requires an active refresh_token"),
        said(400, error="invalid_grant"),
        said(400, error="app_not_installed"),
        Reply(401, b"<html>"),
    ],
)
def test_a_dead_refresh_token_is_told_apart(script: Script, reply: Reply) -> None:
    script.then(reply)
    with pytest.raises(Unauthorized, match="no longer accepts"):
        refreshing(script.address)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (said(400, error="invalid_client"), "SHOPIFY_API_SECRET"),
        (said(401, error="invalid_client"), "SHOPIFY_API_SECRET"),
        (said(400, error="invalid_request"), "invalid_request"),
        (Reply(403, b"<html>"), "403"),
        (Reply(302, b""), "302"),
    ],
)
def test_a_refusal_that_is_not_the_token_s_fault_is_not_taken_for_one(script: Script, reply: Reply, words: str) -> None:
    script.then(reply)
    with pytest.raises(GiveUp, match=words) as refused:
        refreshing(script.address)
    assert not isinstance(refused.value, Unauthorized)


@pytest.mark.parametrize(
    ("reply", "after"),
    [
        (Reply(500), 1),
        (Reply(520), 1),
        (Reply(429, headers=(("Retry-After", "60"),)), 60),
        (Reply(200, b"{}"), 1),
        (Reply(200, b"<html>"), 1),
        (DROPPED, 1),
    ],
)
def test_a_refresh_that_did_not_come_through_may_be_tried_again(script: Script, reply: Reply, after: float) -> None:
    """Once: whoever asks knows when."""
    script.then(reply)
    with pytest.raises(Unsent) as trouble:
        refreshing(script.address)
    assert trouble.value.after == after
    assert len(script.calls) == 1


def test_an_unreachable_shopify_may_be_tried_again() -> None:
    with pytest.raises(Unsent, match="could not be reached"):
        refreshing(f"http://127.0.0.1:{closed_port()}")


def test_a_token_is_never_sent_to_a_shop_that_is_none(script: Script) -> None:
    with pytest.raises(GiveUp, match="is not a shop"):
        refresh("a-refresh", shop=f"{SHOP}\n", api_key="key", secret="hush", simulator=script.address, now=1)
    assert script.calls == []
