"""A merchant may put away what they were told of older orders."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("put_away_at", sa.BigInteger()))
