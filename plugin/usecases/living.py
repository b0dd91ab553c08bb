"""Which rows of an import may be kept: an export made before an erasure still names who was erased."""

from collections.abc import Iterator, Sequence

from plugin.core.erasing import order_key
from plugin.db.engine import Tx
from plugin.db.orders import CUSTOMER, ID, ORDERED_BY, Row
from plugin.usecases.erased import Erased


def living(tx: Tx, erased: Erased, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without orders of the erased; a company keeps its order, without the person who placed it."""
    gone = erased.among(tx, (name for row in rows for name in _names(row)))
    if not gone:
        return rows
    left = (row for row in rows if order_key(row[ID]) not in gone and row[CUSTOMER] not in gone)
    return [(*row[:ORDERED_BY], None, *row[ORDERED_BY + 1 :]) if row[ORDERED_BY] in gone else row for row in left]


def _names(row: Row) -> Iterator[str]:
    yield order_key(row[ID])
    yield from (name for name in (row[CUSTOMER], row[ORDERED_BY]) if name is not None)
