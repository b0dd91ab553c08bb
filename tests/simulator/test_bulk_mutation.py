"""Staged uploads and bulk mutations."""

from typing import Any

import pytest

from plugin.simulator.uploads import UploadError, accept_upload
from tests.simulator.quiet import LINES_FILE, STAGE, Bakery, gid

ADD = """mutation Add($id: ID!, $tags: [String!]!) {
    tagsAdd(id: $id, tags: $tags) {
        node { id ... on Customer { tags numberOfOrders } } userErrors { field message } } }"""

ADDED = "mutation(%s) { %s(id: $id, tags: $tags) { %s } }"


def line(customer: int, *tags: str) -> dict[str, Any]:
    return {"id": gid("Customer", customer), "tags": list(tags)}


def test_every_line_is_run_and_answered_under_its_number() -> None:
    bakery = Bakery()
    operation = bakery.ended(
        bakery.run_mutation(ADD, bakery.upload(line(1, "client"), line(99, "client"), line(2, "b", "B")))
    )
    assert bakery.rows(operation) == [
        {
            "data": {
                "tagsAdd": {
                    "node": {"id": gid("Customer", 1), "tags": ["client", "newsletter", "VIP"], "numberOfOrders": "2"},
                    "userErrors": [],
                }
            },
            "__lineNumber": 0,
        },
        {
            "data": {
                "tagsAdd": {"node": None, "userErrors": [{"field": ["id"], "message": "Customer does not exist"}]}
            },
            "__lineNumber": 1,
        },
        {
            "data": {
                "tagsAdd": {"node": {"id": gid("Customer", 2), "tags": ["b"], "numberOfOrders": "1"}, "userErrors": []}
            },
            "__lineNumber": 2,
        },
    ]
    assert (operation.type, operation.objects, operation.roots) == ("MUTATION", 3, 3)
    assert [topic for topic, _ in bakery.sent] == ["customer.tags_added"] * 2 + ["bulk_operations/finish"]
    assert bakery.sent[-1][1]["type"] == "mutation"
    assert all(write.bulk for write in bakery.shop.tag_writes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"id": 5, "tags": ["a"]}, "Invalid global id '5'"),
        ({"id": "gid://shopify/Customer/1"}, "$tags"),
        ({"id": "gid://shopify/Customer/1", "tags": [1]}, "$tags"),
        ({"id": "nobody", "tags": ["a"]}, "Invalid global id 'nobody'"),
        ({"id": "gid://shopify/Customer/1", "tags": ["a"] * 251}, "input array size of 251"),
        (["no", "object"], "no object of variables"),
    ],
)
def test_a_line_that_cannot_run_spoils_no_other(given: Any, said: str) -> None:
    bakery = Bakery()
    bad, good = bakery.rows(bakery.ended(bakery.run_mutation(ADD, bakery.upload(given, line(2, "client")))))
    assert said in bad["errors"][0]["message"]
    assert bad["__lineNumber"] == 0
    assert good["data"]["tagsAdd"]["userErrors"] == []
    assert len(bakery.shop.tag_writes) == 1


@pytest.mark.parametrize(
    ("mutation", "key"),
    [
        ('mutation { tagsAdd(id: "gid://shopify/Customer/2", tags: ["a"]) { userErrors { field } } }', "tagsAdd"),
        (ADDED % ("$id: ID!, $tags: [String!]! = []", "mine: tagsAdd", "userErrors { field }"), "mine"),
        (
            ADDED % ("$tags: [String!]!, $id: ID!", "mine: tagsAdd", "...on TagsAddPayload { userErrors { field } }"),
            "mine",
        ),
        (
            ADDED
            % (
                "$id: ID!, $tags: [String!]!, $show: Boolean! = false",
                "tagsAdd",
                "node @include(if: $show) { id } userErrors { field }",
            ),
            "tagsAdd",
        ),
    ],
)
def test_shortcut_and_graphql_answer_alike(mutation: str, key: str) -> None:
    """Documents that the shortcut does not cover take the long way; the answer looks the same."""
    bakery = Bakery()
    (row,) = bakery.rows(bakery.ended(bakery.run_mutation(mutation, bakery.upload(line(2, "a")))))
    assert row == {"data": {key: {"userErrors": []}}, "__lineNumber": 0}
    assert bakery.shop.customers[2].tags == ["a"]


@pytest.mark.parametrize(
    ("mutation", "message", "code"),
    [
        ("mutation {", "Failed to parse the mutation - ", "INVALID_MUTATION"),
        ("mutation { tagsAdd { node { id } } }", "Failed to parse the mutation - ", "INVALID_MUTATION"),
        (
            "{ shop { id } }",
            "Invalid operation type. Only `mutation` operations are supported.",
            "INVALID_MUTATION",
        ),
        (
            ADD.replace("tagsAdd(", "a: tagsAdd(").rstrip("} \n") + "} } b: tagsRemove(id: $id, tags: $tags) "
            "{ userErrors { field } } }",
            "You must specify a single top level mutation.",
            None,
        ),
        (
            "mutation($q: String!) { bulkOperationRunQuery(query: $q) { userErrors { field } } }",
            "You must use an allowed mutation name.",
            None,
        ),
    ],
)
def test_a_mutation_that_cannot_run_in_bulk_is_refused(mutation: str, message: str, code: str | None) -> None:
    bakery = Bakery()
    (error,) = bakery.run_mutation(mutation, bakery.upload(line(1, "a")))["userErrors"]
    assert (error["field"], error["code"]) == (["mutation"], code)
    assert error["message"].startswith(message)


def test_a_missing_file_and_an_empty_one_are_told_apart() -> None:
    bakery = Bakery()
    (missing,) = bakery.run_mutation(ADD, "tmp/7/bulk/nothing")["userErrors"]
    assert missing["code"] == "NO_SUCH_FILE"
    (empty,) = bakery.run_mutation(ADD, bakery.upload())["userErrors"]
    assert (empty["code"], empty["message"]) == ("INVALID_STAGED_UPLOAD_FILE", "The input file is empty.")


def test_a_sixth_mutation_at_a_time_is_refused() -> None:
    bakery = Bakery(bulk_delay=30.0)
    path = bakery.upload(line(1, "a"))
    started = [bakery.run_mutation(ADD, path)["bulkOperation"]["id"] for _ in range(5)]
    (error,) = bakery.run_mutation(ADD, path)["userErrors"]
    assert error["message"].startswith(
        f"A bulk mutation operation for this app and shop is already in progress: {started[0]}"
    )
    for operation in bakery.shop.operations.values():
        operation.cancel.set()
    assert all(operation.done.wait(10) for operation in bakery.shop.operations.values())


def test_live_writes_go_on_beside_a_long_file() -> None:
    """Two thousand lines for one customer, live writes for another in between, nothing lost on either side."""
    bakery = Bakery(bucket=1e9)
    path = bakery.upload(*(line(1, f"t{number % 200}") for number in range(2000)))
    said = bakery.run_mutation(ADD, path)
    operation = bakery.shop.operations[int(said["bulkOperation"]["id"].rpartition("/")[2])]
    live = 0
    while not operation.done.wait(0.001):
        live += 1
        bakery.data(ADD, id=gid("Customer", 2), tags=[f"t{live % 200}"])
    assert live > 0
    assert len(bakery.shop.customers[1].tags) == 202
    assert len(bakery.shop.tag_writes) == 2000 + live
    assert [row["__lineNumber"] for row in bakery.rows(operation)] == list(range(2000))


def stage(bakery: Bakery, **changes: Any) -> dict[str, Any]:
    return bakery.data(STAGE, input=[LINES_FILE | changes])["stagedUploadsCreate"]


def test_an_upload_needs_every_parameter_of_its_target() -> None:
    bakery = Bakery()
    (target,) = stage(bakery)["stagedTargets"]
    assert target["url"] == "http://127.0.0.1:2/_uploads"
    form = {one["name"]: one["value"] for one in target["parameters"]}
    with pytest.raises(UploadError, match="parameters"):
        accept_upload(bakery.world, {key: form[key] for key in form if key != "policy"}, b"{}")
    with pytest.raises(UploadError, match="no upload is expected"):
        accept_upload(bakery.world, {"key": "elsewhere"}, b"{}")
    assert accept_upload(bakery.world, form, b"{}") == form["key"]


def test_only_forms_can_be_uploaded() -> None:
    said = stage(Bakery(), httpMethod="PUT")
    assert said["stagedTargets"] is None
    assert said["userErrors"][0]["field"] == ["input", "0", "httpMethod"]
