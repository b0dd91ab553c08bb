"""How it stands with a customer's tag at the shop, and what holds it back."""

from enum import StrEnum


class TagState(StrEnum):
    """One of these holds; those that hold a tag back come before what is merely to be done."""

    GONE = "gone"  # the customer is no longer at the shop
    VETOED = "vetoed"  # the merchant changed it by hand
    UNDONE = "undone"  # the merchant had it taken back
    SENT = "sent"  # its change travels in a file
    REFUSED = "refused"  # the shop refused it
    LEAVING = "leaving"  # all our tags are taken off
    OFF = "off"  # tagging is not switched on
    PAUSED = "paused"  # tagging waits for the merchant's word
    HALTED = "halted"  # the merchant has tagging paused
    TO_READ = "to read"  # the customer's tags are read before anything is written
    WAITING = "waiting"  # it is still to be written
    RIGHT = "right"


def tag_state(
    kind: int,
    at_shop: int,
    *,
    held: str | None,
    vetoed: bool,
    to_look: bool,
    leaving: bool,
    tagging: bool,
    paused: bool,
    halted: bool,
) -> TagState:
    """The state of one tag; `held` and `at_shop` as they are kept of a customer (db.tagging)."""
    holds = {"gone": TagState.GONE, "undone": TagState.UNDONE, "in a bulk file": TagState.SENT}
    states = (
        (TagState.GONE, held == "gone"),
        (TagState.VETOED, vetoed),
        (holds.get(held or "", TagState.REFUSED), held is not None),
        (TagState.LEAVING, leaving),
        (TagState.OFF, not tagging),
        (TagState.PAUSED, paused),
        (TagState.HALTED, halted),
        (TagState.TO_READ, to_look or at_shop < 0),
        (TagState.WAITING, kind != at_shop),
    )
    return next((state for state, holds_now in states if holds_now), TagState.RIGHT)
