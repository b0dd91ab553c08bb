"""What an import found, for who sees it first: how many are what, since when, and a few of them."""

from typing import NamedTuple

from sqlalchemy import text

from plugin.db.engine import Tx
from plugin.db.tagging import DIFFERS

_FOUND = text(
    "SELECT kind, count(*), min(first_day), max(last_day) FROM customers"
    " WHERE shop = :shop AND customer >= 'Customer/' GROUP BY kind"
)
_PART = "customer, kind, lapsed, occasions, last_day, lapse_on"
# Who will be a client for longest; one who was; one who has bought and may come back.
_CLIENT = text(
    f"SELECT {_PART} FROM customers WHERE shop = :shop AND kind = 2 AND lapse_on IS NOT NULL"
    " ORDER BY lapse_on DESC LIMIT 20"
)
_BUYER = text(
    f"SELECT {_PART} FROM customers WHERE {DIFFERS} AND lapsed = :lapsed AND kind = 1 ORDER BY customer DESC LIMIT 1"
)


class Found(NamedTuple):
    """How many customers are what, and the days of their first and last counted order; None without any."""

    buyers: int
    clients: int
    neither: int
    first_day: int | None
    last_day: int | None


class Example(NamedTuple):
    """A customer with the figures behind their kind; days are ordinals."""

    customer: str
    kind: int
    lapsed: bool
    occasions: int
    last_day: int | None
    lapse_on: int | None


def found(tx: Tx, shop: int) -> Found:
    """All of it; a whole-shop count."""
    rows = {kind: (number, first, last) for kind, number, first, last in tx.rows(_FOUND, shop)}
    buyers, clients, neither = (rows[kind][0] if kind in rows else 0 for kind in (1, 2, 0))
    firsts = [first for _, first, _ in rows.values() if first is not None]
    lasts = [last for _, _, last in rows.values() if last is not None]
    return Found(buyers, clients, neither, min(firsts, default=None), max(lasts, default=None))


def examples(tx: Tx, shop: int) -> list[Example]:
    """A client, a client of before and a buyer, as far as there are any who are not tagged yet."""
    # Companies' tags are never written.
    clients = [row for row in tx.rows(_CLIENT, shop) if row[0].startswith("Customer/")]
    rows = [*clients[:1], *tx.rows(_BUYER, shop, True), *tx.rows(_BUYER, shop, False)]
    made = [Example(key, kind, bool(lapsed), *rest) for key, kind, lapsed, *rest in rows]
    return [one for one in made if one.last_day is not None]
