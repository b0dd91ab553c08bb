"""A merchant opens the app: behind the page, a call proves that our tokens are those of the present installation.

Whoever uninstalled and came back within the hour has ended a token that looks fresh, and the news of it may be late.
"""

import logging

from plugin.db import shops
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify.failures import Unauthorized
from plugin.shopify.shop import read_shop
from plugin.usecases.install import connect

log = logging.getLogger(__name__)


def visited(services: Services, shop: int, *, session_token: str) -> None:
    """Has a job look, with the visit's session token at hand: it is good for another minute, in memory only."""
    services.visits[shop] = session_token
    services.nudge("visit", shop)


def visit(services: Services, shop: int) -> float | None:
    """Calls the shop once; what it refuses is replaced by what the visitor's session token brings."""
    session_token = services.visits.pop(shop, None)
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    if session_token is None or not known.installed:
        return None
    try:
        _prove(services, known, session_token)
    except Retry:
        # Unless a later visit has brought a fresher one by now.
        services.visits.setdefault(shop, session_token)
        raise
    return None


def _prove(services: Services, shop: Shop, session_token: str) -> None:
    try:
        read_shop(services.shopify(shop))
    except Unauthorized:
        connect(services, shop.domain, session_token=session_token)
        log.info("%s is connected anew", shop.domain)
    except GiveUp as never:
        log.info("whether the tokens of %s are good could not be said: %s", shop.domain, never)
