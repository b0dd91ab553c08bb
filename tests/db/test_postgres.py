"""What is PostgreSQL's own: order, connections that break, text it does not know, and one app a database."""

from collections.abc import Iterator
from threading import Event

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from plugin.core.facts import ConsentSeen
from plugin.db import advisory, consents, inbox, shops
from plugin.db.engine import TROUBLE, Database
from plugin.db.inbox import Delivery
from plugin.db.only_one import only_one, working
from plugin.errors import GiveUp
from tests import databases

pytestmark = databases.only_postgresql("it is about PostgreSQL itself: make test-postgresql runs it")


@pytest.fixture
def outside(database_url: str) -> Iterator["psycopg.Connection"]:
    """Somebody else at the server."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def cut(outside: psycopg.Connection) -> None:
    """Ends everybody else's connections, as a restart of the server does."""
    outside.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_every_text_is_sorted_by_its_bytes(database: Database, outside: psycopg.Connection) -> None:
    """Keys are compared with `>=`, and pages go on after a key: both must mean what they mean in the code."""
    columns = outside.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    ).fetchall()
    assert {table for table, _ in columns} <= {"alembic_version"}


def test_connections_that_broke_unused_are_replaced_unseen(database: Database, outside: psycopg.Connection) -> None:
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
    cut(outside)
    with database.read() as tx:
        assert shops.get(tx, shop).domain == "oak-ltd.myshopify.com"
    cut(outside)
    with database.write() as tx:
        shops.change(tx, shop, name="Oak Ltd")
    cut(outside)
    database.ping()


def test_a_write_that_is_cut_off_leaves_nothing_and_is_trouble(database: Database, outside: psycopg.Connection) -> None:
    """Trouble is tried again; it is no row's fault."""

    def written() -> None:
        with database.write() as tx:
            shops.know(tx, "oak-ltd.myshopify.com")
            cut(outside)
            shops.know(tx, "annas-bakery.myshopify.com")

    with pytest.raises(TROUBLE):
        written()
    with database.write() as tx:
        assert shops.find(tx, "oak-ltd.myshopify.com") is None


def test_a_writer_of_another_process_is_waited_for(database: Database, outside: psycopg.Connection) -> None:
    """The lock is taken before the first statement: nothing is counted on from a number that another one takes."""
    other = Database(database.url)
    with database.write() as tx:
        held = outside.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted").fetchone()
        assert held == (1,)
        shops.know(tx, "oak-ltd.myshopify.com")
    with other.write() as tx:
        assert shops.find(tx, "oak-ltd.myshopify.com") is not None
    other.close()


def test_a_character_that_postgresql_does_not_know_is_left_out(database: Database) -> None:
    """And the batch it comes with is kept."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        consents.keep(tx, shop, [ConsentSeen("Customer/1", "email", "sub\0scribed", 1)])
        assert [one.state for one in consents.of_customer(tx, shop, "Customer/1")] == ["subscribed"]


def test_a_long_text_is_kept_as_sqlite_keeps_it(database: Database) -> None:
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        inbox.accept(tx, [Delivery(shop, "w" * 200, 1, "t" * 200, 1, b"{}")])
        assert [one.webhook_id for one in inbox.take(tx, shop, now=5)] == ["w" * 200]


def test_an_error_does_not_quote_the_row(database: Database) -> None:
    """What fails is logged, and rows hold people's orders."""
    with pytest.raises(IntegrityError) as refused, database.write() as tx:
        tx.run(text("INSERT INTO shops (domain, name, token) VALUES ('oak', NULL, :token)"), {"token": "a-secret"})
    assert "a-secret" not in f"{refused.value} {refused.value.orig}"


def test_a_server_that_is_away_is_said_in_words() -> None:
    away = "postgresql://oak:a-secret@127.0.0.1:1/oak"
    database = Database(away)
    for start in (database.reach, lambda: only_one(away)):
        with pytest.raises(GiveUp, match=r"cannot be reached.*Check DATABASE_URL") as said:
            start()
        assert "a-secret" not in str(said.value)
    database.close()


def test_a_second_app_is_refused_and_a_worker_keeps_it_away(database_url: str) -> None:
    """Also when its main process was killed."""
    main = only_one(database_url)
    with pytest.raises(GiveUp, match="Another Regulars already serves this database"):
        only_one(database_url)
    worker = working(database_url, lambda: None)
    main.close()
    with pytest.raises(GiveUp):
        only_one(database_url)
    worker.close()
    only_one(database_url).close()


def test_a_worker_takes_its_lock_again_when_the_server_was_away(
    database_url: str, outside: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advisory, "LOOK", 0.05)
    left, back = Event(), Event()
    monkeypatch.setattr(advisory.log, "warning", lambda words, *_: back.set() if "back" in words else None)
    with working(database_url, left.set):
        cut(outside)
        assert back.wait(20)
        with pytest.raises(GiveUp):
            only_one(database_url)
    assert not left.is_set()


def test_a_worker_leaves_when_another_app_was_faster(
    database_url: str, outside: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advisory, "LOOK", 0.2)
    monkeypatch.setattr(advisory, "PATIENCE", 0.1)
    left = Event()
    with working(database_url, left.set):
        cut(outside)
        outside.execute("SELECT pg_advisory_lock(%s)", (advisory.WORKER,))
        assert left.wait(20)
