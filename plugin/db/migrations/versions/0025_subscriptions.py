"""Customers' subscriptions are known, and who is to be asked about is found by indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SUBSCRIBED, RENEWING = sa.text("subscription > 0"), sa.text("renewal = TRUE")


def upgrade() -> None:
    op.add_column("customers", sa.Column("subscription", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("reconciliations", sa.Column("asked_to", sa.String(64), server_default="", nullable=False))
    for name, table, where in (
        ("customers_subscribed", "customers", SUBSCRIBED),
        ("orders_renewing", "orders", RENEWING),
    ):
        op.create_index(name, table, ["shop", "customer"], sqlite_where=where, postgresql_where=where)
