"""What a merchant sees of the inbox: whether deliveries are worked off, and those that were set aside."""

from typing import NamedTuple

from plugin.db import inbox
from plugin.db.inbox import DONE, EMPTIED, Health, Parked, Stands
from plugin.services import Services

MANY = 1000  # beyond which nobody counts
PAGE = 50


class Deliveries(NamedTuple):
    """The page; `replayed` is where the one stands that the merchant had tried again, if they did."""

    health: Health
    parked: list[Parked]
    further: tuple[int, str] | None  # where the next page begins
    replayed: Stands | None

    @property
    def went_through(self) -> bool:
        """Whether the one that was tried again is done."""
        return self.replayed is not None and self.replayed.state in {DONE, EMPTIED}


def show_deliveries(services: Services, shop: int, *, after: tuple[int, str] | None, replayed: str) -> Deliveries:
    """Reads what the page shows, from the first one after (received at, webhook id); `replayed` is an id, or ""."""
    with services.database.read() as tx:
        some = inbox.parked(tx, shop, after=after or (-1, ""), at_most=PAGE + 1)
        one = inbox.stands(tx, shop, replayed) if replayed else None
        health = inbox.health(tx, shop, at_most=MANY + 1)
    shown = some[:PAGE]
    return Deliveries(health, shown, _place(shown[-1]) if len(some) > PAGE else None, one)


def _place(one: Parked) -> tuple[int, str]:
    return one.received_at, one.webhook_id
