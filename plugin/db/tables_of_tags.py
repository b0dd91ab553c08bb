"""The tables of what is written at the shop: every tag change, the files that carry many, and what was undone."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, Text, literal_column

from plugin.db.metadata import metadata
from plugin.db.metadata import only as _only
from plugin.db.metadata import shop_column as _shop

ledger = Table(
    "ledger",
    metadata,
    _shop(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("customer", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("action", String(8), nullable=False),  # add | remove | adopt | return; nothing is sent for the latter two
    Column("tag", String(40), nullable=False),
    Column("kind", SmallInteger, nullable=False),  # what the customer had become
    Column("model", Integer, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("cause", String(32), nullable=False, server_default=""),  # why they had; see core.causes
    Column("state", String(8), nullable=False),  # intended | done | failed | unknown
    Column("settled_at", BigInteger),
    Column("reason", Text),
    Column("bulk", Integer),  # the bulk file that carries it, line by line in order of id; NULL: a live call
)
Index("ledger_of_customer", ledger.c.shop, ledger.c.customer, ledger.c.id)
Index("ledger_open", ledger.c.shop, ledger.c.id, **_only(ledger.c.state == "intended"))

# What an undo may take back: all that one import or one change of the rules did, or all of one day.
Index("ledger_of_cause", ledger.c.shop, ledger.c.cause, ledger.c.at, ledger.c.id)
Index("ledger_by_time", ledger.c.shop, ledger.c.at, ledger.c.id)
# What went wrong is rare, and looked for.
Index("ledger_failed", ledger.c.shop, ledger.c.id, **_only(ledger.c.state == "failed"))
Index("ledger_unknown", ledger.c.shop, ledger.c.id, **_only(ledger.c.state == "unknown"))
Index("ledger_of_bulk", ledger.c.shop, ledger.c.bulk, ledger.c.id, **_only(ledger.c.bulk.is_not(None)))

bulks = Table(
    "bulks",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", String(8), nullable=False),  # add | remove
    Column("state", String(8), nullable=False),  # planned | running | done | failed
    Column("operation", String(64)),
    Column("started_at", BigInteger, nullable=False),
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),  # lines the shop has worked off, when last looked
)
Index(
    "bulks_open",
    bulks.c.shop,
    bulks.c.number,
    **_only(bulks.c.state.in_([literal_column("'planned'"), literal_column("'running'")])),
)

undos = Table(
    "undos",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begun_at", BigInteger, nullable=False),
    # The span of the ledger, as core.undo has it.
    Column("upto", BigInteger, nullable=False),
    Column("customer", String(64)),
    Column("cause", String(32)),
    Column("since", BigInteger),
    Column("until", BigInteger),
    # What the merchant was shown.
    Column("customers", Integer, nullable=False),
    Column("removals", Integer, nullable=False),
    Column("additions", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    # How far it is.
    Column("state", String(8), nullable=False),  # running | done | stopped | halted | lifting | lifted
    # remove | add (in bulk files), each (one by one); last add, last: the same, for whom it had begun with when stopped
    Column("step", String(8), nullable=False),
    Column("cursor_at", BigInteger, nullable=False, server_default="-1"),  # the entry it has come to, and when that was
    Column("cursor", BigInteger, nullable=False, server_default="0"),
)
Index(
    "undos_open",
    undos.c.shop,
    undos.c.number,
    **_only(undos.c.state.in_([literal_column("'running'"), literal_column("'lifting'")])),
)
