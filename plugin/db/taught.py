"""What a shop has taught: its models, and the orders to learn from."""

from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import text

from plugin.core.model import Model
from plugin.core.orders import Judged
from plugin.db.engine import Tx
from plugin.db.tables import models

LONGEST_WEEK = 9 * 86_400_000  # ms ahead of which no shop is put off
_WHOLE = 65_536
# The end of a key is its number at Shopify, and those numbers follow patterns, which a prime breaks up. The database
# chooses, because asking about every customer from outside takes thrice as long as reading those who are wanted.
_DRAWN = text(
    "SELECT customer, day, ignored, renewal, products FROM orders WHERE shop = :shop AND customer > ''"
    " AND (CAST(replace(replace(customer, 'CompanyLocation/', ''), 'Customer/', '') AS BIGINT) % 65521) * 40503 % 65536"
    " < :limit ORDER BY customer, day"
)


class Kept(NamedTuple):
    """A model as it is kept: since when (UTC ms), and how many samples, customers and orders taught it."""

    model: Model
    made_at: int
    samples: int = 0
    customers: int = 0
    orders: int = 0


def keep(tx: Tx, shop: int, kept: Kept) -> None:
    """Keeps a numbered model."""
    products = b"".join(product.to_bytes(4, "little") for product in sorted(kept.model.replenishable))
    values = {**kept._asdict(), **kept.model._asdict(), "shop": shop, "replenishable": products}
    del values["model"]
    tx.run(sa.insert(models), values)


def model_of(row: Any) -> Model:
    """The model that stands in a row of the table."""
    packed = row.replenishable
    products = frozenset(int.from_bytes(packed[at : at + 4], "little") for at in range(0, len(packed), 4))
    return Model(row.number, row.usual_gap, row.horizon, row.readiness, row.taught, products)


def drawn(tx: Tx, shop: int, *, halvings: int) -> dict[str, list[Judged]]:
    """All customers who have orders, or half of them, a quarter and so on, with all their orders; always the same."""
    found = tx.rows(_DRAWN, shop, _WHOLE >> halvings)
    return {customer: [Judged._make(row[1:]) for row in rows] for customer, rows in groupby(found, itemgetter(0))}
