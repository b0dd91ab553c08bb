"""Work off a shop's inbox: deliveries become facts, facts become rows, a batch in one transaction."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.exc import InterfaceError, OperationalError

from plugin.core.facts import Fact
from plugin.db import inbox, shops
from plugin.db.engine import Tx
from plugin.db.inbox import Waiting
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.usecases.apply_facts import Told, apply_facts
from webhooks.topics import translate

log = logging.getLogger(__name__)

# A full disk or a locked file is no delivery's fault: all of them wait.
DATABASE_TROUBLE = (OperationalError, InterfaceError)


class Translated(NamedTuple):
    """A delivery and what it tells us, or why nobody could tell."""

    delivery: Waiting
    facts: Sequence[Fact]
    poison: str | None


def drain_inbox(services: Services, shop: int) -> float | None:
    """One turn of at most 500 deliveries; 0.0 when more may wait."""
    with services.database.read() as tx:
        batch = inbox.take(tx, shop, now=services.now())
        known = shops.get(tx, shop)
    if not batch:
        return None
    today = services.today(known)
    translated = [_translated(delivery) for delivery in batch]
    try:
        jobs = _carry_out(services, shop, translated, today)
    except DATABASE_TROUBLE as trouble:
        raise Retry(f"the database does not take anything: {trouble}", after=5) from trouble
    except Exception:
        log.exception("a batch of shop %d was refused: its deliveries go one by one", shop)
        jobs = _one_by_one(services, shop, translated, today)
    for job in jobs:
        services.nudge(job, shop)
    return 0.0 if len(batch) == inbox.BATCH else None


def _translated(delivery: Waiting) -> Translated:
    try:
        return Translated(delivery, translate(delivery.topic, delivery.body), None)
    except GiveUp as never:
        return Translated(delivery, (), str(never))
    except Exception as bug:
        log.exception("%s %s could not be read", delivery.topic, delivery.webhook_id)
        return Translated(delivery, (), f"{type(bug).__name__}: {bug}")


def _carry_out(services: Services, shop: int, translated: Sequence[Translated], today: int) -> set[str]:
    with services.database.write() as tx:
        # Read anew: an uninstall may have come in between.
        known = shops.get(tx, shop)
        jobs = apply_facts(tx, known, _told(translated), today=today)
        inbox.finish(tx, shop, [one.delivery.webhook_id for one in translated if one.poison is None])
        _park(tx, known, [one for one in translated if one.poison is not None])
    return jobs


def _told(translated: Sequence[Translated]) -> list[Told[Fact]]:
    return [
        Told(fact, one.delivery.triggered_at, one.delivery.received_at, one.delivery.webhook_id)
        for one in translated
        for fact in one.facts
    ]


def _park(tx: Tx, shop: Shop, poisoned: Sequence[Translated]) -> None:
    for one in poisoned:
        log.warning("%s %s of %s is parked: %s", one.delivery.topic, one.delivery.webhook_id, shop.domain, one.poison)
        inbox.park(tx, shop.shop, one.delivery.webhook_id, reason=one.poison or "")


def _one_by_one(services: Services, shop: int, translated: Sequence[Translated], today: int) -> set[str]:
    jobs: set[str] = set()
    for one in translated:
        try:
            jobs |= _carry_out(services, shop, [one], today)
        except DATABASE_TROUBLE as trouble:
            raise Retry(f"the database does not take anything: {trouble}", after=5) from trouble
        except Exception as error:
            log.exception("%s %s could not be carried out", one.delivery.topic, one.delivery.webhook_id)
            refused = one._replace(poison=f"{type(error).__name__}: {error}")
            with services.database.write() as tx:
                _park(tx, shops.get(tx, shop), [refused])
    return jobs
