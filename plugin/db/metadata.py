"""What the tables share: their one list, the column they all begin with, and partial indexes."""

from typing import Any

from sqlalchemy import Column, ColumnElement, ForeignKey, Integer, MetaData, TextClause

metadata = MetaData()
ONLY_ON = "only on"  # in an index's info: the one dialect that has it


def shop_column() -> Column[int]:
    """The shop: first in every primary key."""
    return Column("shop", Integer, ForeignKey("shops.shop"), primary_key=True, autoincrement=False)


def only(where: ColumnElement[bool] | TextClause) -> dict[str, Any]:
    """A partial index, in both dialects."""
    return {"sqlite_where": where, "postgresql_where": where}
