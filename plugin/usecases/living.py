"""Which rows of an import may be kept: an export made before an erasure still names who was erased."""

from collections.abc import Iterator, Sequence

from plugin.core.erasing import order_key
from plugin.db.engine import Tx
from plugin.db.orders import Row
from plugin.usecases.erased import Erased

_ID, _CUSTOMER, _BY = 1, 2, 3  # places in an order's row


def living(tx: Tx, erased: Erased, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without orders of the erased; a company keeps its order, without the person who placed it."""
    gone = erased.among(tx, (name for row in rows for name in _names(row)))
    if not gone:
        return rows
    left = (row for row in rows if order_key(row[_ID]) not in gone and row[_CUSTOMER] not in gone)
    return [(*row[:_BY], None, *row[_BY + 1 :]) if row[_BY] in gone else row for row in left]


def _names(row: Row) -> Iterator[str]:
    yield order_key(row[_ID])
    yield from (name for name in (row[_CUSTOMER], row[_BY]) if name is not None)
