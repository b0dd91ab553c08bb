"""A call of every query that only a page of the panel asks."""

from collections.abc import Callable
from typing import Any

from plugin.db import found, ledger, one_customer, tagging
from plugin.db.undos import Place
from tests.db.queries import SHOP, Call

PAGES: dict[Callable[..., Any], Call] = {
    found.examples: lambda tx: found.examples(tx, SHOP),
    found.found: lambda tx: found.found(tx, SHOP),
    ledger.bulk_done: lambda tx: ledger.bulk_done(tx, SHOP, 1, lines=5, done=3),
    tagging.count_to_sync: lambda tx: tagging.count_to_sync(tx, SHOP),
    tagging.count_up_to: lambda tx: tagging.count_up_to(tx, SHOP, at_most=5),
    one_customer.kept: lambda tx: one_customer.kept(tx, SHOP, "Customer/5"),
    one_customer.written: lambda tx: one_customer.written(tx, SHOP, "Customer/5", before=Place(9, 9), at_most=5),
}
