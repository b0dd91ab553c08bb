"""What the coming days bring to a shop: the rest of its history, and made-up customers who join in."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from plugin.simulator.history import Item, Purchase
from plugin.simulator.load import Due, Loaded

HOUR = 3_600_000
_PRODUCTS = 24
_CODES = ("WELCOME10", "FLASH20")


class Visit(NamedTuple):
    """An order to be placed; `fate` is what becomes of a made-up one ("", "cancel", "refund", "part"), at `fate_at`."""

    due: Due
    joined: bool = False
    code: str | None = None
    fate: str = ""
    fate_at: int = 0


def visits(loaded: Loaded, *, until: int, joined: float, mishaps: float, seed: int) -> list[Visit]:
    """All orders up to the moment `until`, in order of time; the same seed makes up the same ones.

    `joined`: made-up orders per order of the history; `mishaps`: the share of made-up orders that do not end well.
    """
    rest = [due for due in loaded.rest if due.at <= until]
    made_up = _made_up(rest, until=until, joined=joined, mishaps=mishaps, rng=random.Random(seed))
    return sorted([*(Visit(due) for due in rest), *made_up], key=lambda visit: visit.due.at)


def _made_up(rest: list[Due], *, until: int, joined: float, mishaps: float, rng: random.Random) -> Iterator[Visit]:
    people = 0
    for place in rest:
        if rng.random() >= joined:
            continue
        if not people or rng.random() < 0.6:
            people += 1
            who = people
        else:
            who = rng.randint(1, people)
        at = min(until, place.at + rng.randint(1, 2 * HOUR))
        discounted = rng.random() < 0.3
        fate, fate_at = _fate(at, until, mishaps, rng)
        due = Due(at, _purchase(f"made-up {who}", place, discounted, rng))
        yield Visit(due, True, rng.choice(_CODES) if discounted else None, fate, fate_at)


def _purchase(customer: str, place: Due, discounted: bool, rng: random.Random) -> Purchase:
    items = []
    for product in rng.sample(range(_PRODUCTS), rng.choice((1, 1, 2, 3))):
        quantity = rng.choice((1, 1, 1, 2))
        price = Decimal(rng.randint(500, 6000)) / 100
        off = (price * quantity / 10).quantize(Decimal("0.01")) if discounted else Decimal(0)
        items.append(Item(f"made-up product {product + 1}", quantity, price * quantity - off, off))
    return Purchase(customer, place.purchase.day, tuple(items))


def _fate(at: int, until: int, mishaps: float, rng: random.Random) -> tuple[str, int]:
    fate = rng.choice(("cancel", "refund", "part")) if rng.random() < mishaps else ""
    fate_at = at + rng.randint(HOUR // 2, 30 * HOUR)
    return (fate, fate_at) if fate and fate_at <= until else ("", 0)
