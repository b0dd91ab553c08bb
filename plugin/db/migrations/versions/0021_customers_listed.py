"""The orders in which a merchant looks through customers."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("customers_to_lapse", "customers")
    for name, column, whom in (
        ("customers_to_lapse", "lapse_on", "kind = 2"),
        ("customers_by_last", "last_day", "merged_into IS NULL"),
        ("customers_by_tens", "tens", "last_day IS NOT NULL"),
        ("customers_by_since", "since", "last_day IS NOT NULL"),
    ):
        only = sa.text(whom)
        op.create_index(name, "customers", ["shop", column, "customer"], sqlite_where=only, postgresql_where=only)
