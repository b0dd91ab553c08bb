"""The rules of a verdict as they run: one customer's purchase days go by, and the kind follows."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum, StrEnum
from typing import TypeAlias

from plugin.core.model import Model, Rules
from plugin.core.occasions import Occasion


class Kind(IntEnum):
    """What a customer is; NONE when no order counts."""

    NONE = 0
    BUYER = 1
    CLIENT = 2


class Why(StrEnum):
    """Why a purchase day weighs what it does."""

    FIRST = "first"
    NEW = "new product"
    SAME = "same product again"
    USED_UP = "bought to be used up"
    RENEWAL = "renewal"
    COMEBACK = "comeback"
    SAME_OCCASION = "same occasion"


# (kind, the day it began, lapse day, occasions, their weight, usual gap) after the last purchase day, and what going on
# from there needs: (sum of the gaps, their number, the last chosen day, the last occasion's day, the day of the last
# comeback, products known by then). Bare for speed.
Standing: TypeAlias = tuple[
    Kind, int, int | None, int, float, float, int, int, int | None, int, int | None, AbstractSet[int]
]
# Of a purchase day: why it weighs, the weight so far, and the kind and lapse day after it.
Note: TypeAlias = Callable[[Why, float, Kind, int | None], object]


# Reading a member off its enum takes ten times as long as a name of the module, and judging reads them per order.
_BUYER, _CLIENT = Kind.BUYER, Kind.CLIENT
_FIRST, _NEW, _SAME, _COMEBACK, _SAME_OCCASION = Why.FIRST, Why.NEW, Why.SAME, Why.COMEBACK, Why.SAME_OCCASION
_NOTHING = frozenset[int]()


def replay(
    days: Sequence[Occasion],
    model: Model,
    rules: Rules,
    *,
    company: bool = False,
    earlier: int = 0,
    note: Note | None = None,
) -> Standing:
    """Where a customer stands after these purchase days (ascending, at least one); `note` hears of each.

    `earlier` occasions came before: they weigh one each and tell nothing about gaps, for nobody knows their days.
    """
    start = begin(days[0][0], model, rules, earlier=earlier)
    return go_on(start, days, model, rules, company=company, note=note)


def begin(first: int, model: Model, rules: Rules, *, earlier: int = 0) -> Standing:
    """Where a customer stands before their first purchase day, which is this one."""
    before = first - rules.days_apart
    return _BUYER, first, None, earlier, float(earlier), model.usual_gap, 0, 0, None, before, None, _NOTHING


def go_on(
    standing: Standing,
    days: Iterable[Occasion],
    model: Model,
    rules: Rules,
    *,
    company: bool = False,
    note: Note | None = None,
) -> Standing:
    """Where a customer who stood there stands after these purchase days too; each comes after those before it."""
    apart, enter, leave, same_weight = rules.days_apart, rules.enter, rules.leave, rules.same_product_weight
    needed = rules.company_occasions if company else rules.occasions
    prior, trust, readiness = model.usual_gap, rules.prior_gaps, model.readiness
    # `chosen` is the last day that was no billing day: gaps run between these.
    kind, since, lapse_on, n, weight, gap, gap_sum, gaps, chosen, anchor, back, before = standing
    known = set(before)
    for day, products, unknown, renewal in days:
        if lapse_on is not None and lapse_on <= day and kind is _CLIENT:
            kind, since = _BUYER, lapse_on  # the sweep at a midnight in between
        if not renewal:
            if chosen is not None:
                gap_sum, gaps = gap_sum + day - chosen, gaps + 1
                gap = (trust * prior + gap_sum) / (trust + gaps)
            chosen = day
        why = _SAME_OCCASION
        if day - anchor >= apart:
            # The first occasion after a lapse; the next ones add to it.
            comeback = n > 1 and lapse_on is not None and anchor <= lapse_on < day and kind is _BUYER
            n, anchor, back = n + 1, day, day if comeback else back
            why = _COMEBACK if comeback else _why(products, unknown, renewal, known, model) if n > 1 else _FIRST
            # A comeback is a fresh start: measured, such customers return like second-time ones.
            weight = 2.0 if comeback else weight + (same_weight if why is _SAME else 1.0)
        known.update(products)
        odds = readiness * weight
        if weight >= needed and (kind is _CLIENT or odds / (1 + odds) >= enter):
            if kind is _BUYER:
                kind, since = _CLIENT, day
            # The chance falls with time alone, so the first day it is under `leave` is known now.
            quiet = gap * (odds * (1 - leave) / leave - 1)
            lapse_on = day + int(min(rules.longest_quiet, quiet) if quiet > 1 else 1)
        if note is not None:
            note(why, weight, kind, lapse_on)
    return kind, since, lapse_on, n, weight, gap, gap_sum, gaps, chosen, anchor, back, known


def _why(products: tuple[int, ...], unknown: bool, renewal: bool, known: set[int], model: Model) -> Why:
    if renewal:
        return Why.RENEWAL
    if unknown or not known.issuperset(products):
        return _NEW
    return _SAME if model.replenishable.isdisjoint(products) else Why.USED_UP
