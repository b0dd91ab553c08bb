"""The client on Shopify's bad days: what is repeated, what is given up, and what is said about it."""

import logging
import threading
import time
from collections.abc import Callable

import pytest
import requests

from plugin.shopify.client import TRIES, Client
from plugin.shopify.failures import Unauthorized, Unknown, Unsent
from plugin.shopify.transport import session
from tests.shopify.scripted import (
    DROPPED,
    SHOP,
    THROTTLED,
    VERSION,
    HandClock,
    OneKey,
    Reply,
    Script,
    closed_port,
    failure,
    graphql,
)

QUESTION = "query { shop { name } }"
WRITE = "mutation M { thing { id } }"
FINE = graphql({"shop": {"name": "Anna's Bakery"}})
Ask = Callable[[Client], object]


def ask(client: Client) -> object:
    return client.query(QUESTION, {})


def write_safely(client: Client) -> object:
    return client.mutate(WRITE, {"x": 1}, repeatable=True)


def write_once(client: Client) -> object:
    return client.mutate(WRITE, {"x": 1}, repeatable=False)


def test_a_call_carries_token_document_and_variables(script: Script, client: Client) -> None:
    script.then(FINE)
    assert client.mutate(WRITE, {"x": "é"}, repeatable=False) == {"shop": {"name": "Anna's Bakery"}}
    call = script.calls[0]
    assert (call.method, call.path) == ("POST", f"/{SHOP}/admin/api/{VERSION}/graphql.json")
    assert call.headers["X-Shopify-Access-Token"] == "a-token"
    assert call.headers["Content-Type"] == "application/json"
    assert call.json() == {"query": WRITE, "variables": {"x": "é"}}


@pytest.mark.parametrize("how", [ask, write_safely, write_once])
def test_a_throttled_call_waits_and_is_always_repeated(
    script: Script, client: Client, clock: HandClock, how: Ask
) -> None:
    """Throttled means not carried out, so even a write that must not happen twice goes again."""
    script.then(*(graphql(errors=THROTTLED, cost=500, left=300) for _ in range(6)), FINE)
    how(client)
    counted = client.counters
    assert (counted.calls, counted.throttled, counted.repeated, counted.points) == (7, 6, 0, 10)
    assert clock.slept > 11.9  # (500 - 300) points at 100 a second, each time
    assert counted.waited_seconds == pytest.approx(clock.slept)


def test_the_cost_of_a_document_is_remembered(script: Script, client: Client, clock: HandClock) -> None:
    """After one answer the client waits before it would be throttled, not after."""
    script.then(graphql({}, cost=500, left=100), FINE)
    ask(client)
    assert clock.slept == 0
    ask(client)
    assert clock.slept == pytest.approx(4.0)
    assert client.counters.throttled == 0


def test_what_can_wait_leaves_half_of_the_bucket_to_what_cannot(
    script: Script, client: Client, clock: HandClock
) -> None:
    """But not for ever: a shop that is busy all day is asked all the same."""
    script.then(graphql({}, left=400), graphql({}, left=0, rate=1))
    ask(client)
    client.give_way(0.5)
    assert clock.slept == pytest.approx(6.0)
    client.give_way(0.5)
    assert clock.slept == pytest.approx(6.0)
    ask(client)
    before = clock.slept
    client.give_way(0.5)
    assert clock.slept - before == pytest.approx(15.0)


@pytest.mark.parametrize("how", [ask, write_safely])
@pytest.mark.parametrize(
    "bad", [Reply(502), Reply(500), DROPPED, Reply(200, b"<html>"), graphql(errors=[failure("INTERNAL_SERVER_ERROR")])]
)
def test_what_may_be_repeated_is_repeated_after_a_lost_answer(
    script: Script, client: Client, clock: HandClock, how: Ask, bad: Reply
) -> None:
    script.then(bad, bad, FINE)
    how(client)
    assert len(script.calls) == 3
    assert client.counters.repeated == 2
    assert clock.slept > 1


@pytest.mark.parametrize(
    "bad", [Reply(502), DROPPED, Reply(200, FINE.body, cut=True), graphql(errors=[failure("INTERNAL_SERVER_ERROR")])]
)
def test_a_write_that_must_not_happen_twice_becomes_unknown(script: Script, client: Client, bad: Reply) -> None:
    script.then(bad)
    with pytest.raises(Unknown):
        write_once(client)
    assert len(script.calls) == 1


@pytest.mark.parametrize("how", [ask, write_safely])
def test_after_a_few_tries_the_caller_is_told_to_come_back(script: Script, client: Client, how: Ask) -> None:
    script.always = Reply(503)
    with pytest.raises(Unknown, match="answered 503") as caught:
        how(client)
    assert len(script.calls) == TRIES
    assert caught.value.after >= 30


@pytest.mark.parametrize("how", [ask, write_once])
def test_too_many_requests_waits_as_long_as_shopify_says(
    script: Script, client: Client, clock: HandClock, how: Ask
) -> None:
    script.then(Reply(429, headers=(("Retry-After", "7.5"),)), FINE)
    how(client)
    assert 7.5 <= clock.slept <= 7.5 * 1.5


def test_a_wait_longer_than_patience_is_the_callers(script: Script, client: Client, clock: HandClock) -> None:
    script.then(Reply(429, headers=(("Retry-After", "120"),)))
    with pytest.raises(Unsent) as caught:
        ask(client)
    assert caught.value.after == 120
    assert clock.slept == 0


@pytest.mark.parametrize("how", [ask, write_safely, write_once])
def test_a_refused_connection_is_tried_again_and_nothing_is_unknown(
    clock: HandClock, client_for: Callable[[requests.Session], Client], how: Ask
) -> None:
    with session(f"http://127.0.0.1:{closed_port()}") as calls:
        client = client_for(calls)
        with pytest.raises(Unsent, match="could not be reached"):
            how(client)
    assert client.counters.calls == TRIES
    assert client.bucket.wait_for(1000, clock()) == 0


def test_another_api_version_is_warned_about_once_and_counted(
    script: Script, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Shopify answers silently with its oldest version once the one asked for has expired."""
    script.always = FINE._replace(headers=(("X-Shopify-API-Version", "2027-01"),))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            ask(client)
    assert client.counters.drifted == 3
    assert [record.getMessage() for record in caplog.records] == [
        f"{SHOP} answers with API version 2027-01 instead of 2026-10: raise api_version in app.toml"
    ]


def test_no_answer_in_time_is_a_lost_answer(script: Script, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(_: object) -> Reply:
        time.sleep(0.3)
        return FINE

    monkeypatch.setattr("plugin.shopify.client.TIMEOUT", (1, 0.1))
    script.then(slowly)
    with pytest.raises(Unknown, match="lost"):
        write_once(client)


def test_threads_share_one_client_and_one_bucket(script: Script, calls: requests.Session) -> None:
    """Eight threads, a bucket of 300 points that restores 500 a second: all come through, none is throttled much."""
    left = {"points": 300.0, "at": time.monotonic()}
    lock = threading.Lock()

    def shopify(_: object) -> Reply:
        with lock:
            now = time.monotonic()
            left["points"], left["at"] = min(300.0, left["points"] + (now - left["at"]) * 500), now
            if left["points"] < 50:
                return graphql(errors=THROTTLED, cost=50, left=left["points"], maximum=300, rate=500)
            left["points"] -= 50
            return graphql({}, cost=50, left=left["points"], maximum=300, rate=500)

    script.always = shopify
    client = Client(domain=SHOP, keys=OneKey("a-token"), version=VERSION, session=calls)
    done: list[object] = []

    def work() -> None:
        done.extend(ask(client) for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 24
    assert client.counters.points == 24 * 50
    assert client.counters.throttled < 24


class Keys:
    """Hands out one token after the other, a refused one being replaced by the next."""

    def __init__(self, *tokens: str) -> None:
        self.left = list(tokens)
        self.refusals: list[tuple[str, bool]] = []

    def token(self) -> str:
        return self.left[0]

    def refused(self, token: str, *, last: bool) -> None:
        self.refusals.append((token, last))
        if len(self.left) == 1:
            raise Unauthorized("no other token")
        self.left.pop(0)


def with_keys(calls: requests.Session, clock: HandClock, keys: Keys) -> Client:
    return Client(domain=SHOP, keys=keys, version=VERSION, session=calls, clock=clock, sleep=clock.sleep)


def test_a_refused_token_is_replaced_and_even_a_write_is_sent_again(
    script: Script, calls: requests.Session, clock: HandClock
) -> None:
    """A refused call was not carried out."""
    script.then(Reply(401), graphql({"done": True}))
    keys = Keys("old", "new")
    assert with_keys(calls, clock, keys).mutate("mutation { m }", {}, repeatable=False) == {"done": True}
    assert [call.headers["X-Shopify-Access-Token"] for call in script.calls] == ["old", "new"]
    assert keys.refusals == [("old", False)]


def test_a_second_refusal_ends_the_call(script: Script, calls: requests.Session, clock: HandClock) -> None:
    script.then(Reply(401), Reply(401))
    keys = Keys("old", "new", "newer")
    with pytest.raises(Unauthorized):
        with_keys(calls, clock, keys).query("{ shop { id } }", {})
    assert keys.refusals == [("old", False), ("new", True)]


def test_a_call_without_a_token_costs_nothing(script: Script, calls: requests.Session, clock: HandClock) -> None:
    script.then(Reply(401))
    client = with_keys(calls, clock, Keys("old"))
    before = client.bucket.wait_for(1000, clock())
    with pytest.raises(Unauthorized, match="no other"):
        client.query("{ shop { id } }", {})
    assert client.bucket.wait_for(1000, clock()) == before == 0
