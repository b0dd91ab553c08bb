"""Verdicts and tag changes say why they came to be, so that a span of them can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("customers", "ledger"):
        op.add_column(table, sa.Column("cause", sa.String(length=32), server_default="", nullable=False))
    op.add_column("shops", sa.Column("rejudge_for", sa.String(length=32), server_default="zone", nullable=False))
