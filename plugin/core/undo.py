"""What undoing a span of the ledger does to one customer: their tags of ours stand afterwards as before the span."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.causes import UNDO
from plugin.core.words import N_

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = frozenset({"done", "unknown"})  # a lost answer may have been a yes


class Span(NamedTuple):
    """A part of the ledger; what is None does not narrow it down. `upto` is the last entry the merchant was shown."""

    upto: int
    customer: str | None = None
    cause: str | None = None  # see core.causes
    since: int | None = None  # UTC milliseconds
    until: int | None = None  # the first that no longer belongs to it


class Line(NamedTuple):
    """A line of one customer's ledger."""

    id: int
    customer: str
    at: int
    action: str  # add | remove | adopt | return (the merchant's again; nothing was sent)
    tag: str
    cause: str
    state: str  # intended | done | failed | unknown


class Left(StrEnum):
    """Why a customer is left alone."""

    NOTHING = N_("nothing of it happened to them")
    UNDONE = N_("it has been undone already")
    CHANGED = N_("their tag has changed since")
    UNDER_WAY = N_("a change of their tag is under way")
    HELD = N_("they object or are gone, or their tag was changed by hand")


class Undoing(NamedTuple):
    """Tags to remove, to add and to return (to the merchant, without a call); what is ours then; `left`: do nothing."""

    remove: tuple[str, ...]
    add: tuple[str, ...]
    back: tuple[str, ...]
    ours: tuple[str, ...]
    lines: tuple[int, ...]  # what it undoes
    left: Left | None = None


def day_span(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """When a day (a date ordinal) of the shop's zone begins, and when the next does: UTC milliseconds."""
    return _begin(day, zone), _begin(day + 1, zone)


def _begin(day: int, zone: ZoneInfo) -> int:
    # Of a midnight that comes twice this is the first; of one that is skipped, the moment of the leap.
    at = datetime.combine(date.fromordinal(day), datetime.min.time(), zone).astimezone(UTC)
    return int((at - _EPOCH).total_seconds()) * 1000


def within(span: Span, line: Line) -> bool:
    """Whether a line lies in the span. An undo never does: it is taken back by lifting it, not by another undo."""
    return (
        line.id <= span.upto
        and span.customer in {None, line.customer}
        and span.cause in {None, line.cause}
        and (span.since is None or span.since <= line.at)
        and (span.until is None or line.at < span.until)
        and not line.cause.startswith(UNDO)
    )


def undoing(lines: Sequence[Line], span: Span, *, ours: Collection[str], held: bool) -> Undoing:
    """What to do about one customer, whose lines are given in order of id, and `ours` as it is now.

    Undone are the lines of the span that nothing outside of it came after. Only tags those lines name are touched: one
    is ours again if it was before them, the merchant's again if we had taken it over, and gone if we had brought it.
    """
    told = [line for line in lines if line.state in _COUNTS]
    run = list(takewhile(lambda line: within(span, line), reversed(told)))[::-1]
    left = _left(lines, told, run, span, held=held)
    if left:
        return Undoing((), (), (), tuple(sorted(ours)), (), left)
    earlier = _last_of_each(told[: len(told) - len(run)])
    have = {tag.casefold(): tag for tag in ours}
    keep, remove, add, back = dict(have), [], [], []
    for name, first in _last_of_each(reversed(run)).items():
        mine, there = _before(earlier.get(name), first)
        if there and name not in have:
            add.append(first.tag)
        if not there and name in have:
            remove.append(have[name])
        if there and not mine:
            back.append(first.tag)
        keep.pop(name, None)
        if mine:
            keep[name] = have.get(name, first.tag)
    gone, again, returned, rest = (tuple(sorted(tags)) for tags in (remove, add, back, keep.values()))
    return Undoing(gone, again, returned, rest, tuple(line.id for line in run))


def _left(lines: Iterable[Line], told: Sequence[Line], run: Sequence[Line], span: Span, *, held: bool) -> Left | None:
    if not any(within(span, line) for line in lines if line.state in _COUNTS | {"intended"}):
        return Left.NOTHING
    if any(line.state == "intended" for line in lines):
        return Left.UNDER_WAY
    if not run:
        return Left.UNDONE if told[-1].cause.startswith(UNDO) else Left.CHANGED
    return Left.HELD if held else None


def _last_of_each(lines: Iterable[Line]) -> dict[str, Line]:
    """The last line about each tag, told apart as Shopify does, without regard to case."""
    return {line.tag.casefold(): line for line in lines}


def _before(earlier: Line | None, first: Line) -> tuple[bool, bool]:
    """Whether a tag was ours, and there at all, before the `first` line of the span about it."""
    if first.action == "adopt":
        return False, True
    if not earlier:  # inherited in a merge, or older than the ledger
        return first.action == "remove", first.action == "remove"
    # A removal whose answer was lost leaves the tag ours until somebody looks.
    mine = earlier.action in {"add", "adopt"} or (earlier.action == "remove" and earlier.state == "unknown")
    return mine, mine
