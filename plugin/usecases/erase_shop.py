"""Erase a shop that left: every row it has, a few at a time, and at last the shop itself."""

import logging

from plugin.core.words import N_
from plugin.db import erase, inbox, privacy, shops
from plugin.db.privacy import Open
from plugin.keyring import LOST, Unreadable
from plugin.services import Services
from plugin.shopify.failures import Unauthorized
from plugin.shopify.shop import read_shop

log = logging.getLogger(__name__)

AT_ONCE = 1000  # rows in a write: live deliveries of other shops are not kept waiting
INSTALLED = N_("The app is installed in the shop, so the shop was not erased.")


def erase_shop(services: Services, shop: int, asked: Open) -> bool:
    """Carries out shop/redact; False when the shop has the app, as one does that has come back since."""
    _notice_leaving(services, shop)
    if erase_rows(services, shop, asked=asked):
        log.info("shop %d is erased, as Shopify asked", shop)
        return True
    with services.database.write() as tx:
        inbox.empty(tx, shop, [asked.webhook_id])
        privacy.done(tx, shop, asked.webhook_id, now=services.now(), note=str(INSTALLED))
    return False


def _notice_leaving(services: Services, shop: int) -> None:
    """The news that it left may have been lost: a shop that is said to have the app must prove it by taking a call.

    Anything but a yes or a refused token says neither, and so does a token that we cannot read: the request stays open,
    and is tried again.
    """
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    if known.installed and known.reconnect in (None, LOST):
        try:
            read_shop(services.shopify(known))
        except Unreadable:
            raise
        except Unauthorized:
            log.info("%s left, and nobody told", known.domain)
        else:
            return
    with services.database.write() as tx:
        # Who has come back meanwhile has tokens that nobody refused.
        now = shops.get(tx, shop)
        if now.installed and now.reconnect is not None:
            shops.leave(tx, shop, now=services.now())


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
