"""What happened to a customer, newest first, a page at a time: orders, turns, tags, what was done by hand."""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from heapq import nlargest
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.turns import Turn
from plugin.core.undo import day_span
from plugin.db import one_customer
from plugin.db.engine import Tx
from plugin.db.one_customer import Kept, Written
from plugin.db.orders import Listed
from plugin.db.overrides import AT_THE_SHOP
from plugin.db.undos import FOREVER, Place

PAGE = 50
_SPOT = re.compile(r"([0-9]{1,15})\.([0-4])\.([0-9]{1,19})").fullmatch


class What(IntEnum):
    """What happened; of two things at one moment the later one here is the newer."""

    ORDER = 0
    TURN = 1
    TAG = 2
    VETO = 3
    OVERRIDE = 4


class Spot(NamedTuple):
    """A place in the past; `at` is in UTC milliseconds."""

    at: int
    what: What
    id: int


NOW = Spot(FOREVER, What.OVERRIDE, FOREVER)


class Happened(NamedTuple):
    """One thing that happened, and the fact behind it: by `spot.what` an order, turn, ledger line, veto or kind."""

    spot: Spot
    fact: Listed | Turn | Written | str | int


class Past(NamedTuple):
    """A page of it; `older` is where the next one begins, None on the last."""

    happened: list[Happened]
    older: Spot | None


def spot_named(words: str) -> Spot:
    """The place that the address of a page names; the newest when it names none."""
    found = _SPOT(words)
    return Spot(int(found[1]), What(int(found[2])), int(found[3])) if found else NOW


def show_past(
    tx: Tx,
    shop: int,
    customer: str,
    *,
    kept: Kept,
    orders: Sequence[Listed],
    turns: Iterable[Turn],
    zone: ZoneInfo,
    before: Spot,
) -> Past:
    """The page before that place."""
    everything: list[Happened] = [
        *_ordered(orders, before),
        *_turned(turns, orders, zone),
        *_tagged(tx, shop, customer, before),
    ]
    if kept.veto is not None and kept.override_by != AT_THE_SHOP:
        everything.append(Happened(Spot(kept.vetoed_at or 0, What.VETO, 0), kept.veto))
    if kept.override is not None:
        everything.append(Happened(Spot(kept.override_at or 0, What.OVERRIDE, 0), kept.override))
    page = sorted((one for one in everything if one.spot < before), key=lambda one: one.spot, reverse=True)
    return Past(page[:PAGE], page[PAGE - 1].spot if len(page) > PAGE else None)


def _ordered(orders: Sequence[Listed], before: Spot) -> Iterator[Happened]:
    last = before.id if before.what is What.ORDER else FOREVER
    places = ((one.processed_at, one.id, one) for one in orders if (one.processed_at, one.id) < (before.at, last))
    return (Happened(Spot(at, What.ORDER, number), one) for at, number, one in nlargest(PAGE + 1, places))


def _turned(turns: Iterable[Turn], orders: Sequence[Listed], zone: ZoneInfo) -> Iterator[Happened]:
    """A turn comes right after the last order of its day; a lapse at the day's beginning."""
    ordered = {one.judged.day: one.processed_at for one in orders if not one.judged.ignored}
    for turn in turns:
        at = None if turn.lapsed else ordered.get(turn.day)
        yield Happened(Spot(day_span(turn.day, zone)[0] if at is None else at, What.TURN, turn.day), turn)


def _tagged(tx: Tx, shop: int, customer: str, before: Spot) -> Iterator[Happened]:
    last = before.id if before.what is What.TAG else FOREVER if before.what > What.TAG else -1
    lines = one_customer.written(tx, shop, customer, before=Place(before.at, last), at_most=PAGE + 1)
    return (Happened(Spot(one.at, What.TAG, one.id), one) for one in lines)
