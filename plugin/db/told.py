"""Everything the tables keep of a customer, column by column, for the answer to a data request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, select

from plugin.db.engine import Tx
from plugin.db.tables import consents, customers, ledger, orders, undos

_BY = {
    "customers": (customers, "customer"),
    "consents": (consents, "customer"),
    "tag_changes": (ledger, "customer"),
    "undos": (undos, "customer"),
    "orders": (orders, "customer"),
    "orders_for_companies": (orders, "ordered_by"),
    "orders_named": (orders, "id"),
}


def of_customer(tx: Tx, shop: int, keys: Sequence[str], *, named: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """Sort -> its rows, of these customers and of the orders named."""
    given = {"id": named}
    return {sort: _rows(tx, shop, table, column, given.get(column, keys)) for sort, (table, column) in _BY.items()}


def _rows(tx: Tx, shop: int, table: Table, column: str, values: Sequence[object]) -> list[dict[str, Any]]:
    columns = [one for one in table.columns if one.name != "shop"]
    mine = table.c.shop == bindparam("shop"), table.c[column].in_(bindparam("values", expanding=True))
    found = tx.run(select(*columns).where(*mine), {"shop": shop, "values": values})
    return [dict(row._mapping) for row in found]
