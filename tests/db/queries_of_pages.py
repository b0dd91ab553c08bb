"""A call of every query that only a page of the panel asks."""

from collections.abc import Callable
from typing import Any

from plugin.db import one_customer
from plugin.db.undos import Place
from tests.db.queries import SHOP, Call

PAGES: dict[Callable[..., Any], Call] = {
    one_customer.kept: lambda tx: one_customer.kept(tx, SHOP, "Customer/5"),
    one_customer.written: lambda tx: one_customer.written(tx, SHOP, "Customer/5", before=Place(9, 9), at_most=5),
}
