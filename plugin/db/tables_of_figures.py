"""The tables of what is counted once for many looks: a shop's figures of now, and of each day."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from plugin.db.metadata import metadata
from plugin.db.metadata import shop_column as _shop

figures = Table(
    "figures",
    metadata,
    _shop(),
    Column("as_of", BigInteger, nullable=False),  # when they were counted, on the wall clock
    Column("took", Integer, nullable=False),  # ms
    Column("day", Integer, nullable=False),  # the shop's day they are of
    Column("none", Integer, nullable=False),
    Column("buyers", Integer, nullable=False),
    Column("clients", Integer, nullable=False),
    Column("again", Integer, nullable=False),
    Column("orders", BigInteger, nullable=False),
    Column("to_tag", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("cohorts", Text, nullable=False),  # JSON of core.figures.Cohort
    Column("revenue", Text, nullable=False),  # JSON of core.figures.Revenue
)

daily_figures = Table(
    "daily_figures",
    metadata,
    _shop(),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("none", Integer, nullable=False),
    Column("buyers", Integer, nullable=False),
    Column("clients", Integer, nullable=False),
)
