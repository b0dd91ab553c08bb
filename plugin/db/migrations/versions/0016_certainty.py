"""How sure it is that a customer orders again, and when that falls; the next sweep fills it in for everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("tens", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("customers", sa.Column("tens_fall_on", sa.Integer))
    op.execute("UPDATE customers SET tens_fall_on = 0 WHERE last_day IS NOT NULL")
    falls = sa.text("tens_fall_on IS NOT NULL")
    op.create_index(
        "customers_falling", "customers", ["shop", "tens_fall_on"], sqlite_where=falls, postgresql_where=falls
    )
    op.execute("UPDATE shops SET next_sweep_at = 0 WHERE state = 'installed'")
