"""A verdict in words and rows: what was counted, what was left out and why, and what would change it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from plugin.core.earlier import Earlier
from plugin.core.model import Model, Rules
from plugin.core.occasions import occasions
from plugin.core.orders import Ignored, Judged
from plugin.core.replay import Kind, Why, replay
from plugin.core.verdict import Verdict, chance, judge

IGNORED_WORDS = {
    Ignored.COUNTED: "counts",
    Ignored.TEST: "a test order",
    Ignored.CANCELLED: "cancelled",
    Ignored.VOIDED: "the payment was voided",
    Ignored.EXPIRED: "the payment expired",
    Ignored.REFUNDED: "fully refunded",
    Ignored.ZERO: "nothing was charged for it",
    Ignored.UNPAID: "not paid yet",
    Ignored.DELETED: "deleted at the shop",
}

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class OrderNote(NamedTuple):
    """One order as evidence."""

    order: int
    name: str
    day: int
    ignored: Ignored
    words: str  # of IGNORED_WORDS


class OccasionNote(NamedTuple):
    """One purchase day as evidence."""

    day: int
    orders: tuple[str, ...]  # their names
    weight: float  # what this day added; a comeback starts afresh, so it may be negative
    why: Why
    kind: Kind  # after this day


class Evidence(NamedTuple):
    """Everything a merchant needs to check a verdict by hand; days are ordinals in the shop's zone."""

    verdict: Verdict
    counted: tuple[OrderNote, ...]
    ignored: tuple[OrderNote, ...]
    occasions: tuple[OccasionNote, ...]
    earlier: int  # orders known by number only; as occasions they weigh one each and come before the others
    usual_gap: float  # days
    quiet: int | None  # days since the last counted order
    chance: int  # of 100 such customers, rounded to tens
    lapse_on: int | None
    changes: tuple[str, ...]  # what would change the verdict, in words
    sentence: str
    model: int  # the number of the model that decided
    rules: int  # the number of the rules that decided


def explain(
    orders: Iterable[tuple[int, str, Judged]],
    model: Model,
    rules: Rules,
    today: int,
    *,
    company: bool = False,
    earlier: Earlier | None = None,
) -> Evidence:
    """The evidence behind `judge` on the same orders, given as (order id, name, judged columns)."""
    rows = sorted(orders)
    notes = [_note(*row) for row in rows]
    judged = [row[2] for row in rows]

    def judge_with(more: Sequence[Judged], on: int) -> Verdict:
        return judge([*judged, *more], model, rules, on, company=company, earlier=earlier)

    verdict = judge_with((), today)
    unpaid = (f"{note.name} counts once it is paid." for note in notes if note.ignored is Ignored.UNPAID)
    counted = tuple(note for note in notes if not note.ignored)
    return Evidence(
        verdict=verdict,
        counted=counted,
        ignored=tuple(note for note in notes if note.ignored),
        occasions=_replayed(judged, counted, model, rules, company=company, earlier=verdict.earlier),
        earlier=verdict.earlier,
        usual_gap=verdict.usual_gap,
        quiet=_quiet(verdict, today),
        chance=_tens(chance(verdict, model, today)),
        lapse_on=verdict.lapse_on,
        changes=(
            *unpaid,
            *_changes(verdict, judged, judge_with, soon=max(today, (verdict.last_day or 0) + rules.days_apart)),
        ),
        sentence=sentence(verdict, model, today),
        model=model.number,
        rules=rules.number,
    )


def sentence(verdict: Verdict, model: Model, today: int) -> str:
    """The verdict in one plain English sentence, without the customer's name."""
    if verdict.last_day is None:
        return "No order counts yet, so neither a buyer nor a client."
    quiet = _quiet(verdict, today)
    rest = f"and has been quiet for {_count(quiet, 'day')}" if quiet else "most recently today"
    if verdict.earlier and not verdict.counted:
        rest = f"the last time perhaps around {day_words(verdict.last_day)}"
    odds = f"{_of_hundred(_tens(chance(verdict, model, today)))} such customers order again within {model.horizon} days"
    end = " (provisional: the shop's own numbers are not known yet)" if verdict.provisional else ""
    if verdict.earlier:
        end = " (provisional: older orders cannot be looked at yet)"
    return f"{_lead(verdict)}, {rest}; {odds}, so {_standing(verdict)}{end}."


def day_words(day: int) -> str:
    """A day as people write it: "9 Feb 2027"."""
    read = date.fromordinal(day)
    return f"{read.day} {_MONTHS[read.month - 1]} {read.year}"


def _lead(verdict: Verdict) -> str:
    seen = verdict.occasions - verdict.earlier if verdict.counted else 0
    every = f", usually every {_count(round(verdict.usual_gap), 'day')}" if seen > 1 else ""
    if not verdict.earlier:
        return f"Ordered on {seen} separate occasions{every}" if seen > 1 else "Ordered on one occasion"
    if verdict.occasions == 1:
        return "Ordered once, before we can look"
    which = f"{verdict.earlier} of them" if seen else "both" if verdict.earlier == 2 else "all of them"
    return f"Ordered {verdict.occasions} times, {which} before we can look{every}"


def _standing(verdict: Verdict) -> str:
    if verdict.kind is Kind.CLIENT:
        until = f" until {day_words(verdict.lapse_on)} unless they order" if verdict.lapse_on is not None else ""
        return f"a client{until}"
    if verdict.lapsed and verdict.lapse_on is not None:
        return f"a buyer again: a client who lapsed on {day_words(verdict.lapse_on)}"
    return "a buyer"


def _changes(
    verdict: Verdict, judged: Sequence[Judged], judge_with: Callable[[Sequence[Judged], int], Verdict], *, soon: int
) -> Iterator[str]:
    if verdict.kind is Kind.CLIENT:
        if verdict.lapse_on is not None:
            yield f"Without another order they are a buyer again on {day_words(verdict.lapse_on)}."
        return
    owned = b"".join(order.products for order in judged if not order.ignored)[:4]
    fresh, again = (
        judge_with([Judged(soon, Ignored.COUNTED, False, products)], soon).kind for products in (b"", owned)
    )
    if fresh is not Kind.CLIENT:
        several = "It takes several more orders to make them a client."
        yield several if verdict.kind else "The first order that counts makes them a buyer."
    elif again is Kind.CLIENT:
        yield "One more order on another day makes them a client."
    else:
        yield "One more order on another day, with a product they have not bought before, makes them a client."


def _replayed(
    judged: Iterable[Judged], counted: Sequence[OrderNote], model: Model, rules: Rules, *, company: bool, earlier: int
) -> tuple[OccasionNote, ...]:
    days = occasions(order for order in judged if not order.ignored)
    steps: list[tuple[Why, float, Kind]] = []
    if days:
        replay(days, model, rules, company=company, earlier=earlier, note=lambda *step: steps.append(step))
    notes, before = [], float(earlier)
    for (day, *_), (why, weight, kind) in zip(days, steps, strict=True):
        names = tuple(note.name for note in counted if note.day == day)
        notes.append(OccasionNote(day, names, weight - before, why, kind))
        before = weight
    return tuple(notes)


def _note(order: int, name: str, judged: Judged) -> OrderNote:
    ignored = Ignored(judged.ignored)
    return OrderNote(order, name, judged.day, ignored, IGNORED_WORDS[ignored])


def _quiet(verdict: Verdict, today: int) -> int | None:
    return None if verdict.last_day is None else max(0, today - verdict.last_day)


def _tens(probability: float) -> int:
    return int(probability * 10 + 0.5) * 10


def _of_hundred(tens: int) -> str:
    return {0: "hardly any", 100: "nearly all"}.get(tens, f"about {tens} of 100")


def _count(number: int | None, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
