"""Figures that are counted once for many looks."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("recount", sa.SmallInteger, nullable=False, server_default="1"))
    op.create_table(
        "figures",
        sa.Column("shop", sa.Integer, sa.ForeignKey("shops.shop"), primary_key=True, autoincrement=False),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("took", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("none", "buyers", "clients", "again")),
        sa.Column("orders", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("to_tag", "refused")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("cohorts", "revenue")),
    )
    op.create_table(
        "daily_figures",
        sa.Column("shop", sa.Integer, sa.ForeignKey("shops.shop"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("none", "buyers", "clients")),
    )
