"""Alembic's entry: runs the migrations on the connection that plugin.db.migrate hands over."""

from alembic import context

from plugin.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    transaction_per_migration=False,
)
context.run_migrations()
