"""Shops learn every week, and a model says how much it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTALLED = sa.text("state = 'installed'")


def upgrade() -> None:
    op.add_column("shops", sa.Column("next_learn_at", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("shops_to_learn", "shops", ["next_learn_at"], sqlite_where=INSTALLED, postgresql_where=INSTALLED)
    for name in ("samples", "customers", "orders"):
        op.add_column("models", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
