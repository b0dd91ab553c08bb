"""What Shopify will not do, in words that tell a person what to do."""

import pytest

from plugin.errors import GiveUp, Retry
from plugin.shopify.client import Client
from plugin.shopify.failures import TooDear, Unauthorized, Unknown, Unsent
from tests.shopify.scripted import THROTTLED, Reply, Script, failure, graphql
from tests.shopify.test_client import QUESTION, ask, write_once


def test_a_dead_token_is_told_apart(script: Script, client: Client) -> None:
    script.then(Reply(401, b'{"errors":"[API] Invalid API key or access token"}'))
    with pytest.raises(Unauthorized, match="access token"):
        ask(client)


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "could not read"), (402, "frozen"), (403, "forbids"), (404, "no such shop"), (423, "locked"), (301, "301")],
)
def test_a_status_that_stays_is_given_up_in_words(script: Script, client: Client, status: int, words: str) -> None:
    script.then(Reply(status), Reply(status, b'{"errors": "[API] in its own words"}'))
    with pytest.raises(GiveUp, match=words):
        ask(client)
    with pytest.raises(GiveUp, match="in its own words"):
        ask(client)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("ACCESS_DENIED", GiveUp, "not granted"),
        ("MAX_COST_EXCEEDED", TooDear, "costs too much"),
        ("SHOP_INACTIVE", GiveUp, "not active"),
        ("undefinedField", GiveUp, "refused"),
    ],
)
def test_an_error_that_stays_is_given_up_in_words(
    script: Script, client: Client, code: str, kind: type[Exception], words: str
) -> None:
    script.then(graphql({"shop": None}, errors=[failure(code)]))
    with pytest.raises(kind, match=words):
        ask(client)


def test_a_request_dearer_than_the_bucket_is_not_tried_for_ever(script: Script, client: Client) -> None:
    script.then(graphql(errors=THROTTLED, cost=500, left=100, maximum=100))
    with pytest.raises(TooDear, match="500 points, the bucket holds 100"):
        ask(client)


def test_partial_data_with_errors_can_be_read_by_who_wants_it(script: Script, client: Client) -> None:
    script.always = graphql({"a": {"id": 1}, "b": None}, errors=[{**failure("ACCESS_DENIED"), "path": ["b"]}])
    answer = client.run(QUESTION, {}, repeatable=True)
    assert answer.data["a"] == {"id": 1}
    assert answer.failures[0].path == ("b",)
    with pytest.raises(GiveUp):
        ask(client)


def test_an_internal_error_keeps_what_came_with_it(script: Script, client: Client) -> None:
    script.then(graphql({"a": {"id": 1}}, errors=[failure("INTERNAL_SERVER_ERROR")]))
    with pytest.raises(Unknown) as caught:
        write_once(client)
    assert caught.value.data == {"a": {"id": 1}}


def test_every_failure_is_one_of_the_two_answers() -> None:
    """Callers that only know Retry and GiveUp need no other word."""
    assert issubclass(Unknown, Retry)
    assert issubclass(Unsent, Retry)
    assert issubclass(Unauthorized, GiveUp)
    assert issubclass(TooDear, GiveUp)
