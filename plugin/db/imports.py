"""Imports of a shop's history: how far each has come."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select, text

from plugin.db.engine import Tx
from plugin.db.tables import imports

AGAIN = "again"  # the stage of an import that a new one shall follow
STOPPED = "it was stopped in the panel"  # the reason of one that the merchant stopped


class Import(NamedTuple):
    """One import of a shop's history."""

    number: int
    stage: str  # asked | reading | judging | done | failed | again
    started_at: int
    finished_at: int | None
    orders_operation: str | None  # None: not started yet
    customers_operation: str | None
    expected: int  # objects the shop announced so far
    lines: int  # lines read so far
    orders: int
    customers: int
    reason: str | None
    tries: int  # how often an export was asked for anew
    earlier: int = 0  # orders that the shop counts and does not show
    put_away_at: int | None = None  # when the merchant put away what they were told of those
    # What was found when it was done; None before that.
    buyers: int | None = None
    clients: int | None = None
    neither: int | None = None
    to_tag: int | None = None
    first_day: int | None = None
    last_day: int | None = None

    @property
    def stopped(self) -> bool:
        """Whether the merchant stopped it before it was read."""
        return self.stage == "failed" and self.reason == STOPPED


_COLUMNS = tuple(imports.c[name] for name in Import._fields)
_NEXT = text("SELECT coalesce(max(number), 0) + 1 FROM imports WHERE shop = :shop")


def last(tx: Tx, shop: int) -> Import | None:
    """The newest import."""
    row = tx.run(
        select(*_COLUMNS).where(imports.c.shop == shop).order_by(imports.c.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Import._make(row)


def under_way(tx: Tx, shop: int) -> bool:
    """Whether a history is being read, or is to be read again."""
    newest = last(tx, shop)
    return newest is not None and newest.stage not in {"done", "failed"}


def begin(
    tx: Tx, shop: int, *, now: int, orders_operation: str | None = None, customers_operation: str | None = None
) -> int:
    """Numbers an import that the shop has begun to prepare; an operation yet to be started is None."""
    ((number,),) = tx.rows(_NEXT, shop)
    tx.run(
        sa.insert(imports).values(
            shop=shop,
            number=number,
            stage="asked",
            started_at=now,
            orders_operation=orders_operation,
            customers_operation=customers_operation,
        )
    )
    return int(number)


def progress(tx: Tx, shop: int, number: int, **values: Any) -> None:
    """Keeps how far an import has come; once another one is asked for, its stage says so to the end."""
    if "stage" in values:
        values["stage"] = sa.case((imports.c.stage == AGAIN, AGAIN), else_=values["stage"])
    tx.run(sa.update(imports).where(imports.c.shop == shop, imports.c.number == number).values(**values))


_END = text(
    "UPDATE imports SET stage = 'failed', finished_at = :now, reason = :reason"
    " WHERE shop = :shop AND stage NOT IN ('done', 'failed')"
)


def end(tx: Tx, shop: int, *, reason: str, now: int) -> None:
    """Ends whatever import is under way."""
    tx.run(_END, {"shop": shop, "reason": reason, "now": now})


_FORGET_WORDS = text(
    "UPDATE imports SET reason = NULL WHERE shop = :shop AND number > 0 AND reason LIKE '%' || :words || '%'"
)


def forget_words(tx: Tx, shop: int, words: Iterable[str]) -> None:
    """Erases an import's reason where it quotes one of these."""
    tx.each(_FORGET_WORDS, [(shop, one) for one in words])
