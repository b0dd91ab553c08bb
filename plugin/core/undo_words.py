"""An undo in words: which part of the ledger it is about, what it would do, and how far it is."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.causes import ZONE
from plugin.core.undo import Left, Span
from plugin.core.words import ENGLISH, N_, Words

STATES = {
    "running": N_("It is under way."),
    "done": N_("It is done: what it took back is not written again."),
    "stopped": N_("It is stopped, because the merchant was leaving."),
    "halted": N_("It was stopped on its way: what it took back by then is not written again, the rest is as it was."),
    "lifting": N_("It is being lifted."),
    "lifted": N_("It is lifted: what customers are is written again."),
}
CAUSES = {
    "import": N_("import %(number)s"),
    "reconciliation": N_("reconciliation %(number)s"),
    "rules": N_("rules %(number)s"),
    "model": N_("what the shop taught, number %(number)s"),
    ZONE: N_("the change of the shop's time zone"),
}


class Counted(NamedTuple):
    """How many customers an undo changes, and tags it removes, puts back, and gives back to the merchant."""

    customers: int
    removals: int
    additions: int
    returns: int


def span_words(span: Span, zone: ZoneInfo, words: Words = ENGLISH) -> str:
    """What the span is: "import 3", "customer 7", "2026-11-25", "everything so far"."""
    if span.customer:
        return words.say("customer %(number)s", number=span.customer.rpartition("/")[2])
    if span.customer is not None:
        return words.say("a customer who was erased")
    if span.cause is not None:
        return cause_words(span.cause, words)
    return words.say("everything so far") if span.since is None else _day(span.since, zone)


def cause_words(cause: str, words: Words = ENGLISH) -> str:
    """What came of a cause (core.causes) as one asks for it: "import 3", "the change of the shop's time zone"."""
    what, _, number = cause.partition(" ")
    return words.say(CAUSES[what], number=number) if what in CAUSES else cause


def _day(ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).date().isoformat()


def day_named(text: str) -> int:
    """The ordinal of a day that is named as "2026-11-25"; ValueError when it is not."""
    return date.fromisoformat(text).toordinal()


def counted_words(counted: Counted, words: Words = ENGLISH) -> str:
    """What would be done: "4 customers: 3 tags are removed, 1 tag is put back."."""
    if not counted.customers:
        return words.say("There is nothing to undo.")
    removals, additions, returns = counted[1:]
    deeds = [
        removals and words.many("%(n)s tag is removed", "%(n)s tags are removed", removals),
        additions and words.many("%(n)s tag is put back", "%(n)s tags are put back", additions),
        returns
        and words.many("%(n)s tag is the merchant's own again", "%(n)s tags are the merchant's own again", returns),
    ]
    said = ", ".join(one for one in deeds if one)
    return words.many("%(n)s customer: %(changes)s.", "%(n)s customers: %(changes)s.", counted.customers, changes=said)


def left_words(left: Mapping[Left, int], words: Words = ENGLISH) -> Iterator[str]:
    """Who is left alone and why, most of them first: "2 customers are left alone: their tag has changed since."."""
    for why, number in sorted(left.items(), key=lambda one: -one[1]):
        yield words.many(
            "%(n)s customer is left alone: %(why)s.",
            "%(n)s customers are left alone: %(why)s.",
            number,
            why=N_(why.value),
        )
