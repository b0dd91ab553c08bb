"""Which orders count, and why the others do not."""

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from plugin.core.facts import OrderSeen


class Ignored(IntEnum):
    """Why an order is no occasion; COUNTED (0) when it is one. The numbers are stored: never change their meaning."""

    COUNTED = 0
    TEST = 1
    CANCELLED = 2
    VOIDED = 3
    EXPIRED = 4
    REFUNDED = 5
    ZERO = 6
    UNPAID = 7
    DELETED = 8


class Judged(NamedTuple):
    """The columns of a stored order that a verdict reads."""

    day: int
    ignored: int
    renewal: bool
    products: bytes


# Reading a member off its enum takes ten times as long as a name of the module, and a million orders ask.
_COUNTED, _ZERO = Ignored.COUNTED, Ignored.ZERO
_PAID = frozenset({"authorized", "paid", "partially_paid", "partially_refunded"})
_DEAD = {"voided": Ignored.VOIDED, "expired": Ignored.EXPIRED, "refunded": Ignored.REFUNDED}


def why_ignored(order: OrderSeen) -> Ignored:
    """COUNTED, or the first reason why not; a gift card or store credit is payment, so `total` is before both."""
    if order.test:
        return Ignored.TEST
    if order.cancelled:
        return Ignored.CANCELLED
    if order.status in _DEAD:
        return _DEAD[order.status]
    if order.total <= 0:
        return _ZERO
    if order.refunded >= order.total:
        return Ignored.REFUNDED
    if order.current_total <= 0:
        return Ignored.REFUNDED if order.refunded > 0 else _ZERO
    if order.status in _PAID or (order.status == "pending" and order.pays_later):
        return _COUNTED
    return Ignored.UNPAID


_BY_HAND = re.compile(
    r"cash on delivery|bank (deposit|transfer|wire)|wire transfer|money order|\bcod\b|^(manual|custom|cheque|check)$"
)


@lru_cache(maxsize=1024)
def manual_gateway(names: tuple[str, ...]) -> bool:
    """Whether one of the payment gateways is settled by hand, so that "pending" is the customer's promise to pay."""
    return any(map(_by_hand, names))


def _by_hand(name: str) -> bool:
    return _BY_HAND.search(re.sub(r"[\W_]+", " ", name.casefold()).strip()) is not None


MOST_PRODUCTS = 64
_UINT32 = 0xFFFF_FFFF
_SHAPES = [Struct(f"<{size}I") for size in range(MOST_PRODUCTS + 1)]


def pack_products(ids: Iterable[int]) -> bytes:
    """Product keys of one order: sorted unique low 32 bits of the ids as little-endian uint32, 64 at most."""
    keys = sorted({id_ & _UINT32 for id_ in ids})[:MOST_PRODUCTS]
    return _SHAPES[len(keys)].pack(*keys)


def unpack_products(packed: bytes) -> tuple[int, ...]:
    """The product keys in `packed`, ascending."""
    return _SHAPES[len(packed) >> 2].unpack(packed)


def merge_products(one: bytes, other: bytes) -> bytes:
    """The keys of both, packed; order and repetition do not matter."""
    if not other or one == other:
        return one
    return pack_products(unpack_products(one) + unpack_products(other)) if one else other
