"""Tag changes that failed or whose answer was lost are found by an index each."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for state in ("failed", "unknown"):
        amiss = sa.text(f"state = '{state}'")
        op.create_index(f"ledger_{state}", "ledger", ["shop", "id"], sqlite_where=amiss, postgresql_where=amiss)
