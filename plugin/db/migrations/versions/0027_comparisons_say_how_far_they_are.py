"""Reconciliations say how far they are."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reconciliations", sa.Column("expected", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("reconciliations", sa.Column("lines", sa.BigInteger(), server_default="0", nullable=False))
