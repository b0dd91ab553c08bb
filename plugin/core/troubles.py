"""What keeps the app from doing its work at a shop: which troubles its merchant is told of, the gravest first."""

from enum import StrEnum
from typing import NamedTuple

UNAPPROVED = "not approved"  # what Shopify says of an app that may not see orders or customers


class Trouble(StrEnum):
    """One thing to be told, with what to do about it."""

    FROZEN = "frozen"  # Shopify has closed the shop, mostly because of an unpaid bill
    UNAPPROVED = "unapproved"  # Shopify has not approved the app for protected customer data
    RECONNECT = "reconnect"  # Shopify refuses our tokens
    SCOPES = "scopes"  # the merchant has not granted what we cannot do without
    DOWN = "down"  # Shopify does not answer
    UNREAD = "unread"  # the order history could not be read
    VANISHED = "vanished"  # many tags vanished at once: the merchant is asked
    PAUSED = "paused"  # the merchant has tagging paused


class State(NamedTuple):
    """What is known of a shop; moments are UTC ms, None: it is not so."""

    frozen_at: int | None
    down_at: int | None
    reconnect: bool
    granted: bool  # all that we cannot do without
    failed: str | None  # why the newest import failed
    vanished: bool
    halted: bool


def troubles(state: State) -> tuple[Trouble, ...]:
    """What to tell. A shop that is frozen or cannot be called has no other trouble with Shopify worth telling."""
    closed = _closed(state)
    own = [one for one, is_so in ((Trouble.VANISHED, state.vanished), (Trouble.PAUSED, state.halted)) if is_so]
    return (*closed, *own)


def _closed(state: State) -> list[Trouble]:
    if state.frozen_at is not None:
        return [Trouble.FROZEN]
    if state.reconnect:
        return [Trouble.RECONNECT]
    if not state.granted:
        return [Trouble.SCOPES]
    found = [Trouble.DOWN] if state.down_at is not None else []
    if state.failed is not None:
        found.append(Trouble.UNAPPROVED if UNAPPROVED in state.failed else Trouble.UNREAD)
    return found
