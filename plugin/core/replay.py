"""The rules of a verdict as they run: one customer's purchase days go by, and the kind follows."""

from collections.abc import Callable, Sequence
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


# (kind, the day it began, lapse day, occasions, their weight, usual gap) after the last purchase day; bare for speed.
Standing: TypeAlias = tuple[Kind, int, int | None, int, float, float]
Note: TypeAlias = Callable[[Why, float, Kind], object]  # why, weight so far, kind after the day


def replay(
    days: Sequence[Occasion], model: Model, rules: Rules, *, company: bool = False, note: Note | None = None
) -> Standing:
    """Where a customer stands after these purchase days (ascending, at least one); `note` hears of each."""
    apart, same_weight = rules.days_apart, rules.same_product_weight
    needed = rules.company_occasions if company else rules.occasions
    gap, gap_sum, gaps = model.usual_gap, 0, 0
    chosen = None  # the last day that was no billing day: gaps run between these
    kind, since, lapse_on = Kind.BUYER, days[0][0], None
    n, weight, anchor, known = 0, 0.0, since - apart, set[int]()
    for day, products, unknown, renewal in days:
        if lapse_on is not None and lapse_on <= day and kind is Kind.CLIENT:
            kind, since = Kind.BUYER, lapse_on  # the sweep at a midnight in between
        if not renewal:
            if chosen is not None:
                gap_sum, gaps = gap_sum + day - chosen, gaps + 1
                gap = (rules.prior_gaps * model.usual_gap + gap_sum) / (rules.prior_gaps + gaps)
            chosen = day
        why = Why.SAME_OCCASION
        if day - anchor >= apart:
            n, anchor = n + 1, day
            comeback = n > 2 and kind is Kind.BUYER and lapse_on is not None and day > lapse_on
            why = Why.COMEBACK if comeback else _why(products, unknown, renewal, known, model) if n > 1 else Why.FIRST
            # A comeback is a fresh start: measured, such customers return like second-time ones.
            weight = 2.0 if comeback else weight + (same_weight if why is Why.SAME else 1.0)
        known.update(products)
        if weight >= needed and (kind is Kind.CLIENT or _enters(weight, model, rules)):
            if kind is Kind.BUYER:
                kind, since = Kind.CLIENT, day
            lapse_on = day + _patience(gap, weight, model, rules)
        if note is not None:
            note(why, weight, kind)
    return kind, since, lapse_on, n, weight, gap


def _why(products: tuple[int, ...], unknown: bool, renewal: bool, known: set[int], model: Model) -> Why:
    if renewal:
        return Why.RENEWAL
    if unknown or not known.issuperset(products):
        return Why.NEW
    return Why.SAME if model.replenishable.isdisjoint(products) else Why.USED_UP


def _enters(weight: float, model: Model, rules: Rules) -> bool:
    odds = model.readiness * weight
    return odds / (1 + odds) >= rules.enter


def _patience(gap: float, weight: float, model: Model, rules: Rules) -> int:
    """Days of quiet until the chance, which falls with time alone, is under `leave`."""
    odds = model.readiness * weight
    return int(min(rules.longest_quiet, max(1, gap * (odds * (1 - rules.leave) / rules.leave - 1))))
