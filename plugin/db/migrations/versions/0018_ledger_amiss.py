"""Tag changes that failed or whose answer was lost are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    amiss = sa.text("state IN ('failed', 'unknown')")
    columns = ["shop", "state", "at", "id"]
    op.create_index("ledger_amiss", "ledger", columns, sqlite_where=amiss, postgresql_where=amiss)
