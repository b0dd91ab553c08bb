"""Customers whose tags somebody changed are looked at, and what the merchant changed by hand stands."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TO_SYNC = "kind != kind_at_shop AND held IS NULL AND veto IS NULL AND customer >= 'Customer/'"


def upgrade() -> None:
    op.add_column("customers", sa.Column("look_at", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("veto", sa.String(length=16), nullable=True))
    op.add_column("customers", sa.Column("vetoed_at", sa.BigInteger(), nullable=True))
    op.add_column("shops", sa.Column("paused_at", sa.BigInteger(), nullable=True))
    op.add_column("shops", sa.Column("answered_at", sa.BigInteger(), nullable=True))
    op.add_column("shops", sa.Column("restoring", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("customers_to_sync", table_name="customers")
    for name, columns, only in (
        ("customers_to_sync", ["shop", "lapsed", "customer"], TO_SYNC),
        ("customers_to_look", ["shop", "look_at"], "look_at IS NOT NULL"),
        ("customers_vetoed", ["shop", "customer"], "veto IS NOT NULL"),
        ("customers_vetoed_at", ["shop", "vetoed_at"], "veto = 'removed'"),
    ):
        op.create_index(name, "customers", columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
