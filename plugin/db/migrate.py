"""Brings a database to the newest tables; the app does so at start."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from plugin.db.engine import Database
from plugin.db.tables import metadata


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database) -> None:
    """Creates or upgrades the tables, all or nothing."""
    with database.rebuild() as tx:
        command.upgrade(_config(tx.connection), "head")


def differences(database: Database) -> list[object]:
    """Where the migrated database differs from plugin.db.tables; empty when every change has its migration."""
    with database.read() as tx:
        return list(compare_metadata(MigrationContext.configure(tx.connection, opts={"compare_type": True}), metadata))


def write_migration(database: Database, message: str) -> None:
    """Writes a migration for what changed in plugin.db.tables."""
    with database.write() as tx:
        command.revision(_config(tx.connection), message, autogenerate=True)
