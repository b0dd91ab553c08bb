"""Tags of customers, many in one request; only ever added and removed by name."""

from collections import deque
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from plugin.core.slices import slices
from plugin.errors import GiveUp, Retry
from plugin.shopify.client import FIRST_ESTIMATE, Client
from plugin.shopify.failures import Failure, TooDear, Unknown, of_errors
from plugin.shopify.gids import to_gid
from plugin.shopify.tag_requests import TagChange, aliased, batches, tags_document, tags_variables

__all__ = ["Look", "TagChange", "TagOutcome", "read_tags", "write_tags"]

READ_AT_ONCE = 250
OF_SHOP = frozenset({"ACCESS_DENIED", "SHOP_INACTIVE"})  # said of every alias alike: no customer's fault

READ_TAGS = """
query ReadTags($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { id tags dataSaleOptOut } } }
"""


class Look(NamedTuple):
    """What a customer carries at the shop, and whether they opted out of the sale of their data."""

    tags: tuple[str, ...]
    opted_out: bool


Status = Literal["done", "failed", "unknown"]


class TagOutcome(NamedTuple):
    """What became of a change: "unknown" means read the customer before trying again; `reason` is for a person."""

    customer: str
    status: Status
    reason: str = ""


def write_tags(client: Client, changes: Sequence[TagChange]) -> list[TagOutcome]:
    """Carry out the changes, one outcome each and in their order.

    Raises Retry or GiveUp only while nothing was carried out; whatever is left after that is "unknown".
    """
    outcomes: list[TagOutcome] = []
    waiting = deque(batches(changes))
    while waiting:
        batch = waiting.popleft()
        try:
            outcomes += _write(client, batch)
        except (Retry, GiveUp) as trouble:
            if isinstance(trouble, TooDear) and len(batch) > 1:
                half = len(batch) // 2
                waiting.extendleft((batch[half:], batch[:half]))
                continue
            if not outcomes:
                raise
            outcomes += [TagOutcome(change.customer, "unknown", str(trouble)) for change in batch]
    return outcomes


def read_tags(client: Client, customers: Sequence[str]) -> dict[str, Look | None]:
    """The tags of each customer as they stand; None for a customer the shop does not have."""
    found: dict[str, Look | None] = {}
    for some in slices(customers, READ_AT_ONCE):
        found |= _read(client, some)
    return found


def _read(client: Client, customers: Sequence[str]) -> dict[str, Look | None]:
    ids = [to_gid(customer) for customer in customers]
    try:
        nodes = client.query(READ_TAGS, {"ids": ids}, estimate=float(len(ids)))["nodes"]
    except TooDear:
        if len(customers) == 1:
            raise
        half = len(customers) // 2
        return _read(client, customers[:half]) | _read(client, customers[half:])
    looks = (
        Look(tuple(node["tags"]), bool(node.get("dataSaleOptOut"))) if node and "tags" in node else None
        for node in nodes
    )
    return dict(zip(customers, looks, strict=True))


def _write(client: Client, batch: Sequence[TagChange]) -> list[TagOutcome]:
    removals = sum(1 for change in batch if change.remove)
    additions = sum(1 for change in batch if change.add)
    if not removals + additions:
        return [TagOutcome(change.customer, "done") for change in batch]
    document, variables = tags_document(removals, additions), tags_variables(batch)
    try:
        answer = client.run(document, variables, repeatable=True, estimate=FIRST_ESTIMATE * (removals + additions))
    except Unknown as unknown:
        return _outcomes(batch, unknown.data, unknown.failures, silence=str(unknown))
    of_shop = not answer.data or any(failure.code in OF_SHOP for failure in answer.failures)
    if of_shop and not any(answer.data.values()) and (trouble := of_errors(answer.failures)):
        raise trouble
    return _outcomes(batch, answer.data, answer.failures, silence="Shopify did not answer for this customer")


def _outcomes(
    batch: Sequence[TagChange], data: dict[str, Any], failures: Sequence[Failure], *, silence: str
) -> list[TagOutcome]:
    told = {failure.path[0]: failure for failure in failures if failure.path}
    statuses: dict[str, set[Status]] = {}
    worst: dict[str, TagOutcome] = {change.customer: TagOutcome(change.customer, "done") for change in batch}
    for alias, customer, _ in aliased(batch):
        outcome = _outcome(customer, data.get(alias), told.get(alias), silence)
        statuses.setdefault(customer, set()).add(outcome.status)
        if worst[customer].status == "done" or outcome.status == "unknown":
            worst[customer] = outcome
    # Half a change that was carried out would stand at the shop as if somebody else had made it.
    halves = {customer for customer, seen in statuses.items() if len(seen) > 1}
    return [worst[one]._replace(status="unknown") if one in halves else worst[one] for one in worst]


def _outcome(customer: str, result: dict[str, Any] | None, failure: Failure | None, silence: str) -> TagOutcome:
    if result is not None:
        errors = result["userErrors"]
        return TagOutcome(customer, "failed", errors[0]["message"]) if errors else TagOutcome(customer, "done")
    if failure is not None and failure.code != "INTERNAL_SERVER_ERROR":
        return TagOutcome(customer, "failed", failure.message)
    return TagOutcome(customer, "unknown", silence)
