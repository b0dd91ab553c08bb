"""What a merchant could do next: at most three things, the most urgent first, each with the number behind it."""

from enum import StrEnum
from typing import NamedTuple

AT_MOST = 3
FEW = 10  # customers that are nobody's trend
SHARE = 0.05


class What(StrEnum):
    """What is proposed."""

    SWITCH_ON = "switch tagging on"
    LOOK_AT_PARKED = "look at what could not be read"
    SEE_LAPSING = "see who is about to lapse"
    SEE_VETOES = "see whose tags were changed by hand"


class Proposal(NamedTuple):
    """What, and how many it is about."""

    what: What
    number: int


class Standing(NamedTuple):
    """What proposals follow from; numbers may be counted up to a bound only."""

    tagging: bool
    removing: bool  # our tags are being taken off, or are
    parked: int  # deliveries
    clients: int
    customers: int  # clients and buyers
    lapsing: int  # clients whose lapse day is near
    vetoes: int


def proposals(standing: Standing) -> list[Proposal]:
    """The first three that have a reason."""
    all_of_them = (
        (What.SWITCH_ON, standing.customers, not standing.tagging and not standing.removing),
        (What.LOOK_AT_PARKED, standing.parked, standing.parked > 0),
        (What.SEE_LAPSING, standing.lapsing, _many(standing.lapsing, standing.clients)),
        (What.SEE_VETOES, standing.vetoes, _many(standing.vetoes, standing.customers)),
    )
    return [Proposal(what, number) for what, number, reason in all_of_them if reason][:AT_MOST]


def _many(number: int, of: int) -> bool:
    return number >= FEW and number >= of * SHARE
