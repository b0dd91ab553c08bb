"""Evidence as plain values, the same that a page shows, for whoever reads it by machine; days are ISO dates."""

from datetime import date

from plugin.core.explain import Evidence, OccasionNote, OrderNote
from plugin.core.model import Model, Rules

Plain = dict[str, object]


def plain(evidence: Evidence, model: Model, rules: Rules) -> Plain:
    """A JSON object: the verdict, the sentence, every order counted or not, every purchase day, and the numbers that
    decided; `model` and `rules` are those of the evidence."""
    verdict = evidence.verdict
    return {
        "kind": verdict.kind.name.lower(),
        "sentence": evidence.sentence,
        "changes": list(evidence.changes),
        "provisional": verdict.provisional,
        "since": _iso(verdict.since),
        "lapse_on": _iso(verdict.lapse_on),
        "lapsed": verdict.lapsed,
        "came_back": _iso(verdict.came_back),
        "first_day": _iso(verdict.first_day),
        "last_day": _iso(verdict.last_day),
        "quiet_days": evidence.quiet,
        "usual_gap_days": evidence.usual_gap,
        "chance": {"of_100": evidence.chance, "within_days": model.horizon},
        "occasions": verdict.occasions,
        "weight": verdict.weight,
        "earlier_orders": evidence.earlier,
        "purchases": [_purchase(note) for note in evidence.occasions],
        "counted": [_order(note) for note in evidence.counted],
        "ignored": [{**_order(note), "why": note.words} for note in evidence.ignored],
        "model": {**model._asdict(), "replenishable": sorted(model.replenishable)},
        "rules": rules._asdict(),
    }


def _order(note: OrderNote) -> Plain:
    return {"id": note.order, "name": note.name, "day": _iso(note.day)}


def _purchase(note: OccasionNote) -> Plain:
    return {
        "day": _iso(note.day),
        "orders": list(note.orders),
        "why": note.why.value,
        "weight": note.weight,
        "kind": note.kind.name.lower(),
        "lapse_on": _iso(note.lapse_on),
    }


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
