"""A delivery's body gets a table of its own, so that a change of state does not write it again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bodies",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shops.shop"]),
        sa.PrimaryKeyConstraint("shop", "received_at", "webhook_id"),
    )
    op.execute(
        "INSERT INTO bodies (shop, received_at, webhook_id, body)"
        " SELECT shop, received_at, webhook_id, body FROM inbox WHERE state <> 3"
    )
    op.drop_column("inbox", "body")
