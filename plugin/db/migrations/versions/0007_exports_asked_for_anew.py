"""An import knows how often an export was asked for anew."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
