"""What the engine must know of a database: it is the same for all others."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

import sqlalchemy as sa

from plugin.errors import GiveUp


class Dialect(NamedTuple):
    """How one sort of database is opened, and what a transaction begins with."""

    create: Callable[[str], sa.Engine]  # for a URL; GiveUp in words when it can never be opened
    begin_read: str  # a view that does not change while it is open
    begin_write: str  # with the one lock on all writes, of other processes too
    writer: str | None  # said once to the connection that writes
    rebuilding: Callable[[sa.Connection], AbstractContextManager[None]]  # a whole transaction in which tables change
    analyze: str  # gives the planner its figures
    compiled_as: sa.Dialect  # statements are written down for the driver in its way
    rows_at_once: int | None  # in one INSERT; None: the driver sends many by itself


def unreachable(error: BaseException | None) -> GiveUp:
    """What to tell whoever starts the app when the database does not answer."""
    why = " ".join(str(error).split())
    return GiveUp(f"The database cannot be reached: {why}. Is it up? Check DATABASE_URL.")


def is_postgresql(url: str) -> bool:
    """Whether a URL, or the name of a dialect, means PostgreSQL; else it means SQLite."""
    return url.startswith("postgres")


def dialect_of(url: str) -> Dialect:
    """The one of this URL, or of this name; the other one's driver is not loaded."""
    if is_postgresql(url):
        from plugin.db.postgres import POSTGRESQL

        return POSTGRESQL
    from plugin.db.sqlite import SQLITE

    return SQLITE
