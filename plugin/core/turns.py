"""When a customer became what: the days on which their kind changed, as today's model and rules have it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from plugin.core.explain import OccasionNote
from plugin.core.replay import Kind


class Turn(NamedTuple):
    """A day (ordinal) on which a customer became of this kind."""

    day: int
    kind: Kind
    lapsed: bool  # because no order came for long


def turns(occasions: Iterable[OccasionNote], today: int) -> Iterator[Turn]:
    """Every change of kind up to `today`, oldest first."""
    kind, lapse_on = Kind.NONE, None
    for note in occasions:
        if kind is Kind.CLIENT and lapse_on is not None and lapse_on <= note.day:
            kind = Kind.BUYER
            yield Turn(lapse_on, kind, lapsed=True)
        if note.kind is not kind:
            kind = note.kind
            yield Turn(note.day, kind, lapsed=False)
        lapse_on = note.lapse_on
    if kind is Kind.CLIENT and lapse_on is not None and lapse_on <= today:
        yield Turn(lapse_on, Kind.BUYER, lapsed=True)
