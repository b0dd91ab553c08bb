"""Whose tags the shop refused to change is found by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

REFUSED = sa.text("held NOT IN ('gone', 'undone', 'in a bulk file')")


def upgrade() -> None:
    op.create_index(
        "customers_refused", "customers", ["shop", "customer"], sqlite_where=REFUSED, postgresql_where=REFUSED
    )
