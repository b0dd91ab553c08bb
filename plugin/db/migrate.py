"""Brings a database to the newest tables; the app does so at start."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from plugin.db.engine import Database
from plugin.db.metadata import ONLY_ON
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
        name = tx.connection.dialect.name
        options = {"compare_type": _another_type, "include_object": lambda one, *_: _on(one, name)}
        return list(compare_metadata(MigrationContext.configure(tx.connection, opts=options), metadata))


def _on(one: Any, dialect: str) -> bool:
    return bool(one.info.get(ONLY_ON, dialect) == dialect)


def _another_type(_context: object, _column: object, _of: object, there: Any, wanted: Any) -> bool | None:
    """Neither database minds the length of a text; None lets Alembic compare."""
    return False if isinstance(there, sa.String) and isinstance(wanted, sa.String) else None


def write_migration(database: Database, message: str) -> None:
    """Writes a migration for what changed in plugin.db.tables."""
    with database.write() as tx:
        command.revision(_config(tx.connection), message, autogenerate=True)
