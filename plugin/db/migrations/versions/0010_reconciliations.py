"""Reconciliations: what each mended, and when a shop's next one is due."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("orders_operation", sa.String(length=64), nullable=True),
        sa.Column("customers_operation", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("orders", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customers", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrong", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("judged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tags", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shop"], ["shops.shop"]),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
    op.add_column("shops", sa.Column("reconciled_to", sa.BigInteger(), nullable=True))
    op.add_column("shops", sa.Column("next_reconcile_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("shops", sa.Column("reconcile_for", sa.String(length=16), nullable=True))
    op.create_index(
        "shops_to_reconcile",
        "shops",
        ["next_reconcile_at"],
        sqlite_where=sa.text("state = 'installed'"),
        postgresql_where=sa.text("state = 'installed'"),
    )
    # What changed since the history was read is looked at in the first night.
    op.execute(
        "UPDATE shops SET reconciled_to = (SELECT max(started_at) FROM imports"
        " WHERE imports.shop = shops.shop AND imports.stage = 'done')"
    )
