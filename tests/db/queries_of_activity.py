"""A call of every query about what happened, of the shop that `queries` fills."""

from collections.abc import Callable
from typing import Any

from plugin.db import inbox, ledger_listed, reconciliations
from plugin.db.engine import Tx
from plugin.db.ledger_listed import END, Wanted

SHOP = 1
WANTED = (
    Wanted(),
    Wanted(customer="Customer/5"),
    Wanted(cause="orders"),
    Wanted(state="failed"),
    Wanted(state="unknown"),
    Wanted(state="intended"),
    Wanted(since=1, until=2),
)

OF_ACTIVITY: dict[Callable[..., Any], Callable[[Tx], object]] = {
    inbox.health: lambda tx: inbox.health(tx, SHOP, at_most=5),
    inbox.parked: lambda tx: inbox.parked(tx, SHOP, after=(5, "6")),
    inbox.replay: lambda tx: inbox.replay(tx, SHOP, ["6"], now=5),
    inbox.stands: lambda tx: inbox.stands(tx, SHOP, "6"),
    ledger_listed.listed: lambda tx: [
        ledger_listed.listed(tx, SHOP, wanted, END, newer=newer, at_most=50)
        for wanted in WANTED
        for newer in (False, True)
    ],
    reconciliations.listed: lambda tx: reconciliations.listed(tx, SHOP, at_most=5),
}
