"""Our tag names at a shop: who carried one before us, and taking those tags over."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import text

from plugin.db.engine import Tx

_CARRY = "shop = :shop AND tags_found <> ''"
# Read from its index alone; rows are those of carriers only.
_CARRIED = text(f"SELECT tags_found, count(*) FROM customers WHERE {_CARRY} GROUP BY tags_found")
_CARRIERS = text(
    f"SELECT customer, tags_found, tags_ours, model, rules FROM customers WHERE {_CARRY} AND customer > :after"
    # Without the merchant's yes only an objection is carried out: what is taken over must not be taken off by that.
    " AND held IS NULL AND NOT (objects OR sale_opt_out) ORDER BY customer LIMIT :at_most"
)
_ADOPT = text(
    "UPDATE customers SET kind_at_shop = :kind, tags_ours = :ours, tags_found = :found"
    " WHERE shop = :shop AND customer = :customer"
)


class Carrier(NamedTuple):
    """A customer who carried one of our names before us."""

    customer: str
    tags_found: str
    tags_ours: str
    model: int
    rules: int


class Adopted(NamedTuple):
    """What is ours of a customer's tags now, and what stays the merchant's."""

    customer: str
    kind: int  # what our tag says at the shop; tagging.UNKNOWN when there are two
    ours: Iterable[str]
    found: Iterable[str]


def carried(tx: Tx, shop: int) -> dict[str, int]:
    """Name in lower case -> how many customers carried it before us."""
    found: dict[str, int] = {}
    for tags, number in tx.rows(_CARRIED, shop):
        for name in {tag.casefold() for tag in tags.split(",")}:
            found[name] = found.get(name, 0) + number
    return found


def carriers(tx: Tx, shop: int, after: str, *, at_most: int) -> list[Carrier]:
    """The next of them in order of key whose tags may be taken over."""
    return list(map(Carrier._make, tx.rows(_CARRIERS, shop, after, at_most)))


def adopt(tx: Tx, shop: int, adopted: Iterable[Adopted]) -> None:
    """Says that tags which were there before us are ours from now on."""
    tx.each(
        _ADOPT,
        [(one.kind, ",".join(sorted(one.ours)), ",".join(sorted(one.found)), shop, one.customer) for one in adopted],
    )
