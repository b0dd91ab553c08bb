"""Say every minute that the app is alive; whoever was not for long asks every shop what it has missed."""

import logging

from plugin.db import all_shops
from plugin.services import Services

log = logging.getLogger(__name__)

LONGEST = 5  # beats left out beyond which deliveries may be lost


def beat(services: Services, *, every: float) -> bool:
    """One beat of those that come `every` so many seconds; whether there was an outage before it."""
    now = services.now()
    with services.database.write() as tx:
        before = all_shops.beat(tx, now=now)
        away = before is not None and now - before > LONGEST * every * 1000
        shops = all_shops.reconcile_everywhere(tx) if away else 0
    if before is not None and away:
        log.warning("nobody was here for %.0f s: %d shops are asked what has changed", (now - before) / 1000, shops)
    return away
