"""The database: one engine, one lock around its write transactions, and statements compiled once."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, ProgrammingError

from plugin.core.slices import slices
from plugin.db.dialect import dialect_of, unreachable
from plugin.db.turn import Turn

# A full disk, a locked file, a server that is away or only read from, a table that is not there: no row's fault.
TROUBLE = (OperationalError, InterfaceError, ProgrammingError, InternalError)
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

    def each(self, statement: sa.Executable, rows: Rows) -> int:
        """The statement once a row; a row's values stand in the order of the statement's bind parameters. How many
        rows of the database it touched."""
        if not rows:
            return 0
        written = _compiled(statement, self.connection.dialect.name)
        return self.connection.exec_driver_sql(written, [tuple(row) for row in rows]).rowcount

    def insert(self, statement: sa.Executable, rows: Rows) -> int:
        """The same for an INSERT of one row, written for many at a time; returns how many were new.

        SQLite's driver lets go of the interpreter lock at each step, and where other threads run it waits for each
        return: one step for many rows is what keeps a busy door quick.
        """
        dialect = self.connection.dialect.name
        together = dialect_of(dialect).rows_at_once
        if together is None:
            return self.each(statement, rows)
        new = 0
        for some in slices(rows, together):
            written = _repeated(statement, dialect, len(some))
            new += self.connection.exec_driver_sql(written, tuple(chain.from_iterable(some))).rowcount
        return new

    def rows(self, statement: sa.Executable, *values: Any) -> Iterable[Any]:
        """Plain driver tuples, for loops where library rows would cost; `values` as `each` takes a row."""
        result = self.connection.exec_driver_sql(_compiled(statement, self.connection.dialect.name), values)
        cursor = result.cursor
        return () if cursor is None else cursor.fetchall()


@lru_cache(maxsize=512)
def _compiled(statement: sa.Executable, dialect: str) -> str:
    return str(statement.compile(dialect=dialect_of(dialect).compiled_as))  # type: ignore[attr-defined]  # every statement we pass compiles


@lru_cache(maxsize=512)
def _repeated(statement: sa.Executable, dialect: str, times: int) -> str:
    before, values, after = _VALUES.split(_compiled(statement, dialect))
    return f"{before}{', '.join([values] * times)}{after}"


class Database:
    """Opens transactions: `read()` at any time, `write()` one at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._dialect = dialect_of(url)
        self.engine = self._dialect.create(url)
        # One writer: SQLite's own waiting is a sleep that starves under load, PostgreSQL's takes a connection each.
        self._writing = Turn()
        self._writer: sa.Connection | None = None

    @property
    def wanted(self) -> bool:
        """Whether somebody waits to write: work that takes long then makes room."""
        return self._writing.wanted

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A consistent view; never wait for the network while it is open."""
        connection = self._begun(self._dialect.begin_read)
        try:
            yield Tx(connection)
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """All or nothing; holds the one write lock, so keep it short, or look at `wanted`."""
        with self._writing:
            # Always the same connection: what it has read of SQLite's file stays valid, for nobody else writes.
            writer, self._writer = self._writer, None
            connection = self._begun(self._dialect.begin_write, writer, connect=self._new_writer)
            try:
                yield Tx(connection)
                connection.commit()
            except BaseException:
                connection.close()
                raise
            self._writer = connection

    def _new_writer(self) -> sa.Connection:
        connection = self.engine.connect()
        # Out of the pool: no reader inherits its settings, and closing it ends it.
        connection.detach()
        if self._dialect.writer is not None:
            connection.exec_driver_sql(self._dialect.writer)
        return connection

    def _begun(
        self,
        begin: str,
        connection: sa.Connection | None = None,
        *,
        connect: Callable[[], sa.Connection] | None = None,
    ) -> sa.Connection:
        """A connection, or the one given, in a transaction; one that had broken unseen is replaced."""
        for last in (False, True):
            connection = connection or (connect or self.engine.connect)()
            try:
                connection.exec_driver_sql(begin)
            except DBAPIError as error:
                connection.close()
                connection = None
                if last or not error.connection_invalidated:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise AssertionError("the second try returns or raises")

    @contextmanager
    def rebuild(self) -> Iterator[Tx]:
        """A write in which tables may be rebuilt."""
        with self._writing, self.engine.connect() as connection, self._dialect.rebuilding(connection):
            yield Tx(connection)

    def ping(self) -> None:
        """Raises unless the database answers."""
        self._begun("SELECT 1").close()

    def reach(self) -> None:
        """The same at a start, for a person: GiveUp says in words what is wrong."""
        try:
            self.ping()
        except TROUBLE as trouble:
            raise unreachable(trouble.orig) from trouble

    def optimize(self) -> None:
        """Gives the planner its figures after many rows arrived; without them it may scan a whole shop."""
        with self._writing, self.engine.connect() as connection:
            connection.exec_driver_sql(self._dialect.analyze)
            connection.commit()

    def close(self) -> None:
        """Closes every connection."""
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()
