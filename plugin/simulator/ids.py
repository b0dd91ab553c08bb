"""Ids as Shopify gives them out: long numbers that grow, one sequence for each sort of thing."""

from plugin.simulator.state import Shop

_FIRST = {
    "customer": 6_900_000_000_000,
    "order": 5_600_000_000_000,
    "line": 14_100_000_000_000,
    "product": 8_100_000_000_000,
    "refund": 1_100_000_000_000,
}
_STEP = 32_768


def fresh(shop: Shop, sort: str) -> int:
    """The shop's next id of this sort ("customer", "order", "line", "product", "refund")."""
    number = shop.numbers[sort] = shop.numbers.get(sort, 0) + 1
    return _FIRST[sort] + number * _STEP


def next_name(shop: Shop) -> str:
    """The name merchants know an order by: "#1001" for the first one."""
    number = shop.numbers["name"] = shop.numbers.get("name", 1000) + 1
    return f"#{number}"
