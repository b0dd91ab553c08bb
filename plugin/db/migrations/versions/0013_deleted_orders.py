"""Reconciliations find deleted orders, some of a shop's orders each night."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reconciliations", sa.Column("gone", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("reconciliations", sa.Column("checked_to", sa.BigInteger(), server_default="0", nullable=False))
