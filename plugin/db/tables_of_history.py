"""The tables of how a shop came to be known: imports, and the numbers verdicts are made with."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, String, Table, Text

from plugin.db.metadata import metadata
from plugin.db.metadata import shop_column as _shop

models = Table(
    "models",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("usual_gap", Float, nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("readiness", Float, nullable=False),
    Column("taught", Boolean, nullable=False),
    Column("replenishable", LargeBinary, nullable=False),
)

rules = Table(
    "rules",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),  # JSON of core.model.Rules
)

imports = Table(
    "imports",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("stage", String(16), nullable=False),  # asked | reading | judging | done | failed | again
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("orders_operation", String(64)),
    Column("customers_operation", String(64)),
    Column("expected", BigInteger, nullable=False, server_default="0"),  # objects the shop announced
    Column("lines", BigInteger, nullable=False, server_default="0"),  # read so far
    Column("tries", Integer, nullable=False, server_default="0"),  # exports that were asked for anew
    Column("orders", BigInteger, nullable=False, server_default="0"),
    Column("customers", BigInteger, nullable=False, server_default="0"),
    Column("earlier", BigInteger, nullable=False, server_default="0"),  # orders of customers, known by number only
    Column("put_away_at", BigInteger),  # when the merchant put away what they were told of those; NULL: they did not
    # What was found when it was done; NULL before that.
    Column("buyers", BigInteger),
    Column("clients", BigInteger),
    Column("neither", BigInteger),
    Column("to_tag", BigInteger),  # how many tags differed; counted anew when the merchant said yes to too old a number
    Column("first_day", BigInteger),
    Column("last_day", BigInteger),
    Column("reason", Text),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    _shop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("why", String(16), nullable=False),  # night | outage | asked
    Column("stage", String(16), nullable=False),  # asked | done | failed | cancelled
    Column("since", BigInteger, nullable=False),  # changes from then on are looked at; on the shops' calendar
    Column("as_of", BigInteger, nullable=False),  # up to when; on the shops' calendar
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("orders_operation", String(64)),
    Column("customers_operation", String(64)),
    Column("tries", Integer, nullable=False, server_default="0"),  # exports that were asked for anew
    Column("expected", BigInteger, nullable=False, server_default="0"),  # lines that there are to read
    Column("lines", BigInteger, nullable=False, server_default="0"),  # read so far
    # See core.reconciling.Mended.
    Column("orders", BigInteger, nullable=False, server_default="0"),
    Column("customers", BigInteger, nullable=False, server_default="0"),
    Column("missing", BigInteger, nullable=False, server_default="0"),
    Column("wrong", BigInteger, nullable=False, server_default="0"),
    Column("judged", BigInteger, nullable=False, server_default="0"),
    Column("tags", BigInteger, nullable=False, server_default="0"),
    Column("gone", BigInteger, nullable=False, server_default="0"),
    Column("checked_to", BigInteger, nullable=False, server_default="0"),  # the last order asked whether it is there
    Column("asked_to", String(64), nullable=False, server_default=""),  # the last customer asked about a subscription
    Column("reason", Text),  # why it failed, or what could not be read
)

pulses = Table(
    "pulses",
    metadata,
    Column("shop", Integer, primary_key=True, autoincrement=False),  # 0: all of them, for the app is one
    Column("at", BigInteger, nullable=False),  # when the app was last alive
)
