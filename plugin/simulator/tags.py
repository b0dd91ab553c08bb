"""tagsAdd and tagsRemove, the two mutations Regulars writes with."""

import time
from functools import partial
from typing import Any

from plugin.simulator.payloads import tags_changed
from plugin.simulator.schema import Args, fields
from plugin.simulator.state import Customer, TagWrite
from plugin.simulator.view import View, split_gid

MOST_TAGS = 250
LONGEST_TAG = 255


def _answer(customer: Customer | None, *errors: tuple[str, str]) -> dict[str, Any]:
    return {"node": customer, "userErrors": [{"field": [field], "message": message} for field, message in errors]}


def _listed(tags: list[str]) -> list[str]:
    """The tags of the call, each once whatever its capitals; a text may carry several between commas."""
    apart = (tag.strip() for text in tags for tag in text.split(","))
    named: dict[str, str] = {}
    for tag in apart:
        if tag:
            named.setdefault(tag.casefold(), tag)
    return list(named.values())


def _added(view: View, customer: Customer, tags: list[str]) -> dict[str, Any]:
    if any(len(tag) > LONGEST_TAG for tag in tags):
        return _answer(None, ("tags", f"Tag is too long (maximum is {LONGEST_TAG} characters)"))
    present = {tag.casefold() for tag in customer.tags}
    fresh = [tag for tag in tags if tag.casefold() not in present]
    if fresh and len(customer.tags) + len(fresh) > MOST_TAGS:
        return _answer(None, ("tags", f"A customer cannot have more than {MOST_TAGS} tags"))
    return _write(view, customer, "add", tags, fresh)


def _removed(view: View, customer: Customer, tags: list[str]) -> dict[str, Any]:
    unwanted = {tag.casefold() for tag in tags}
    return _write(view, customer, "remove", tags, [tag for tag in customer.tags if tag.casefold() in unwanted])


def _write(view: View, customer: Customer, action: str, tags: list[str], changed: list[str]) -> dict[str, Any]:
    if changed:
        # A new list each time: whoever holds the old one keeps reading it in peace.
        left = [tag for tag in customer.tags if tag not in changed]
        customer.tags = sorted(left + changed if action == "add" else left, key=str.casefold)
        customer.updated_at = view.now
        topic = "customer.tags_added" if action == "add" else "customer.tags_removed"
        payload = tags_changed(customer.id, changed, view.now)
        view.later.append(partial(view.world.emit, view.shop, topic, payload))
    wall = time.time_ns() // 1_000_000
    view.shop.tag_writes.append(TagWrite(wall, customer.id, action, tags, changed, view.bulk))
    return _answer(customer)


def _change(view: View, args: Args, *, add: bool) -> dict[str, Any]:
    kind, number = split_gid(args["id"])
    customer = view.shop.customers.get(number) if kind == "Customer" else None
    if customer is None:
        return _answer(None, ("id", f"{kind} does not exist"))
    return (_added if add else _removed)(view, customer, _listed(args["tags"]))


fields(
    "Mutation",
    tagsAdd=lambda view, _, args: _change(view, args, add=True),
    tagsRemove=lambda view, _, args: _change(view, args, add=False),
)
