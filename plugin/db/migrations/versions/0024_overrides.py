"""Customers may be marked by hand, and those are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BY_HAND = sa.text("veto IS NOT NULL OR override IS NOT NULL")


def upgrade() -> None:
    for column in (
        sa.Column("override", sa.SmallInteger()),
        sa.Column("override_at", sa.BigInteger()),
        sa.Column("override_by", sa.String(32)),
    ):
        op.add_column("customers", column)
    op.create_index(
        "customers_by_hand", "customers", ["shop", "customer"], sqlite_where=BY_HAND, postgresql_where=BY_HAND
    )
