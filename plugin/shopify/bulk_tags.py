"""Tags of thousands of customers through a bulk mutation: one file that removes, then one that adds."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from plugin.errors import Retry
from plugin.shopify.answers import read_failures
from plugin.shopify.gids import to_gid
from plugin.shopify.tags import Status

ADD = """
mutation AddTags($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { field message } } }
"""

REMOVE = """
mutation RemoveTags($id: ID!, $tags: [String!]!) { tagsRemove(id: $id, tags: $tags) { userErrors { field message } } }
"""


class TagResult(NamedTuple):
    """What became of one line of the file; lines are counted from 0."""

    line: int
    status: Status
    reason: str


def tag_line(customer: str, tags: Iterable[str]) -> bytes:
    """The line of a bulk file for one customer ("Customer/1")."""
    return msgspec.json.encode({"id": to_gid(customer), "tags": list(tags)})


def tag_results(lines: Iterable[bytes]) -> Iterator[TagResult]:
    """The outcome of each line, in whatever order Shopify wrote them.

    Joined by `__lineNumber`; where Shopify leaves that out, results stand in the order of the file.
    """
    for position, line in enumerate(lines):
        try:
            result = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise Retry(f"line {position} of the bulk result is not JSON", after=5) from error
        status, reason = _read(result)
        yield TagResult(result.get("__lineNumber", position), status, reason)


def _read(result: dict[str, object]) -> tuple[Status, str]:
    data = result.get("data")
    payload = next(iter(data.values()), None) if isinstance(data, dict) else None
    if isinstance(payload, dict):
        errors = payload["userErrors"]
        return ("failed", errors[0]["message"]) if errors else ("done", "")
    failures = read_failures(result.get("errors"))
    if failures and failures[0].code != "INTERNAL_SERVER_ERROR":
        return "failed", failures[0].message
    return "unknown", failures[0].message if failures else "Shopify did not say what became of it"
