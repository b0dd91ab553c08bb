"""Work off a shop's inbox: deliveries become facts, facts become rows, a batch in one transaction."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from plugin.core.erasing import keys_of, without
from plugin.core.facts import Fact, PrivacyAsked
from plugin.db import inbox, shops
from plugin.db.engine import TROUBLE, Tx
from plugin.db.inbox import Waiting
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify.tokens import Undecipherable
from plugin.usecases.apply_facts import Told, apply_facts
from plugin.usecases.erased import Erased
from webhooks.topics import translate

log = logging.getLogger(__name__)

KEY_PAUSE = 60.0  # seconds until we look whether a person has listed the lost key


class Translated(NamedTuple):
    """A delivery and what it tells us, or why nobody could tell."""

    delivery: Waiting
    facts: Sequence[Fact]
    poison: str | None
    useless: bool = False  # it names who was erased, or a shop that left: its body goes as soon as it is done


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
    except Retry:
        raise
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
    with _no_delivery_s_fault(shop), services.database.write() as tx:
        # Read anew: an uninstall may have come in between.
        known = shops.get(tx, shop)
        translated = _without_erased(tx, Erased(services, shop), translated)
        jobs = apply_facts(tx, known, _told(translated), today=today)
        if not shops.get(tx, shop).installed:
            translated = [_of_nobody(one) for one in translated]
        inbox.finish(tx, shop, [one.delivery.webhook_id for one in translated if one.poison is None])
        inbox.empty(tx, shop, [one.delivery.webhook_id for one in translated if one.useless])
        _park(tx, known, [one for one in translated if one.poison is not None])
    return jobs


@contextmanager
def _no_delivery_s_fault(shop: int) -> Iterator[None]:
    """Trouble with the database, or with the key to the marks of the erased: all deliveries wait."""
    try:
        yield
    except TROUBLE as trouble:
        raise Retry(f"the database does not take anything: {trouble}", after=5) from trouble
    except Undecipherable as lost:
        log.warning("deliveries of shop %d wait, for who was erased there cannot be told: %s", shop, lost)
        raise Retry(str(lost), after=KEY_PAUSE) from lost


def _without_erased(tx: Tx, erased: Erased, translated: Sequence[Translated]) -> Sequence[Translated]:
    """What a late delivery or a replay tells of the erased is left out."""
    gone = erased.among(tx, (key for one in translated for fact in one.facts for key in keys_of(fact)))
    if not gone:
        return translated
    return [
        one._replace(
            facts=[kept for fact in one.facts if (kept := without(fact, gone)) is not None],
            useless=not gone.isdisjoint(key for fact in one.facts for key in keys_of(fact)),
        )
        for one in translated
    ]


def _of_nobody(one: Translated) -> Translated:
    """After a shop left only the bodies of requests are wanted, until these are carried out."""
    return one._replace(useless=one.poison is None and not any(isinstance(fact, PrivacyAsked) for fact in one.facts))


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
        except Retry:
            raise
        except Exception as error:
            log.exception("%s %s could not be carried out", one.delivery.topic, one.delivery.webhook_id)
            refused = one._replace(poison=f"{type(error).__name__}: {error}")
            with services.database.write() as tx:
                _park(tx, shops.get(tx, shop), [refused])
    return jobs
