"""Requests are carried out, the erased leave marks, customers object, and old rows go."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shops.shop"]),
        sa.PrimaryKeyConstraint("shop", "mark"),
    )
    op.add_column("customers", sa.Column("objects", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("customers", sa.Column("sale_opt_out", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("customers", sa.Column("merged_into", sa.String(length=64), nullable=True))
    op.add_column("shops", sa.Column("forget_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("shops", sa.Column("removing", sa.Integer(), nullable=True))
    op.add_column("shops", sa.Column("marks_key", sa.Text(), nullable=True))
    _requests_outlive_their_shop()
    op.create_index("shops_to_forget", "shops", ["forget_at"])
    for name, table, column, where in (
        ("customers_merged", "customers", "merged_into", "merged_into IS NOT NULL"),
        ("customers_objecting", "customers", "customer", "objects = TRUE"),
        ("customers_opted_out", "customers", "customer", "sale_opt_out = TRUE"),
        ("customers_tagged", "customers", "customer", "tags_ours != ''"),
        ("inbox_done", "inbox", "received_at", "state = 1"),
        ("inbox_emptied", "inbox", "received_at", "state = 3"),
        ("privacy_of_customer", "privacy_requests", "customer", "customer IS NOT NULL"),
        ("privacy_open", "privacy_requests", "received_at", "done_at IS NULL"),
    ):
        op.create_index(name, table, ["shop", column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _requests_outlive_their_shop() -> None:
    """A new table without the reference to `shops`; what was asked until now stays, and is carried out."""
    op.rename_table("privacy_requests", "privacy_requests_before")
    if op.get_bind().dialect.name == "postgresql":
        # An index has a name of its own there, which the new table's key wants to have.
        op.execute("ALTER INDEX privacy_requests_pkey RENAME TO privacy_requests_before_pkey")
    op.create_table(
        "privacy_requests",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=True),
        sa.Column("orders", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "webhook_id"),
    )
    op.execute(
        "INSERT INTO privacy_requests (shop, webhook_id, topic, customer, received_at, due_at)"
        " SELECT shop, webhook_id, topic, customer, received_at, due_at FROM privacy_requests_before"
    )
    op.drop_table("privacy_requests_before")
