"""A call of every query about models and rules, of the shop that `queries` fills."""

from collections.abc import Callable
from typing import Any

from plugin.core.model import Model, Rules
from plugin.db import all_shops, shops, taught
from plugin.db.engine import Tx

SHOP = 1

OF_LEARNING: dict[Callable[..., Any], Callable[[Tx], object]] = {
    all_shops.to_learn: lambda tx: all_shops.to_learn(tx, now=5),
    shops.add_rules: lambda tx: shops.add_rules(tx, SHOP, chosen=Rules(number=9), now=1),
    shops.judging: lambda tx: shops.judging(tx, SHOP),
    taught.drawn: lambda tx: taught.drawn(tx, SHOP, halvings=3),
    taught.keep: lambda tx: taught.keep(tx, SHOP, taught.Kept(Model(number=9), 1)),
}
