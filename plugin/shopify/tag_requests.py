"""Requests that change the tags of many customers at once: the only documents that are generated."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from plugin.shopify.gids import to_gid

MUTATIONS = 50  # in one request: 500 points, half of what Shopify allows a single request to cost


class TagChange(NamedTuple):
    """Tags to add to and to remove from one customer ("Customer/1")."""

    customer: str
    add: tuple[str, ...]
    remove: tuple[str, ...]


def batches(changes: Sequence[TagChange]) -> Iterator[list[TagChange]]:
    """The changes in groups of at most MUTATIONS mutations; both halves of a change stay together."""
    batch: list[TagChange] = []
    size = 0
    for change in changes:
        mutations = bool(change.add) + bool(change.remove)
        if size + mutations > MUTATIONS:
            yield batch
            batch, size = [], 0
        batch.append(change)
        size += mutations
    if batch:
        yield batch


def tags_document(removals: int, additions: int) -> str:
    """The document for so many removals and additions: aliases r0.. before a0.., so that Shopify removes first."""
    aliases = [("r", "tagsRemove", number) for number in range(removals)]
    aliases += [("a", "tagsAdd", number) for number in range(additions)]
    variables = ", ".join(f"${name}{number}: ID!, ${name}{number}t: [String!]!" for name, _, number in aliases)
    fields = "\n".join(
        f"  {name}{number}: {mutation}(id: ${name}{number}, tags: ${name}{number}t) {{ userErrors {{ message }} }}"
        for name, mutation, number in aliases
    )
    return f"mutation WriteTags({variables}) {{\n{fields}\n}}"


def tags_variables(batch: Sequence[TagChange]) -> dict[str, Any]:
    """The variables for `tags_document` of this batch."""
    variables: dict[str, Any] = {}
    for alias, customer, tags in aliased(batch):
        variables[alias] = to_gid(customer)
        variables[alias + "t"] = list(tags)
    return variables


def aliased(batch: Sequence[TagChange]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(alias, customer, tags) for every mutation of the batch, as `tags_document` numbers them."""
    removing = (change for change in batch if change.remove)
    adding = (change for change in batch if change.add)
    yield from ((f"r{number}", change.customer, change.remove) for number, change in enumerate(removing))
    yield from ((f"a{number}", change.customer, change.add) for number, change in enumerate(adding))
