"""`include_fields` of a webhook subscription: which parts of a payload the app asked for."""

from collections.abc import Iterable
from typing import Any

Fields = dict[str, Any]  # field -> Fields of its parts, or None: the whole of it


def fields_of(paths: Iterable[str] | None) -> Fields | None:
    """("id", "customer.id") as a tree; None (no include_fields) asks for everything."""
    if paths is None:
        return None
    tree: Fields = {}
    for path in sorted(paths):  # "customer" sorts before "customer.id", so the wider wish is known first
        *parents, last = path.split(".")
        branch: Fields | None = tree
        for parent in parents:
            branch = None if branch is None else branch.setdefault(parent, {})
        if branch is not None:
            branch[last] = None
    return tree


def trimmed(value: Any, fields: Fields | None) -> Any:
    """`value` with only the wanted fields; lists member by member, null stays null, what is absent stays absent."""
    if fields is None:
        return value
    if isinstance(value, dict):
        return {name: trimmed(value[name], parts) for name, parts in fields.items() if name in value}
    if isinstance(value, list):
        return [trimmed(member, fields) for member in value]
    return value


def resource_of(payload: dict[str, Any]) -> str:
    """What a payload is about: the id that debouncing goes by."""
    return str(payload.get("id") or payload.get("customerId") or payload.get("customer_id") or "")
