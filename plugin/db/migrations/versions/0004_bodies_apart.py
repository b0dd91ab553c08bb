"""A delivery's body gets a table of its own, packed, so that a change of state does not write it again."""

import sqlalchemy as sa
from alembic import op
from lz4.block import compress

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
    connection = op.get_bind()
    bodies = sa.table("bodies", *(sa.column(name) for name in ("shop", "received_at", "webhook_id", "body")))
    found = connection.execute(
        sa.text("SELECT shop, received_at, webhook_id, body FROM inbox WHERE state <> 3")
    ).yield_per(1000)
    for some in found.mappings().partitions():
        connection.execute(bodies.insert(), [{**row, "body": compress(row["body"])} for row in some])
    op.drop_column("inbox", "body")
