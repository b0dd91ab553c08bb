"""Bulk operations: started once, looked at, and read line by line."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest
import requests

from plugin.errors import GiveUp, Retry
from plugin.shopify import bulk, upload
from plugin.shopify.bulk_tags import ADD, TagResult, tag_line, tag_results
from plugin.shopify.client import Client
from plugin.shopify.failures import Unknown
from plugin.shopify.shop import read_shop
from tests.shopify.scripted import DROPPED, Call, Reply, Script, graphql

OPERATION = "gid://shopify/BulkOperation/7"
EXPORT = "{ orders { edges { node { id } } } }"


def started(field: str) -> Reply:
    return graphql({field: {"bulkOperation": {"id": OPERATION, "status": "CREATED"}, "userErrors": []}})


def refused(field: str, message: str, code: str | None) -> Reply:
    errors = [{"field": None, "message": message, "code": code}]
    return graphql({field: {"bulkOperation": None, "userErrors": errors}})


def staged(script: Script) -> Reply:
    parameters = [{"name": "policy", "value": "p"}, {"name": "key", "value": "tmp/1/lines"}]
    target = {"url": f"{script.address}/upload", "resourceUrl": None, "parameters": parameters}
    return graphql({"stagedUploadsCreate": {"stagedTargets": [target], "userErrors": []}})


def parts_of(call: Call) -> list[tuple[str, str | None, bytes]]:
    """(name, file name, content) of each part of a multipart form, in order."""
    head = f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode()
    message: Any = BytesParser(policy=HTTP).parsebytes(head + call.body)
    return [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]


def test_an_export_is_started_and_its_id_comes_back(script: Script, client: Client) -> None:
    script.then(DROPPED, started("bulkOperationRunQuery"))
    assert bulk.start_query(client, EXPORT) == OPERATION
    assert script.calls[-1].json()["variables"] == {"query": EXPORT}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("A bulk mutation operation for this app and shop is already in progress: gid", None),
        ("A bulk query operation is already in progress", "OPERATION_IN_PROGRESS"),
        ("Bulk operations limit reached", "LIMIT_REACHED"),
        ("There was a problem", "INTERNAL_FILE_SERVER_ERROR"),
    ],
)
def test_a_busy_shop_is_asked_again_later(script: Script, client: Client, message: str, code: str | None) -> None:
    script.then(refused("bulkOperationRunQuery", message, code))
    with pytest.raises(Retry) as caught:
        bulk.start_query(client, EXPORT)
    assert caught.value.after >= 5


def test_a_wrong_export_is_given_up_in_shopifys_words(script: Script, client: Client) -> None:
    script.then(refused("bulkOperationRunQuery", "Bulk queries must contain at least one connection.", "INVALID"))
    with pytest.raises(GiveUp, match="at least one connection"):
        bulk.start_query(client, EXPORT)


def test_a_mutation_file_is_uploaded_with_its_fields_first_and_the_file_last(script: Script, client: Client) -> None:
    lines = [tag_line("Customer/1", ["client"]), tag_line("Customer/2", ["büyer"])]
    script.then(staged(script), Reply(201), started("bulkOperationRunMutation"))
    assert bulk.start_mutation(client, ADD, iter(lines), "tags-1") == OPERATION
    stage, form, run = script.calls
    assert stage.json()["variables"]["input"][0]["resource"] == "BULK_MUTATION_VARIABLES"
    assert parts_of(form) == [
        ("policy", None, b"p"),
        ("key", None, b"tmp/1/lines"),
        ("file", "lines.jsonl", b"\n".join(lines) + b"\n"),
    ]
    assert run.json()["variables"] == {"mutation": ADD, "path": "tmp/1/lines", "name": "tags-1"}


def test_a_mutation_whose_start_is_in_doubt_is_unknown(script: Script, client: Client) -> None:
    script.then(staged(script), Reply(201), DROPPED)
    with pytest.raises(Unknown):
        bulk.start_mutation(client, ADD, [b"{}"], None)
    assert len(script.calls) == 3


@pytest.mark.parametrize("reply", [Reply(503), DROPPED])
def test_an_upload_that_breaks_off_starts_nothing(script: Script, client: Client, reply: Reply) -> None:
    script.then(staged(script), reply)
    with pytest.raises(Retry, match="upload"):
        bulk.start_mutation(client, ADD, [b"{}"], None)


def test_an_upload_shopify_refuses_is_given_up(script: Script, client: Client) -> None:
    script.then(staged(script), Reply(403, b"signature"))
    with pytest.raises(GiveUp, match=r"403.*signature"):
        bulk.start_mutation(client, ADD, [b"{}"], None)


def test_a_file_larger_than_shopify_takes_is_never_sent(
    script: Script, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "LARGEST", 1000)
    script.then(staged(script))
    with pytest.raises(GiveUp, match="fewer lines"):
        bulk.start_mutation(client, ADD, (b"x" * 99 for _ in range(10)), None)
    assert len(script.calls) == 1


def test_an_operation_is_seen_as_it_stands(script: Script, client: Client) -> None:
    seen = {"id": OPERATION, "status": "RUNNING", "errorCode": None, "objectCount": "1200", "url": None}
    script.then(graphql({"bulkOperation": {**seen, "partialDataUrl": None}}), graphql({"bulkOperation": None}))
    operation = bulk.look(client, OPERATION)
    assert operation == bulk.Operation(OPERATION, "running", None, 1200, None, None)
    assert not operation.over
    assert operation._replace(status="completed").over
    with pytest.raises(GiveUp, match="no bulk operation"):
        bulk.look(client, OPERATION)


def test_a_result_is_read_line_by_line_whatever_the_pieces(
    script: Script, calls: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [json.dumps({"id": number, "name": "é\u2028"}, ensure_ascii=False).encode() for number in range(50)]
    for piece, ending in [(1, b""), (7, b"\n"), (1 << 18, b"\n\n")]:
        monkeypatch.setattr(bulk, "PIECE", piece)
        script.then(Reply(body=b"\n".join(wanted) + ending))
        assert list(bulk.lines(calls, f"{script.address}/result")) == wanted


@pytest.mark.parametrize("reply", [Reply(body=b"{}\n" * 1000, cut=True), DROPPED, Reply(503)])
def test_a_result_that_breaks_off_is_read_again_later(script: Script, calls: requests.Session, reply: Reply) -> None:
    script.then(reply)
    with pytest.raises(Retry):
        list(bulk.lines(calls, f"{script.address}/result"))


def test_a_result_that_is_gone_is_given_up(script: Script, calls: requests.Session) -> None:
    script.then(Reply(404))
    with pytest.raises(GiveUp, match="seven days"):
        list(bulk.lines(calls, f"{script.address}/result"))


DONE: dict[str, Any] = {"data": {"tagsAdd": {"userErrors": []}}}
FAILED = {"data": {"tagsAdd": {"userErrors": [{"field": ["id"], "message": "Customer does not exist"}]}}}
BROKEN = {"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
WRONG = {"errors": [{"message": "Variable $id is wrong"}], "data": {"tagsAdd": None}}


def test_results_are_joined_by_line_number() -> None:
    told = [{**DONE, "__lineNumber": 3}, {**FAILED, "__lineNumber": 0}, {**BROKEN, "__lineNumber": 1}]
    assert list(tag_results(json.dumps(line).encode() for line in told)) == [
        TagResult(3, "done", ""),
        TagResult(0, "failed", "Customer does not exist"),
        TagResult(1, "unknown", "Internal error"),
    ]


def test_results_without_line_numbers_stand_in_the_order_of_the_file() -> None:
    told = [DONE, WRONG, {}]
    assert list(tag_results(json.dumps(line).encode() for line in told)) == [
        TagResult(0, "done", ""),
        TagResult(1, "failed", "Variable $id is wrong"),
        TagResult(2, "unknown", "Shopify did not say what became of it"),
    ]


def test_a_result_line_that_is_no_json_is_read_again_later() -> None:
    with pytest.raises(Retry, match="line 1"):
        list(tag_results([json.dumps(DONE).encode(), b'{"data']))


def test_the_shop_is_read_with_one_document(script: Script, client: Client) -> None:
    plan = {"publicDisplayName": "Basic"}
    told = {"name": "Anna's Bakery", "ianaTimezone": "Europe/Paris", "currencyCode": "EUR", "plan": plan}
    script.then(graphql({"shop": told}))
    assert read_shop(client) == ("Anna's Bakery", "Europe/Paris", "EUR", "", "basic")
