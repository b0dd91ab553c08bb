"""The tables in the code and the tables that migrations make are the same."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from plugin.db import inbox, migrations, privacy, reconciliations, shops, tokens
from plugin.db.engine import Database
from plugin.db.migrate import _config, differences, migrate
from plugin.db.tables import metadata
from tests import databases


def test_every_change_of_the_tables_has_its_migration(database: Database) -> None:
    """A fresh database migrated to the newest version equals plugin.db.tables."""
    assert differences(database) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """The app migrates at every start."""
    migrate(database)
    assert differences(database) == []


def test_migrations_only_go_forward() -> None:
    """A way back that nobody walks is not tested, and would lose what the newer version has learnt."""
    folder = Path(migrations.__path__[0])
    for file in (*folder.glob("versions/*.py"), folder / "script.py.mako"):
        assert "def downgrade" not in file.read_text(encoding="utf-8"), file.name


def test_a_database_of_the_first_version_keeps_its_shops_and_asks_for_tokens_it_had_lost(tmp_path: Path) -> None:
    database = Database(databases.fresh(tmp_path, migrated=False))
    with database.rebuild() as tx:
        command.upgrade(_config(tx.connection), "0001")
        for name, token in (("oak-ltd", "'sealed'"), ("annas-bakery", "NULL")):
            row = f"('{name}.myshopify.com', 'installed', {token}, 'read_orders')"
            tx.connection.exec_driver_sql(f"INSERT INTO shops (domain, state, token, scopes) VALUES {row}")
    migrate(database)
    with database.read() as tx:
        oak, anna = shops.get(tx, 1), shops.get(tx, 2)
        assert (oak.scopes, oak.reconnect, tokens.read(tx, 1).token) == ("read_orders", None, "sealed")
        assert "no longer accepts" in (anna.reconnect or "")
    database.close()


def test_requests_that_were_only_recorded_until_now_stay_and_are_open(tmp_path: Path) -> None:
    """The table is built anew, for they must outlive their shop."""
    database = Database(databases.fresh(tmp_path, migrated=False))
    with database.rebuild() as tx:
        command.upgrade(_config(tx.connection), "0002")
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        tx.connection.exec_driver_sql(
            "INSERT INTO privacy_requests (shop, webhook_id, topic, customer, received_at, due_at)"
            f" VALUES ({shop}, 'w', 'customers/redact', 'Customer/7', 1, 2)"
        )
    migrate(database)
    with database.read() as tx:
        assert privacy.all_open(tx, shop) == [privacy.Open("w", "customers/redact", "Customer/7", (), 1)]
    database.close()


def test_what_changed_since_the_last_import_is_looked_at_in_the_first_night(tmp_path: Path) -> None:
    """A shop that installed an older version is reconciled from then on, not from the day of the new one."""
    database = Database(databases.fresh(tmp_path, migrated=False))
    with database.rebuild() as tx:
        command.upgrade(_config(tx.connection), "0009")
        for shop, stages in enumerate((("done", "done", "failed"), ("failed",)), 1):
            domain = f"shop-{shop}.myshopify.com"
            tx.connection.exec_driver_sql(f"INSERT INTO shops (domain, state) VALUES ('{domain}', 'installed')")
            for number, stage in enumerate(stages, 1):
                row = f"({shop}, {number}, '{stage}', {number * 100})"
                tx.connection.exec_driver_sql(f"INSERT INTO imports (shop, number, stage, started_at) VALUES {row}")
    migrate(database)
    with database.read() as tx:
        assert reconciliations.due(tx, 1) == reconciliations.Due(0, 200, None)
        assert reconciliations.due(tx, 2) == reconciliations.Due(0, None, None)
    database.close()


def test_every_primary_key_begins_with_the_shop() -> None:
    """Every shop sees only its own rows, and the schema can be distributed by shop."""
    for table in metadata.sorted_tables:
        assert next(iter(table.primary_key.columns)).name == "shop", table.name


def test_deliveries_of_an_older_version_keep_their_bodies(tmp_path: Path) -> None:
    """But for those whose body was erased."""
    database = Database(databases.fresh(tmp_path, migrated=False))
    with database.rebuild() as tx:
        command.upgrade(_config(tx.connection), "0003")
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        rows = (("waits", 0, "{}"), ("done", 1, "{}"), ("emptied", 3, ""))
        for webhook_id, state, body in rows:
            tx.run(
                text(
                    "INSERT INTO inbox (shop, webhook_id, received_at, state, again_at, tries, topic, triggered_at,"
                    " body) VALUES (:shop, :webhook_id, 5, :state, 5, 0, 'orders/create', 5, :body)"
                ),
                {"shop": shop, "webhook_id": webhook_id, "state": state, "body": body.encode()},
            )
    migrate(database)
    with database.read() as tx:
        assert [one.webhook_id for one in inbox.take(tx, shop, now=5)] == ["waits"]
        assert {one.webhook_id: one.body for one in inbox.after(tx, shop, "", at_most=9)} == {
            "waits": b"{}", "done": b"{}", "emptied": None
        }  # fmt: skip
    database.close()


def test_a_boolean_s_default_is_one_in_every_migration() -> None:
    """PostgreSQL refuses the 0 that Alembic writes for SQLite."""
    for file in Path(migrations.__path__[0]).glob("versions/*.py"):
        assert 'sa.Boolean(), server_default=sa.text("' not in file.read_text(encoding="utf-8"), file.name
