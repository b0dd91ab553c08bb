"""Who carried one of our tag names before us is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    carrying = sa.text("tags_found <> ''")
    op.create_index(
        "customers_carrying",
        "customers",
        ["shop", "customer", "tags_found"],
        sqlite_where=carrying,
        postgresql_where=carrying,
    )
