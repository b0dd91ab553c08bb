"""Many customers' tags in one request, and an honest answer for each of them."""

import re
from typing import Any

import pytest

from plugin.errors import GiveUp, Retry
from plugin.shopify.client import Client
from plugin.shopify.failures import Unauthorized
from plugin.shopify.tag_requests import MUTATIONS, batches, tags_document, tags_variables
from plugin.shopify.tags import Look, TagChange, TagOutcome, read_tags, write_tags
from tests.shopify.scripted import DROPPED, THROTTLED, Call, Reply, Script, failure, graphql

ANNA = TagChange("Customer/1", add=("client",), remove=("buyer",))
OAK = TagChange("Customer/2", add=("buyer",), remove=())
SETTLED = TagChange("Customer/3", add=(), remove=())


def shopify_agrees(call: Call) -> Reply:
    """Every alias in the document succeeds."""
    return graphql({alias: {"userErrors": []} for alias in re.findall(r"\n  (\w+): tags", call.json()["query"])})


def refused(message: str) -> dict[str, Any]:
    return {"userErrors": [{"field": ["id"], "message": message}]}


def test_removals_stand_before_additions_and_every_value_is_a_variable(script: Script, client: Client) -> None:
    script.then(shopify_agrees)
    assert write_tags(client, [ANNA, OAK]) == [TagOutcome("Customer/1", "done"), TagOutcome("Customer/2", "done")]
    sent = script.calls[0].json()
    assert re.findall(r"(\w+): (tags\w+)", sent["query"]) == [
        ("r0", "tagsRemove"),
        ("a0", "tagsAdd"),
        ("a1", "tagsAdd"),
    ]
    assert sent["variables"] == {
        "r0": "gid://shopify/Customer/1",
        "r0t": ["buyer"],
        "a0": "gid://shopify/Customer/1",
        "a0t": ["client"],
        "a1": "gid://shopify/Customer/2",
        "a1t": ["buyer"],
    }
    assert "buyer" not in sent["query"]


def test_both_halves_of_a_change_travel_in_one_request() -> None:
    changes = [ANNA._replace(customer=f"Customer/{number}") for number in range(60)] + [SETTLED]
    groups = list(batches(changes))
    assert [len(group) for group in groups] == [MUTATIONS // 2, MUTATIONS // 2, 11]
    assert [change for group in groups for change in group] == changes


def test_equal_shapes_make_equal_documents() -> None:
    """Shopify, and the client's memory of costs, see few different documents however the customers are mixed."""
    mixed, sorted_ = [OAK, ANNA, OAK], [ANNA, OAK, OAK]
    assert tags_document(1, 3) == tags_document(1, 3)
    assert tags_variables(mixed).keys() == tags_variables(sorted_).keys()


def test_nothing_to_change_asks_nothing(script: Script, client: Client) -> None:
    assert write_tags(client, []) == []
    assert write_tags(client, [SETTLED]) == [TagOutcome("Customer/3", "done")]
    assert script.calls == []


def test_what_shopify_refuses_is_told_for_that_customer_alone(script: Script, client: Client) -> None:
    nobody = refused("Customer does not exist")
    script.then(graphql({"r0": nobody, "a0": nobody, "a1": {"userErrors": []}}))
    outcomes = write_tags(client, [ANNA, OAK])
    assert outcomes == [
        TagOutcome("Customer/1", "failed", "Customer does not exist"),
        TagOutcome("Customer/2", "done"),
    ]


@pytest.mark.parametrize("refused_half", ["r0", "a0"])
def test_half_a_change_is_unknown_until_the_customer_is_read(script: Script, client: Client, refused_half: str) -> None:
    """Taken for a failure, the other half would stand at the shop as if somebody else had made it."""
    answer = {"r0": {"userErrors": []}, "a0": {"userErrors": []}} | {refused_half: refused("Not now")}
    script.then(graphql(answer))
    assert write_tags(client, [ANNA]) == [TagOutcome("Customer/1", "unknown", "Not now")]


def test_an_alias_without_data_fails_with_the_words_of_its_error(script: Script, client: Client) -> None:
    error = {**failure("ACCESS_DENIED", "Access denied for tagsAdd"), "path": ["a1"]}
    script.then(graphql({"r0": {"userErrors": []}, "a0": {"userErrors": []}, "a1": None}, errors=[error]))
    assert write_tags(client, [ANNA, OAK]) == [
        TagOutcome("Customer/1", "done"),
        TagOutcome("Customer/2", "failed", "Access denied for tagsAdd"),
    ]


def test_a_lost_answer_is_asked_again_because_tags_do_not_mind(script: Script, client: Client) -> None:
    script.then(DROPPED, Reply(502), graphql(errors=THROTTLED), shopify_agrees)
    assert {outcome.status for outcome in write_tags(client, [ANNA, OAK])} == {"done"}
    assert len({call.body for call in script.calls}) == 1


def test_an_answer_that_stays_lost_is_unknown(script: Script, client: Client) -> None:
    script.always = DROPPED
    outcomes = write_tags(client, [ANNA, SETTLED])
    assert [(outcome.customer, outcome.status) for outcome in outcomes] == [
        ("Customer/1", "unknown"),
        ("Customer/3", "done"),
    ]


def test_an_internal_error_for_some_is_unknown_for_those(script: Script, client: Client) -> None:
    error = {**failure("INTERNAL_SERVER_ERROR", "Internal error"), "path": ["a1"]}
    script.always = graphql({"r0": {"userErrors": []}, "a0": {"userErrors": []}, "a1": None}, errors=[error])
    assert [outcome.status for outcome in write_tags(client, [ANNA, OAK])] == ["done", "unknown"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(Reply(401), Unauthorized), (Reply(402), GiveUp), (graphql(None, errors=[failure("ACCESS_DENIED")]), GiveUp)],
)
def test_trouble_before_anything_is_written_is_raised(
    script: Script, client: Client, reply: Reply, kind: type[Exception]
) -> None:
    script.then(reply)
    with pytest.raises(kind):
        write_tags(client, [ANNA])


@pytest.mark.parametrize("reply", [Reply(401), Reply(429, headers=(("Retry-After", "600"),))])
def test_trouble_after_something_is_written_loses_no_outcome(script: Script, client: Client, reply: Reply) -> None:
    changes = [OAK._replace(customer=f"Customer/{number}") for number in range(80)]
    script.then(shopify_agrees, reply)
    outcomes = write_tags(client, changes)
    assert [outcome.customer for outcome in outcomes] == [change.customer for change in changes]
    assert [outcome.status for outcome in outcomes] == ["done"] * 50 + ["unknown"] * 30


def test_a_small_bucket_makes_small_requests(script: Script, client: Client) -> None:
    """A request dearer than the bucket would never fit: it is halved until it does."""

    def small_shop(call: Call) -> Reply:
        cost = 10 * len(re.findall(r": tags", call.json()["query"]))
        if cost > 150:
            return graphql(errors=THROTTLED, cost=cost, left=150, maximum=150)
        return shopify_agrees(call)

    script.always = small_shop
    changes = [OAK._replace(customer=f"Customer/{number}") for number in range(50)]
    assert write_tags(client, changes) == [TagOutcome(change.customer, "done") for change in changes]


def test_tags_are_read_250_customers_at_a_time(script: Script, client: Client) -> None:
    def nodes(call: Call) -> Reply:
        ids = call.json()["variables"]["ids"]
        looks = [{"id": gid, "tags": ["vip"], "dataSaleOptOut": gid.endswith("/8")} for gid in ids]
        return graphql({"nodes": [None if look["id"].endswith("/7") else look for look in looks]})

    script.always = nodes
    found = read_tags(client, [f"Customer/{number}" for number in range(300)])
    assert [len(call.json()["variables"]["ids"]) for call in script.calls] == [250, 50]
    assert len(found) == 300
    assert found["Customer/7"] is None
    assert found["Customer/8"] == Look(("vip",), opted_out=True)
    assert found["Customer/9"] == Look(("vip",), opted_out=False)


def test_a_small_bucket_makes_small_readings(script: Script, client: Client) -> None:
    def small_shop(call: Call) -> Reply:
        ids = call.json()["variables"]["ids"]
        if len(ids) > 100:
            return graphql(errors=THROTTLED, cost=len(ids), left=100, maximum=100)
        return graphql({"nodes": [{"id": gid, "tags": [gid[-1]], "dataSaleOptOut": False} for gid in ids]}, maximum=100)

    script.always = small_shop
    found = read_tags(client, [f"Customer/{number}" for number in range(300)])
    assert found == {f"Customer/{number}": Look((str(number)[-1],), opted_out=False) for number in range(300)}


def test_a_change_dearer_than_the_bucket_loses_no_outcome(script: Script, client: Client) -> None:
    script.then(shopify_agrees)
    script.always = graphql(errors=THROTTLED, cost=20, left=15, maximum=15)
    changes = [OAK._replace(customer=f"Customer/{number}") for number in range(50)]
    outcomes = write_tags(client, [*changes, ANNA])
    assert [outcome.status for outcome in outcomes] == ["done"] * 50 + ["unknown"]


def test_reading_that_does_not_come_through_may_be_tried_again(script: Script, client: Client) -> None:
    script.always = Reply(503)
    with pytest.raises(Retry):
        read_tags(client, ["Customer/1"])


def test_a_scope_that_was_lost_is_the_shops_trouble_and_no_customers(script: Script, client: Client) -> None:
    """Shopify says it of every alias alike: taken for theirs, it would hold every customer back for good."""
    errors = [{**failure("ACCESS_DENIED", "Access denied"), "path": [alias]} for alias in ("r0", "a0", "a1")]
    script.then(graphql({"r0": None, "a0": None, "a1": None}, errors=errors))
    with pytest.raises(GiveUp, match="Access denied"):
        write_tags(client, [ANNA, OAK])


@pytest.mark.parametrize("after", [Reply(401), Reply(429)])
def test_a_refusal_after_a_lost_answer_leaves_it_unknown(script: Script, client: Client, after: Reply) -> None:
    """The first try may have gone through: "certainly not" would be a lie."""
    script.then(DROPPED)
    script.always = after
    assert {outcome.status for outcome in write_tags(client, [ANNA, OAK])} == {"unknown"}
