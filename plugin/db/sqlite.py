"""SQLite: a file, and nothing to install."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import ConnectionPoolEntry

from plugin.core.orders import Ignored
from plugin.core.replay import Kind
from plugin.db.dialect import Dialect
from plugin.errors import GiveUp

# Without these the driver looks for a way to bind each such value anew, which costs a fifth of a large write.
for _type in (bool, Kind, Ignored):
    sqlite3.register_adapter(_type, int)
sqlite3.register_adapter(bytes, bytearray)
sqlite3.register_adapter(type(None), lambda nothing: nothing)

PAGE_SIZE = 8192
CHECKPOINT_PAGES = 500  # small inline checkpoints keep the tail short: p99 12 ms instead of 28 ms at 4000 pages
LARGEST_WAL = 8 * 1024 * 1024  # bytes; what a long read or a slow disk let it grow to is given back
# KiB of the file that a connection keeps in memory. A reader's are worth nothing once anybody has written, and there
# can be many; the system has the file in memory all the same.
WRITER_CACHE, READER_CACHE = 32 * 1024, 4 * 1024
TOGETHER = 32  # rows of one INSERT; each number up to it is a statement of its own in the driver's cache of 128
BEGIN_WRITE = "BEGIN IMMEDIATE"


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


def _create(url: str) -> sa.Engine:
    file_of(url)
    engine = sa.create_engine(
        url,
        pool_size=8,
        max_overflow=56,
        # A failing statement is logged: without its values, which are tokens and people's orders.
        hide_parameters=True,
        connect_args={"timeout": 30, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late; ours is explicit
    for pragma in (
        f"page_size={PAGE_SIZE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"cache_size=-{READER_CACHE}",
        f"journal_size_limit={LARGEST_WAL}",
        # Unlimited, ANALYZE would read every row, with the door waiting.
        "analysis_limit=1000",
    ):
        try:
            connection.execute(f"PRAGMA {pragma}").close()
        except Exception as error:
            raise GiveUp(
                f"The database cannot be opened: {error}. Check DATABASE_URL and the folder's permissions."
            ) from error


@contextmanager
def _rebuilding(connection: sa.Connection) -> Iterator[None]:
    """Foreign keys are checked at its end instead of at every step."""
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql(BEGIN_WRITE)
    try:
        yield
        _check_foreign_keys(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: sa.Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise GiveUp(f"The upgrade of the database would leave rows without their shop: {tuple(broken)}.")


SQLITE = Dialect(
    create=_create,
    begin_read="BEGIN",
    begin_write=BEGIN_WRITE,
    writer=f"PRAGMA cache_size=-{WRITER_CACHE}",
    rebuilding=_rebuilding,
    analyze="ANALYZE",
    compiled_as=sqlite.dialect(paramstyle="qmark"),
    rows_at_once=TOGETHER,
)
