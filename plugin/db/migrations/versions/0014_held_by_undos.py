"""Whom an undo holds is counted by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    undone = sa.text("held = 'undone'")
    op.create_index("customers_undone", "customers", ["shop", "customer"], sqlite_where=undone, postgresql_where=undone)
