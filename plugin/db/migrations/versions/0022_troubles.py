"""Since when a shop's API does not answer, and since when the shop is frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("frozen_at", "down_at"):
        op.add_column("shops", sa.Column(name, sa.BigInteger()))
