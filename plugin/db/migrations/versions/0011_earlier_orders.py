"""Orders from before we can look, customer by customer, and how many of them an import has found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("earlier", sa.Integer(), server_default="0", nullable=False))
    op.add_column("customers", sa.Column("earlier_since", sa.Integer()))
    op.add_column("customers", sa.Column("earlier_until", sa.Integer()))
    op.add_column("imports", sa.Column("earlier", sa.BigInteger(), server_default="0", nullable=False))
    some = sa.text("earlier > 0")
    op.create_index("customers_earlier", "customers", ["shop", "customer"], sqlite_where=some, postgresql_where=some)
