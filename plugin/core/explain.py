"""A verdict in words and rows: what was counted, what was left out and why, and what would change it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.core.changes import GoOn, lapse_words, needed, needed_words
from plugin.core.earlier import Earlier, unseen
from plugin.core.model import Model, Rules
from plugin.core.occasions import Occasion, occasions
from plugin.core.orders import Ignored, Judged
from plugin.core.replay import Kind, Why, go_on, replay
from plugin.core.verdict import Verdict, chance, conclude, judge
from plugin.core.verdict_words import IGNORED_WORDS, quiet_days, sentence, tens
from plugin.core.words import ENGLISH, Words

MOST_UNPAID = 3  # orders whose payment is said to make them count


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
    lapse_on: int | None  # a client lapses then unless another day comes; kept after a lapse


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
    words: Words = ENGLISH,
) -> Evidence:
    """The evidence behind `judge` on the same orders, given as (order id, name, judged columns)."""
    rows = sorted(orders)
    why = {reason.value: (reason, words.say(said)) for reason, said in IGNORED_WORDS.items()}
    notes = [OrderNote(order, name, judged.day, *why[judged.ignored]) for order, name, judged in rows]
    counted, ignored = _parted(notes)
    judged = [row[2] for row in rows]
    seen = _look(judged, model, rules, today, company=company, earlier=earlier)
    verdict = seen.verdict
    unpaid = [note for note in ignored if note.ignored is Ignored.UNPAID][-MOST_UNPAID:]
    return Evidence(
        verdict=verdict,
        counted=counted,
        ignored=ignored,
        occasions=_occasions(seen, counted),
        earlier=verdict.earlier,
        usual_gap=verdict.usual_gap,
        quiet=quiet_days(verdict, today),
        chance=tens(chance(verdict, model, today)),
        lapse_on=verdict.lapse_on,
        changes=(
            *(words.say("%(order)s counts once it is paid.", order=note.name) for note in unpaid),
            *_changes(seen, rules, today, words),
        ),
        sentence=sentence(verdict, model, today, words),
        model=model.number,
        rules=rules.number,
    )


class _Seen(NamedTuple):
    """A verdict, and the one replay behind it."""

    verdict: Verdict
    days: Sequence[Occasion]  # without one that is only guessed
    steps: Sequence[tuple[Why, float, Kind, int | None]]  # of each day
    anchor: int  # the day their last occasion began
    owned: tuple[int, ...]  # a product they have, one that weighs the least; none known: ()
    then: GoOn


def _look(
    judged: Sequence[Judged], model: Model, rules: Rules, today: int, *, company: bool, earlier: Earlier | None
) -> _Seen:
    """What `judge` says, each step of it, and how it would go on; a customer may have thousands of days."""
    days = occasions(order for order in judged if not order.ignored)
    if not days:
        verdict = judge(judged, model, rules, today, company=company, earlier=earlier)

        def begin(more: Sequence[Occasion]) -> Kind:
            return replay(more, model, rules, company=company, earlier=verdict.earlier)[0]

        return _Seen(verdict, (), (), verdict.last_day or 0, (), begin)
    before = unseen(earlier, (order.day for order in judged))
    steps: list[tuple[Why, float, Kind, int | None]] = []
    standing = replay(days, model, rules, company=company, earlier=before, note=lambda *step: steps.append(step))
    counted = sum(not order.ignored for order in judged)
    verdict = conclude(standing, days, model, today, counted=counted, ignored=len(judged) - counted, earlier=before)
    *_, anchor, _, _ = standing

    def on(more: Sequence[Occasion]) -> Kind:
        return go_on(standing, more, model, rules, company=company)[0]

    return _Seen(verdict, days, steps, anchor, _owned(days, model), on)


def _owned(days: Sequence[Occasion], model: Model) -> tuple[int, ...]:
    first: tuple[int, ...] = ()
    for _, products, *_ in days:
        for key in products:
            if key not in model.replenishable:
                return (key,)
            first = first or (key,)
    return first


def _changes(seen: _Seen, rules: Rules, today: int, words: Words) -> Iterator[str]:
    verdict = seen.verdict
    if verdict.kind is Kind.CLIENT:
        yield from lapse_words(verdict, words)
        return
    need = needed(verdict, rules, today, anchor=seen.anchor, owned=seen.owned, then=seen.then)
    if verdict.kind:
        yield from needed_words(need, rules, words)
    elif need.fresh == 1:
        yield words.say("The first order that counts makes them a client.")
    else:
        yield words.say("The first order that counts makes them a buyer.")


def _parted(notes: Iterable[OrderNote]) -> tuple[tuple[OrderNote, ...], tuple[OrderNote, ...]]:
    """Those that count, and the others."""
    counted, ignored = list[OrderNote](), list[OrderNote]()
    for note in notes:
        (ignored if note.ignored else counted).append(note)
    return tuple(counted), tuple(ignored)


def _occasions(seen: _Seen, counted: Iterable[OrderNote]) -> tuple[OccasionNote, ...]:
    named = defaultdict[int, list[str]](list)
    for order in counted:
        named[order.day].append(order.name)
    notes, before = [], float(seen.verdict.earlier)
    for (day, *_), (why, weight, kind, lapse_on) in zip(seen.days, seen.steps, strict=True):
        notes.append(OccasionNote(day, tuple(named[day]), weight - before, why, kind, lapse_on))
        before = weight
    return tuple(notes)


def shared(evidence: Evidence, verdict: Verdict, model: Model, today: int, words: Words = ENGLISH) -> Evidence:
    """The same evidence under the verdict that its customer shares with company locations (core.verdict.combine)."""
    return evidence._replace(
        verdict=verdict,
        usual_gap=verdict.usual_gap,
        quiet=quiet_days(verdict, today),
        chance=tens(chance(verdict, model, today)),
        lapse_on=verdict.lapse_on,
        changes=tuple(lapse_words(verdict, words)),
        sentence=sentence(verdict, model, today, words),
    )
