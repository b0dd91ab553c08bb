"""A call of every query about figures, of the shop that `queries` fills."""

from collections.abc import Callable
from typing import Any

from plugin.core.figures import Cohort, Figures, Revenue
from plugin.db import all_shops, figures, inbox, retention
from plugin.db.engine import Tx
from plugin.db.inbox import PARKED, WAITING

SHOP = 1
COUNTED = figures.Counted(1, 1, Figures(5, 1, 2, 3, 1, 9, 0, 0, (Cohort(1, 2, (1,) * 12),), (Revenue(1, 2, 3),)))

OF_FIGURES: dict[Callable[..., Any], Callable[[Tx], object]] = {
    all_shops.to_figure: all_shops.to_figure,
    figures.age: lambda tx: figures.age(tx, SHOP),
    figures.nobodys: lambda tx: figures.nobodys(tx, SHOP, since=5, before=35),
    figures.amounts: lambda tx: figures.amounts(tx, SHOP, "Customer/5", "Customer/50", since=5),
    figures.counting: lambda tx: figures.counting(tx, SHOP),
    figures.days: lambda tx: figures.days(tx, SHOP, since=5),
    figures.firsts: lambda tx: figures.firsts(tx, SHOP, "Customer/5", "Customer/50", since=5),
    figures.keep: lambda tx: figures.keep(tx, SHOP, COUNTED),
    figures.lapsing: lambda tx: figures.lapsing(tx, SHOP, before=900, at_most=5),
    figures.old: lambda tx: figures.old(tx, SHOP),
    figures.people: lambda tx: figures.people(tx, SHOP, "Customer/5", "Customer/50"),
    figures.read: lambda tx: figures.read(tx, SHOP),
    figures.upto: lambda tx: figures.upto(tx, SHOP, "Customer/5", many=5),
    inbox.some: lambda tx: [inbox.some(tx, SHOP, state=state, at_most=5) for state in (WAITING, PARKED)],
    retention.old_days: lambda tx: retention.old_days(tx, SHOP, before=5, at_most=5),
}
