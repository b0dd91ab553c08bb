"""Bulk operations: an export of everything, or one mutation for every line of a file, each in Shopify's own time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import requests

from plugin.errors import GiveUp, Retry
from plugin.shopify.client import Client
from plugin.shopify.upload import upload

RUN_QUERY = """
mutation BulkRunQuery($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}
"""

STAGE = """
mutation StageUpload($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
    userErrors { field message }
  }
}
"""

RUN_MUTATION = """
mutation BulkRunMutation($mutation: String!, $path: String!, $name: String) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path, clientIdentifier: $name) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}
"""

CANCEL = """
mutation BulkCancel($id: ID!) {
  bulkOperationCancel(id: $id) {
    bulkOperation { id status }
    userErrors { field message }
  }
}
"""

LOOK = """
query BulkLook($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount url partialDataUrl }
}
"""

RECENT_MUTATIONS = """
query BulkMutations {
  bulkOperations(first: 10, query: "operation_type:mutation", sortKey: CREATED_AT, reverse: true) {
    nodes { id status }
  }
}
"""

STAGED = {
    "resource": "BULK_MUTATION_VARIABLES",
    "filename": "lines.jsonl",
    "mimeType": "text/jsonl",
    "httpMethod": "POST",
}
LATER = {"LIMIT_REACHED": 30.0, "OPERATION_IN_PROGRESS": 30.0, "INTERNAL_FILE_SERVER_ERROR": 5.0}  # seconds
PIECE = 1 << 18  # bytes of a result read at once
TIMEOUT = (5, 60)
OVER = frozenset({"completed", "failed", "canceled", "expired"})


class Gone(GiveUp):
    """The operation or its result is no longer there: what became of it cannot be learnt."""


class Operation(NamedTuple):
    """A bulk operation as it stands."""

    id: str  # gid
    status: str  # "created", "running", "completed", "canceling", "canceled", "failed" or "expired"
    error_code: str | None
    objects: int  # lines so far
    url: str | None  # None too when a completed operation found nothing
    partial_url: str | None  # what a failed operation had found

    @property
    def over(self) -> bool:
        """True when nothing more will come."""
        return self.status in OVER


def start_query(client: Client, document: str) -> str:
    """Start an export of `document` (no variables in it); its gid. One export too many is harmless: it repeats."""
    data = client.mutate(RUN_QUERY, {"query": document}, repeatable=True)
    return _started(data["bulkOperationRunQuery"])


def start_mutation(
    client: Client,
    document: str,
    lines: Iterable[bytes],
    client_identifier: str | None,
    *,
    check: Callable[[], None] = lambda: None,
) -> str:
    """Run `document` once for every line (its variables as JSON, without a line end); the gid of the operation.

    Sending the file takes its time: whatever `check` raises after it keeps the operation from being started.
    Raises Unknown when it may have started all the same.
    """
    staged = client.mutate(STAGE, {"input": [STAGED]}, repeatable=True)["stagedUploadsCreate"]
    _refuse(staged["userErrors"])
    target = staged["stagedTargets"][0]
    fields = [(parameter["name"], parameter["value"]) for parameter in target["parameters"]]
    upload(client.session, url=target["url"], fields=fields, filename=STAGED["filename"], lines=lines)
    check()
    variables = {"mutation": document, "path": dict(fields)["key"], "name": client_identifier}
    return _started(client.mutate(RUN_MUTATION, variables, repeatable=False)["bulkOperationRunMutation"])


def look(client: Client, operation: str) -> Operation:
    """The operation as it stands; GiveUp when the shop does not know it."""
    seen = client.query(LOOK, {"id": operation})["bulkOperation"]
    if seen is None:
        raise Gone("the shop knows no bulk operation %(operation)s", operation=operation)
    return Operation(
        id=seen["id"],
        status=seen["status"].lower(),
        error_code=seen["errorCode"],
        objects=int(seen["objectCount"]),
        url=seen["url"],
        partial_url=seen["partialDataUrl"],
    )


def cancel(client: Client, operation: str) -> None:
    """Has the shop stop working on it; what it has done stays done. It may be over by now, which is no trouble."""
    client.mutate(CANCEL, {"id": operation}, repeatable=True)


def running_mutations(client: Client) -> list[str]:
    """The gids of this app's bulk mutations that the shop still works on, those it has yet to begin among them."""
    nodes = client.query(RECENT_MUTATIONS, {})["bulkOperations"]["nodes"]
    return [node["id"] for node in nodes if node["status"].lower() not in OVER]


def lines(session: requests.Session, url: str) -> Iterator[bytes]:
    """The lines of a result file, without line ends and without blank ones; never more than a piece is held.

    Raises Retry when the connection breaks: the lines so far were whole, and come again on the next reading.
    """
    try:
        with session.get(url, stream=True, timeout=TIMEOUT) as response:
            _refuse_status(response)
            yield from _split(response.iter_content(PIECE))
    except requests.RequestException as error:
        raise Retry(f"the result broke off while it was read ({type(error).__name__})", after=5) from error


def _started(payload: Mapping[str, Any]) -> str:
    _refuse(payload["userErrors"])
    return str(payload["bulkOperation"]["id"])


def _refuse(errors: Sequence[Mapping[str, Any]]) -> None:
    if not errors:
        return
    message, code = errors[0]["message"], errors[0].get("code")
    # Shopify leaves the code out at times; the words are then all there is.
    if code in LATER or "already in progress" in message:
        raise Retry("Shopify cannot start it yet: %(answer)s", after=LATER.get(code or "", 30.0), answer=message)
    raise GiveUp("Shopify refused the bulk operation: %(answer)s", answer=message)


def _split(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        whole = (rest + piece).split(b"\n")
        rest = whole.pop()
        yield from filter(None, whole)
    if rest:
        yield rest


def _refuse_status(response: requests.Response) -> None:
    if response.status_code == 429 or response.status_code >= 500:
        raise Retry(f"the result cannot be read at the moment ({response.status_code})", after=5)
    if response.status_code != 200:
        raise Gone(
            "the result is no longer there (%(status)s): Shopify keeps it for seven days", status=response.status_code
        )
