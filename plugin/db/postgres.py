"""PostgreSQL: a server that keeps the rows, reached by psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
from sqlalchemy.pool import ConnectionPoolEntry

from plugin.db.dialect import Dialect
from plugin.errors import GiveUp

# One writer at a time, as with SQLite: numbers are counted on from the highest, and nothing can deadlock. Taken before
# the first statement sees anything; the server lets go of it when the transaction ends, however it ends.
WRITE_LOCK = 7_305_184_201
BEGIN_WRITE = f"BEGIN; SELECT pg_advisory_xact_lock({WRITE_LOCK})"
SETTINGS = "; ".join(
    f"SET {name} = '{value}'"
    for name, value in {
        "synchronous_commit": "on",  # what is answered 200 is on disk, whatever the server's own setting
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",  # a process that hangs must not hold the write lock for ever
        "jit": "off",  # compiling takes longer than any query of ours
        # Every query of ours wants a few rows and has an index for them, as SQLite needs it; on stale figures the
        # planner would rather read all orders of a shop for the next ten.
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
    }.items()
)


def url_of(url: str) -> sa.URL:
    """The URL for SQLAlchemy, with the driver we have."""
    return sa.make_url(url).set(drivername="postgresql+psycopg")


def place_of(url: str) -> str:
    """Where the database is, for a person to read: never with its password."""
    parts = sa.make_url(url)
    return f"{parts.database or parts.username} at {parts.host or parts.query.get('host') or 'localhost'}"


class _WithoutNul(StrDumper):
    """Text for the server, which knows every character but NUL."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "") if "\0" in obj else obj)


class _Columns(PGDDLCompiler):
    """Every text column is sorted by its bytes, as keys are compared, and takes text of any length, as with SQLite."""

    def get_column_specification(self, column: sa.Column[Any], **kw: Any) -> str:
        before = column.type
        if isinstance(before, sa.String):
            column.type = sa.Text(collation="C")
        try:
            return super().get_column_specification(column, **kw)  # type: ignore[no-untyped-call, no-any-return]  # SQLAlchemy leaves its compilers untyped
        finally:
            column.type = before


def _create(url: str) -> sa.Engine:
    engine = sa.create_engine(
        url_of(url),
        pool_size=8,
        max_overflow=56,
        # A failing statement is logged: without its values, which are tokens and people's orders.
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # the driver's own BEGIN would come without the lock; ours is explicit
        connect_args={"connect_timeout": 10, "fallback_application_name": "regulars"},
    )
    engine.dialect.ddl_compiler = _Columns
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: sa.ExceptionContext) -> None:
    """What failed is logged, and the server's details would quote the row."""
    error = context.original_exception
    if isinstance(error, psycopg.Error) and error.diag.message_detail is not None:
        words = str(error.diag.message_primary)
        error.args = (words,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__name__}) {words}",)


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.adapters.register_dumper(str, _WithoutNul)
    connection.execute(SETTINGS)
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise GiveUp(f"The database keeps text as {encoding}: create it with ENCODING 'UTF8', or set DATABASE_URL.")


@contextmanager
def _rebuilding(connection: sa.Connection) -> Iterator[None]:
    connection.exec_driver_sql(BEGIN_WRITE)
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


POSTGRESQL = Dialect(
    create=_create,
    begin_read="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    begin_write=BEGIN_WRITE,
    writer=None,
    rebuilding=_rebuilding,
    analyze="ANALYZE",
    compiled_as=postgresql.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialect constructors untyped
    rows_at_once=None,
)
