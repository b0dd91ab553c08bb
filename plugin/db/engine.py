"""The database: one engine, one lock around its write transactions, and statements compiled once."""

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from plugin.core.orders import Ignored
from plugin.core.replay import Kind
from plugin.core.slices import slices
from plugin.errors import GiveUp

# Without these the driver looks for a way to bind each such value anew, which costs a fifth of a large write.
for _type in (bool, Kind, Ignored):
    sqlite3.register_adapter(_type, int)
sqlite3.register_adapter(bytes, bytearray)
sqlite3.register_adapter(type(None), lambda nothing: nothing)

PAGE_SIZE = 8192
CHECKPOINT_PAGES = 500  # small inline checkpoints keep the tail short: p99 12 ms instead of 28 ms at 4000 pages
TROUBLE = (OperationalError, InterfaceError)  # a full disk or a locked file: no row's fault
TOGETHER = 32  # rows of one INSERT; each number up to it is a statement of its own in the driver's cache of 128
Rows = Sequence[Sequence[Any]]
_VALUES = re.compile(r"(?<=VALUES )(\([^)]*\))")


class Tx:
    """A transaction: runs statements, and the same statement over many rows at the driver's speed."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def run(
        self, statement: sa.Executable, parameters: dict[str, Any] | None = None
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        """The result of one statement."""
        return self.connection.execute(statement, parameters or {})

    def each(self, statement: sa.Executable, rows: Rows) -> None:
        """The statement once a row; a row's values stand in the order of the statement's bind parameters."""
        if rows:
            self.connection.exec_driver_sql(
                _compiled(statement, self.connection.dialect.name), [tuple(row) for row in rows]
            )

    def insert(self, statement: sa.Executable, rows: Rows) -> int:
        """The same for an INSERT of one row, written for many at a time; returns how many were new.

        The driver lets go of the interpreter lock at each step, and where other threads run it waits for each return:
        one step for 32 rows is what keeps a busy door quick.
        """
        new = 0
        for some in slices(rows, TOGETHER):
            written = _repeated(statement, self.connection.dialect.name, len(some))
            new += self.connection.exec_driver_sql(written, tuple(chain.from_iterable(some))).rowcount
        return new

    def rows(self, statement: sa.Executable, *values: Any) -> Iterable[Any]:
        """Plain driver tuples, for loops where library rows would cost; `values` as `each` takes a row."""
        result = self.connection.exec_driver_sql(_compiled(statement, self.connection.dialect.name), values)
        cursor = result.cursor
        return () if cursor is None else cursor.fetchall()


_DIALECTS = {"sqlite": sqlite.dialect(paramstyle="qmark"), "postgresql": postgresql.dialect(paramstyle="format")}  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialect constructors untyped


@lru_cache(maxsize=512)
def _compiled(statement: sa.Executable, dialect: str) -> str:
    return str(statement.compile(dialect=_DIALECTS[dialect]))  # type: ignore[attr-defined]  # every statement we pass compiles


@lru_cache(maxsize=512)
def _repeated(statement: sa.Executable, dialect: str, times: int) -> str:
    before, values, after = _VALUES.split(_compiled(statement, dialect))
    return f"{before}{', '.join([values] * times)}{after}"


def file_of(url: str) -> Path | None:
    """The file of a database, in a folder that is there; GiveUp when it cannot be made. None in memory."""
    path = sa.make_url(url).database
    if not path:
        return None
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GiveUp(
            f"The folder of the database cannot be made: {error.strerror} ({Path(path).parent}). Check DATABASE_URL."
        ) from error
    return Path(path)


class Database:
    """Opens transactions: `read()` at any time, `write()` one at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = file_of(url)
        self.engine = sa.create_engine(
            url,
            pool_size=8,
            max_overflow=56,
            # A failing statement is logged: without its values, which are tokens and people's orders.
            hide_parameters=True,
            connect_args={"timeout": 30, "check_same_thread": False},
        )
        sa.event.listen(self.engine, "connect", _prepare)
        # One writer: SQLite's own waiting is a sleep that starves under load.
        self._writing = threading.Lock()
        self._writer: sa.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A consistent view; never wait for the network while it is open."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield Tx(connection)
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """All or nothing; holds the one write lock, so keep it short."""
        with self._writing:
            # Always the same connection: what it has read of the file stays valid, for nobody else writes.
            connection = self._writer = self._writer or self.engine.connect()
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield Tx(connection)
                connection.commit()
            except BaseException:
                self._writer = None
                connection.close()
                raise

    @contextmanager
    def rebuild(self) -> Iterator[Tx]:
        """A write in which tables may be rebuilt: foreign keys are checked at its end instead of at every step."""
        with self._writing, self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield Tx(connection)
                _check_foreign_keys(connection)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")

    def ping(self) -> None:
        """Raises unless the database answers."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def optimize(self) -> None:
        """Gives the planner its figures after many rows arrived; without them it may scan a whole shop."""
        with self._writing, self.engine.connect() as connection:
            # Unlimited it would read every row, with the door waiting.
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def close(self) -> None:
        """Closes every connection."""
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


def _check_foreign_keys(connection: sa.Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise GiveUp(f"The upgrade of the database would leave rows without their shop: {tuple(broken)}.")


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late; ours is explicit
    for pragma in (
        f"page_size={PAGE_SIZE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
    ):
        try:
            connection.execute(f"PRAGMA {pragma}").close()
        except Exception as error:
            raise GiveUp(
                f"The database cannot be opened: {error}. Check DATABASE_URL and the folder's permissions."
            ) from error
