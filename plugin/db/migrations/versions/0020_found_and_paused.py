"""What an import found, how far tagging is, and that the merchant paused it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("buyers", "clients", "neither", "to_tag", "first_day", "last_day"):
        op.add_column("imports", sa.Column(name, sa.BigInteger()))
    for name in ("lines", "done"):
        op.add_column("bulks", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("halted_at", "yes_at", "yes_to", "yes_from"):
        op.add_column("shops", sa.Column(name, sa.BigInteger()))
