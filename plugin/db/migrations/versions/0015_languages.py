"""The language a merchant chose for the panel."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("language", sa.String(8)))
