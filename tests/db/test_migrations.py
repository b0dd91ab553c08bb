"""The tables in the code and the tables that migrations make are the same."""

from plugin.db.engine import Database
from plugin.db.migrate import differences, migrate
from plugin.db.tables import metadata


def test_every_change_of_the_tables_has_its_migration(database: Database) -> None:
    """A fresh database migrated to the newest version equals plugin.db.tables."""
    assert differences(database) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """The app migrates at every start."""
    migrate(database)
    assert differences(database) == []


def test_every_primary_key_begins_with_the_shop() -> None:
    """Every shop sees only its own rows, and the schema can be distributed by shop."""
    for table in metadata.sorted_tables:
        assert next(iter(table.primary_key.columns)).name == "shop", table.name
