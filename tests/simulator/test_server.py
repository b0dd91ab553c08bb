"""The Admin API's HTTP side: addresses, versions, failures on demand."""

import http.client
import json
import time
from urllib.parse import urlsplit

import pytest
import requests

from plugin.simulator.access import new_token
from tests.simulator.conftest import BAKERY, Running

QUERY = {"query": "{ shop { name } }"}


@pytest.fixture
def api(running: Running) -> Running:
    """A session that carries a good token."""
    token, _ = new_token(running.shop, running.world.scopes, expiring=True)
    running.session.headers["X-Shopify-Access-Token"] = token
    return running


def path(shop: str = BAKERY, version: str = "2026-10") -> str:
    return f"/{shop}/admin/api/{version}/graphql.json"


def test_an_answer_names_the_version_that_served_it(api: Running) -> None:
    answer = api.post(path(), **QUERY)
    assert answer.json()["data"] == {"shop": {"name": "Anna's Bakery"}}
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"


def test_an_old_version_falls_forward_silently(api: Running) -> None:
    assert api.post(path(version="2024-10"), **QUERY).headers["X-Shopify-API-Version"] == "2026-01"


@pytest.mark.parametrize("address", [path(shop="nobody.myshopify.com"), path(version="2099-01"), path(version="v1")])
def test_an_unknown_shop_or_version_is_not_found(api: Running, address: str) -> None:
    assert api.post(address, **QUERY).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"query": 7}', b'{"query": "{shop{name}}", "variables": 3}'])
def test_a_body_that_is_no_document_is_a_bad_request(api: Running, body: bytes) -> None:
    answer = api.session.post(api.server.address + path(), data=body, timeout=10)
    assert answer.status_code == 400
    assert "errors" in answer.json()


def test_a_missing_token_is_unauthorized(running: Running) -> None:
    assert running.post(path(), **QUERY).status_code == 401


def test_the_api_fails_as_often_as_it_was_told_to(api: Running) -> None:
    api.post("/_simulator/knobs", api_status=503, api_failures=2)
    statuses = [api.post(path(), **QUERY).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_the_api_fails_until_it_is_told_not_to(api: Running) -> None:
    api.post("/_simulator/knobs", api_status=429)
    assert [api.post(path(), **QUERY).status_code for _ in range(3)] == [429] * 3
    api.post("/_simulator/knobs", api_status=0)
    assert api.post(path(), **QUERY).status_code == 200


@pytest.mark.parametrize(
    ("knob", "seen"),
    [
        ("lose_answers", requests.ConnectionError),
        ("cut_answers", requests.exceptions.ChunkedEncodingError),
        ("stall_answers", requests.ReadTimeout),
    ],
)
def test_a_spoilt_answer_was_executed_all_the_same(api: Running, knob: str, seen: type[Exception]) -> None:
    """And who counts tag writes can tell that the app did not hear of it."""
    customer = next(iter(api.shop.customers))
    document = "mutation T($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { message } } }"
    body = {"query": document, "variables": {"id": f"gid://shopify/Customer/{customer}", "tags": ["client"]}}
    api.post("/_simulator/knobs", **{knob: 1, "stall": 0.5})
    with pytest.raises(seen):
        api.session.post(api.server.address + path(), json=body, timeout=0.3)
    assert "client" in api.shop.customers[customer].tags
    assert api.post(path(), **body).status_code == 200
    assert [write.heard for write in api.shop.tag_writes] == [False, True]


def test_calls_are_throttled_as_often_as_it_was_told_to(api: Running) -> None:
    api.post("/_simulator/knobs", throttle_answers=2)
    answers = [api.post(path(), **QUERY).json() for _ in range(3)]
    assert [answer.get("errors", [{}])[0].get("message") for answer in answers] == ["Throttled", "Throttled", None]


def test_answers_carry_another_version_when_they_are_told_to(api: Running) -> None:
    api.post("/_simulator/knobs", answer_version="2025-01")
    assert api.post(path(), **QUERY).headers["X-Shopify-API-Version"] == "2025-01"


def test_one_connection_serves_many_requests(api: Running) -> None:
    address = urlsplit(api.server.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.connect()
    socket = connection.sock
    for _ in range(3):
        connection.request("POST", path(), json.dumps(QUERY), {**api.session.headers})
        assert connection.getresponse().read()
        assert connection.sock is socket
    connection.close()


def test_a_bulk_result_is_fetched_from_the_simulators_own_address(api: Running) -> None:
    """The finish webhook names the operation, its `url` answers without a token."""
    api.order("create", total=1230)
    inner = "{ orders { edges { node { id name } } } }"
    document = (
        f'mutation {{ bulkOperationRunQuery(query: "{inner}", groupObjects: false) {{ bulkOperation {{ id }} }} }}'
    )
    api.post(path(), query=document)
    deadline = time.monotonic() + 10
    while not api.door.of("bulk_operations/finish") and time.monotonic() < deadline:
        time.sleep(0.01)
    number = api.door.of("bulk_operations/finish")[0].payload["admin_graphql_api_id"]
    ask = "query Bulk($id: ID!) { bulkOperation(id: $id) { status url } }"
    operation = api.post(path(), query=ask, variables={"id": number}).json()["data"]["bulkOperation"]
    assert operation["status"] == "COMPLETED"
    assert operation["url"].startswith(api.server.address)
    (line,) = requests.get(operation["url"], timeout=10).text.splitlines()
    assert json.loads(line)["name"] == "#1001"


def test_a_staged_upload_is_taken_at_the_simulators_own_address(api: Running) -> None:
    document = """mutation Stage($input: [StagedUploadInput!]!) {
        stagedUploadsCreate(input: $input) { stagedTargets { url parameters { name value } } }
    }"""
    wish = {
        "resource": "BULK_MUTATION_VARIABLES",
        "filename": "x.jsonl",
        "mimeType": "text/jsonl",
        "httpMethod": "POST",
    }
    said = api.post(path(), query=document, variables={"input": [wish | {"httpMethod": "POST"}]}).json()
    (target,) = said["data"]["stagedUploadsCreate"]["stagedTargets"]
    fields = [(it["name"], (None, it["value"])) for it in target["parameters"]]
    answer = requests.post(target["url"], files=[*fields, ("file", ("x.jsonl", b"{}\n"))], timeout=10)
    assert answer.status_code == 201
    assert b"{}\n" in api.shop.uploads.values()


def test_an_unknown_bulk_result_is_not_found(api: Running) -> None:
    assert api.get("/_bulk/99.jsonl").status_code == 404


def test_an_upload_must_end_with_its_file(api: Running) -> None:
    """Cloud storage ignores form fields that come after the file."""
    files = [("file", ("x.jsonl", b"{}\n")), ("key", (None, "tmp/1"))]
    answer = api.session.post(f"{api.server.address}/_uploads", files=files, timeout=10)
    assert answer.status_code == 400
    assert "last field" in answer.text


def test_an_upload_nobody_announced_is_refused(api: Running) -> None:
    files = [("key", (None, "tmp/1")), ("file", ("x.jsonl", b"{}\n"))]
    assert api.session.post(f"{api.server.address}/_uploads", files=files, timeout=10).status_code == 400
