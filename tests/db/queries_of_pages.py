"""A call of every query that only a page of the panel asks."""

from collections.abc import Callable
from itertools import product
from typing import Any

from plugin.db import customers_listed, exported, found, ledger, one_customer, tagging
from plugin.db.customers_listed import Sort, Wanted
from plugin.db.engine import Tx
from plugin.db.undos import Place
from tests.db.queries import SHOP, Call

EVERY_FILTER = Wanted(2, 3, 5, 1, 900, 1, 900, False)


def lists(tx: Tx) -> None:
    """Every order of the list, with nothing and with everything asked for, from the start and from places both ways."""
    places = (
        None,
        customers_listed.Place(5, "Customer/5", True, False),
        customers_listed.Place(5, "Customer/5", False, True),
    )
    for sort, falling, place in product(Sort, (True, False), places):
        for wanted in (Wanted(), EVERY_FILTER._replace(kind=0 if sort is Sort.NEITHER else 2)):
            customers_listed.listed(tx, SHOP, wanted=wanted, sort=sort, falling=falling, place=place, at_most=50)


PAGES: dict[Callable[..., Any], Call] = {
    customers_listed.listed: lists,
    customers_listed.numbered: lambda tx: customers_listed.numbered(tx, SHOP, 5),
    exported.after: lambda tx: exported.after(tx, SHOP, "Customer/5", at_most=5),
    found.examples: lambda tx: found.examples(tx, SHOP),
    found.found: lambda tx: found.found(tx, SHOP),
    ledger.bulk_done: lambda tx: ledger.bulk_done(tx, SHOP, 1, lines=5, done=3),
    tagging.count_to_sync: lambda tx: tagging.count_to_sync(tx, SHOP),
    tagging.count_up_to: lambda tx: tagging.count_up_to(tx, SHOP, at_most=5),
    one_customer.kept: lambda tx: one_customer.kept(tx, SHOP, "Customer/5"),
    one_customer.written: lambda tx: one_customer.written(tx, SHOP, "Customer/5", before=Place(9, 9), at_most=5),
}
