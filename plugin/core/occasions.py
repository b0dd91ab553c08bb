"""Purchase days: what a customer did on one calendar day, whatever order its orders came in."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from plugin.core.orders import Judged, unpack_products

# One purchase day: (day, keys of the products in its orders, an order names no product, all were billed by a
# subscription). A bare tuple, because building a named one for every order costs a fifth of all judging.
Occasion: TypeAlias = tuple[int, tuple[int, ...], bool, bool]


def occasions(counted: Iterable[Judged]) -> list[Occasion]:
    """Counted orders folded into purchase days, ascending."""
    orders = sorted(counted)
    if len({order[0] for order in orders}) < len(orders):
        return [_one_day(day, list(same_day)) for day, same_day in groupby(orders, key=itemgetter(0))]
    return [(day, unpack_products(products), not products, renewal) for day, _, renewal, products in orders]


def _one_day(day: int, orders: Sequence[Judged]) -> Occasion:
    keys = {key for order in orders for key in unpack_products(order.products)}
    unknown = any(not order.products for order in orders)
    return day, tuple(sorted(keys)), unknown, all(order.renewal for order in orders)
