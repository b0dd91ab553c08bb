"""Erase a shop that left: every row it has, a few at a time, and at last the shop itself."""

import logging

from plugin.db import erase, inbox, privacy, shops
from plugin.db.privacy import Open
from plugin.services import Services

log = logging.getLogger(__name__)

AT_ONCE = 1000  # rows in a write: live deliveries of other shops are not kept waiting
RETURNED = "The app was installed again in the meantime: nothing was erased."


def erase_shop(services: Services, shop: int, asked: Open) -> bool:
    """Carries out shop/redact; False when the shop has come back since, and nothing is erased."""
    if erase_rows(services, shop, asked=asked):
        log.info("shop %d is erased, as Shopify asked", shop)
        return True
    with services.database.write() as tx:
        inbox.empty(tx, shop, [asked.webhook_id])
        privacy.done(tx, shop, asked.webhook_id, now=services.now(), note=RETURNED)
    return False


def erase_rows(services: Services, shop: int, *, asked: Open | None = None) -> bool:
    """Erases the shop; False when it has the app installed. Cut off, it goes on where it was."""
    rows = AT_ONCE
    while rows:
        with services.database.write() as tx:
            if shops.get(tx, shop).installed:
                return False
            rows = erase.some_rows(tx, shop, at_most=AT_ONCE)
            if asked is not None:
                privacy.count(tx, shop, asked.webhook_id, rows=rows)
            if not rows:
                erase.shop_itself(tx, shop, now=services.now())
    return True
