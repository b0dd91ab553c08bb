"""Marks of the customers and orders that were erased, so that nothing that comes late brings them back."""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select, text

from plugin.core.slices import slices
from plugin.db.engine import Tx
from plugin.db.tables import erased

AT_ONCE = 500  # marks in a question

_KEY = text("SELECT marks_key FROM shops WHERE shop = :shop")
_RESEAL = text("UPDATE shops SET marks_key = :key WHERE shop = :shop")
_ADD = text("INSERT INTO erased (shop, mark) VALUES (:shop, :mark) ON CONFLICT DO NOTHING")
_COUNT = text("SELECT count(*) FROM erased WHERE shop = :shop")
_ALL = text("SELECT mark FROM erased WHERE shop = :shop")
_AMONG = select(erased.c.mark).where(
    erased.c.shop == bindparam("shop"), erased.c.mark.in_(bindparam("marks", expanding=True))
)


def key(tx: Tx, shop: int) -> str | None:
    """The sealed key of the shop's marks; None when nobody was ever erased there: for most shops the only question."""
    for (sealed,) in tx.rows(_KEY, shop):
        return sealed  # type: ignore[no-any-return]  # a row's values are the driver's
    return None


def reseal(tx: Tx, shop: int, *, key: str) -> None:
    """Keeps the key of the shop's marks, encrypted (anew)."""
    tx.each(_RESEAL, [(key, shop)])


def add(tx: Tx, shop: int, marks: Iterable[bytes]) -> None:
    """Remembers marks."""
    tx.each(_ADD, [(shop, mark) for mark in marks])


def among(tx: Tx, shop: int, marks: Collection[bytes]) -> set[bytes]:
    """Which of these marks are remembered."""
    return {bytes(row[0]) for some in slices(marks, AT_ONCE) for row in tx.run(_AMONG, {"shop": shop, "marks": some})}


def count(tx: Tx, shop: int) -> int:
    """How many there are; a whole-shop count."""
    return int(tx.run(_COUNT, {"shop": shop}).scalar_one())


def everyone(tx: Tx, shop: int) -> frozenset[bytes]:
    """All of them, for an import that asks about millions."""
    return frozenset(bytes(row[0]) for row in tx.rows(_ALL, shop))
