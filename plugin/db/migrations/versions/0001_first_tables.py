"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shops",
        sa.Column("shop", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="unknown", nullable=False),
        sa.Column("installed_at", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("refresh_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("scopes", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=64), server_default="UTC", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("locale", sa.String(length=16), server_default="en", nullable=False),
        sa.Column("plan", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tagging", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("buyer_tag", sa.String(length=40), server_default="buyer", nullable=False),
        sa.Column("client_tag", sa.String(length=40), server_default="client", nullable=False),
        sa.Column("model", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rules", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rejudge", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("swept_on", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_sweep_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("shop"),
        sa.UniqueConstraint("domain"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.create_index(
            "shops_to_sweep",
            ["next_sweep_at"],
            unique=False,
            sqlite_where=sa.text("state = 'installed'"),
            postgresql_where=sa.text("state = 'installed'"),
        )

    op.create_table(
        "bulks",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
    with op.batch_alter_table("bulks", schema=None) as batch_op:
        batch_op.create_index(
            "bulks_open",
            ["shop", "number"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'running')"),
            postgresql_where=sa.text("state IN ('planned', 'running')"),
        )

    op.create_table(
        "consents",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "customer", "channel"),
    )
    op.create_table(
        "customers",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("kind_at_shop", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("lapse_on", sa.Integer(), nullable=True),
        sa.Column("lapsed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("occasions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("weight", sa.Float(), server_default="0", nullable=False),
        sa.Column("usual_gap", sa.Float(), server_default="0", nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ignored", sa.Integer(), server_default="0", nullable=False),
        sa.Column("model", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rules", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tags_ours", sa.Text(), server_default="", nullable=False),
        sa.Column("tags_found", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "customer"),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(
            "customers_to_lapse",
            ["shop", "lapse_on"],
            unique=False,
            sqlite_where=sa.text("kind = 2"),
            postgresql_where=sa.text("kind = 2"),
        )
        batch_op.create_index(
            "customers_to_sync",
            ["shop", "lapsed", "customer"],
            unique=False,
            sqlite_where=sa.text("kind != kind_at_shop AND held IS NULL AND customer >= 'Customer/'"),
            postgresql_where=sa.text("kind != kind_at_shop AND held IS NULL AND customer >= 'Customer/'"),
        )

    op.create_table(
        "imports",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("orders_operation", sa.String(length=64), nullable=True),
        sa.Column("customers_operation", sa.String(length=64), nullable=True),
        sa.Column("expected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lines", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("orders", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customers", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
    op.create_table(
        "inbox",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("again_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("triggered_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "webhook_id"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "inbox_parked",
            ["shop", "received_at"],
            unique=False,
            sqlite_where=sa.text("state = 2"),
            postgresql_where=sa.text("state = 2"),
        )
        batch_op.create_index(
            "inbox_waiting",
            ["shop", "again_at"],
            unique=False,
            sqlite_where=sa.text("state = 0"),
            postgresql_where=sa.text("state = 0"),
        )

    op.create_table(
        "ledger",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("bulk", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "id"),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(
            "ledger_of_bulk",
            ["shop", "bulk", "id"],
            unique=False,
            sqlite_where=sa.text("bulk IS NOT NULL"),
            postgresql_where=sa.text("bulk IS NOT NULL"),
        )
        batch_op.create_index("ledger_of_customer", ["shop", "customer", "id"], unique=False)
        batch_op.create_index(
            "ledger_open",
            ["shop", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'intended'"),
            postgresql_where=sa.text("state = 'intended'"),
        )

    op.create_table(
        "models",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("usual_gap", sa.Float(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("readiness", sa.Float(), nullable=False),
        sa.Column("taught", sa.Boolean(), nullable=False),
        sa.Column("replenishable", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
    op.create_table(
        "oauth_states",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "state"),
    )
    op.create_table(
        "orders",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=True),
        sa.Column("ordered_by", sa.String(length=64), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("processed_at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("triggered_at", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("ignored", sa.SmallInteger(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("pays_later", sa.Boolean(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("current_total", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("list_total", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("has_code", sa.Boolean(), nullable=False),
        sa.Column("renewal", sa.Boolean(), nullable=False),
        sa.Column("products", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "id"),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "orders_for_companies",
            ["shop", "ordered_by", "customer"],
            unique=False,
            sqlite_where=sa.text("ordered_by IS NOT NULL"),
            postgresql_where=sa.text("ordered_by IS NOT NULL"),
        )
        if op.get_bind().dialect.name == "sqlite":
            judged = ["shop", "customer", "day", "ignored", "renewal", "products", "id"]
            batch_op.create_index("orders_judged", judged, unique=False)
        else:
            batch_op.create_index("orders_of_customer", ["shop", "customer", "day", "id"], unique=False)

    op.create_table(
        "privacy_requests",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "webhook_id"),
    )
    op.create_table(
        "rules",
        sa.Column("shop", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop"],
            ["shops.shop"],
        ),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
