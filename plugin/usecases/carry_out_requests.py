"""Carry out the compliance requests of a shop: tell what is kept of a customer, erase a customer, erase the shop."""

import logging

from plugin.db import privacy
from plugin.db.privacy import Open
from plugin.errors import Retry
from plugin.services import Services
from plugin.usecases.answer_request import answer_request
from plugin.usecases.erase_customer import erase_customer
from plugin.usecases.erase_shop import erase_shop

log = logging.getLogger(__name__)

SOON = 2.0  # seconds until deliveries that were on their way are worked off
TROUBLE = 300.0  # seconds until a request that failed is tried again; it is due in 30 days


def carry_out_requests(services: Services, shop: int) -> float | None:
    """Every request once, oldest first; one that fails holds up none behind it. When to look again, if at all."""
    with services.database.read() as tx:
        requests = privacy.all_open(tx, shop)
    unfinished = failed = 0
    for asked in requests:
        try:
            if asked.topic == "shop/redact" and erase_shop(services, shop, asked):
                return None
            unfinished += not _carry_out(services, shop, asked)
        except Exception:
            # Whatever it is: a person reads about it, and the others are due as well.
            log.exception("%s %s could not be carried out", asked.topic, asked.webhook_id)
            failed += 1
    if failed:
        raise Retry(f"{failed} compliance requests could not be carried out", after=TROUBLE)
    return SOON if unfinished else None


def _carry_out(services: Services, shop: int, asked: Open) -> bool:
    """False when it must be looked at again soon."""
    if asked.topic == "customers/redact":
        return erase_customer(services, shop, asked)
    if asked.topic == "customers/data_request":
        answer_request(services, shop, asked)
    return True
