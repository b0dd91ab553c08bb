"""What SQLite may take of memory and disk while the app runs on and on."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.db.engine import Database, Tx
from plugin.db.migrate import migrate
from plugin.db.sqlite import LARGEST_WAL, READER_CACHE, WRITER_CACHE
from tests.databases import only_sqlite

pytestmark = only_sqlite("it is about SQLite's own file and caches")
MUCH = 3 * LARGEST_WAL


def cache(tx: Tx) -> int:
    """KiB that this connection may keep in memory."""
    return -int(tx.run(sa.text("PRAGMA cache_size")).scalar_one())


def test_only_the_one_connection_that_writes_has_a_large_cache(database: Database) -> None:
    """Also once a write has failed, and its connection with it."""

    def fail() -> None:
        with database.write() as tx:
            tx.run(sa.text("nonsense"))

    for _ in range(3):
        with database.write() as tx, database.read() as one, database.read() as other:
            assert [cache(tx), cache(one), cache(other)] == [WRITER_CACHE, READER_CACHE, READER_CACHE]
        with pytest.raises(sa.exc.OperationalError):
            fail()


def test_a_log_that_grew_under_a_long_read_is_given_back(tmp_path: Path) -> None:
    """While somebody reads what was there before, the write-ahead log cannot begin anew; afterwards it does."""
    database = Database(f"sqlite:///{tmp_path / 'oak.db'}")
    migrate(database)
    log = tmp_path / "oak.db-wal"
    with database.read() as tx:
        tx.run(sa.text("SELECT count(*) FROM shops")).scalar_one()
        with database.write() as writing:
            writing.run(sa.text("CREATE TABLE much (bytes BLOB)"))
            writing.run(sa.text(f"INSERT INTO much VALUES (zeroblob({MUCH}))"))
        assert log.stat().st_size > MUCH
    for _ in range(2):
        with database.write() as writing:
            writing.run(sa.text("INSERT INTO much VALUES (zeroblob(1))"))
    assert log.stat().st_size <= LARGEST_WAL
    database.close()
