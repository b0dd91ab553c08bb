"""An undo in words: which part of the ledger it is about, what it would do, and how far it is."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.causes import ZONE
from plugin.core.undo import Left, Span

STATES = {
    "running": "under way",
    "done": "done: what it took back is not written again",
    "stopped": "stopped, because the merchant was leaving",
    "lifting": "being lifted",
    "lifted": "lifted: what customers are is written again",
}


class Counted(NamedTuple):
    """How many customers an undo changes, and tags it removes, puts back, and gives back to the merchant."""

    customers: int
    removals: int
    additions: int
    returns: int


def span_words(span: Span, zone: ZoneInfo) -> str:
    """What the span is: "import 3", "customer 7", "2026-11-25", "everything so far"."""
    if span.customer is not None:
        return f"customer {span.customer.rpartition('/')[2]}" if span.customer else "a customer who was erased"
    if span.cause is not None:
        return cause_words(span.cause)
    return "everything so far" if span.since is None else _day(span.since, zone)


def cause_words(cause: str) -> str:
    """What came of a cause (core.causes) as one asks for it: "import 3", "the change of the shop's time zone"."""
    return "the change of the shop's time zone" if cause == ZONE else cause


def _day(ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).date().isoformat()


def day_named(text: str) -> int:
    """The ordinal of a day that is named as "2026-11-25"; ValueError when it is not."""
    return date.fromisoformat(text).toordinal()


def counted_words(counted: Counted) -> str:
    """What would be done: "4 customers: 3 tags are removed, 1 tag is put back."."""
    if not counted.customers:
        return "There is nothing to undo."
    deeds = [
        _many(counted.removals, "tag is removed", "tags are removed"),
        _many(counted.additions, "tag is put back", "tags are put back"),
        _many(counted.returns, "tag is the merchant's own again", "tags are the merchant's own again"),
    ]
    said = ", ".join(one for one in deeds if one)
    return f"{_many(counted.customers, 'customer', 'customers')}: {said}."


def left_words(left: Mapping[Left, int]) -> Iterator[str]:
    """Who is left alone and why, most of them first: "2 customers are left alone: their tag has changed since."."""
    for why, number in sorted(left.items(), key=lambda one: -one[1]):
        yield f"{_many(number, 'customer is', 'customers are')} left alone: {why}."


def _many(number: int, one: str, many: str) -> str:
    """The number with its words; nothing for none."""
    return f"{number:,} {one if number == 1 else many}" if number else ""
