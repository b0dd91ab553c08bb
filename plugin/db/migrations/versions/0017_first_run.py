"""The merchant put the first run off."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("skipped_at", sa.BigInteger()))
