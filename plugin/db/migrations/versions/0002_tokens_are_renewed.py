"""Tokens are renewed, and a shop can wait for its merchant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTALLED = sa.text("state = 'installed'")


def upgrade() -> None:
    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pair", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("minted_by", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("renewing_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reconnect", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("scopes_at", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.create_index(
            "shops_to_renew",
            ["refresh_expires_at"],
            unique=False,
            sqlite_where=INSTALLED,
            postgresql_where=INSTALLED,
        )
    lost = sa.text("UPDATE shops SET reconnect = :words WHERE state = 'installed' AND token IS NULL")
    op.execute(lost.bindparams(words="Shopify no longer accepts the app's token: open the app from the shop's admin."))
