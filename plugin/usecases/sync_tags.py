"""Make the tags at the shop say what we know: read, plan, write down, call, settle; the difference is the work list."""

import logging
from collections.abc import Sequence

from plugin.core.slices import slices
from plugin.core.tags import TagPlan
from plugin.db import ledger, objections, shops, tagging
from plugin.db.ledger import Entry
from plugin.db.shops import Shop
from plugin.db.tagging import ToSync
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify.tag_requests import TagChange
from plugin.shopify.tags import read_tags, write_tags
from plugin.usecases import sync_in_bulk, work_list
from plugin.usecases.erased import Erased
from plugin.usecases.plan_sync import already_right, changes, ours_among, plan_seen
from plugin.usecases.settle_tags import Outcome, settle

log = logging.getLogger(__name__)

LIVE_AT_ONCE = 25  # customers in a call: at most 500 points
BULK_FROM = 1000  # differing tags from which a bulk file is faster than the bucket
AT_ONCE = 500  # rows in a write


def sync_tags(services: Services, shop: int) -> float | None:
    """One turn: a call's worth of live writes, or a step of a bulk file; says when to look again."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        bulk = ledger.open_bulk(tx, shop)
        differing = work_list.count(tx, known)
        lost = ledger.left_open(tx, shop)
    if not known.installed:
        return None
    if lost:
        _give_up_waiting(services, known, lost)
        return 0.0
    if bulk is not None:
        return sync_in_bulk.follow(services, known, bulk)
    if not differing:
        return None
    if differing > BULK_FROM:
        _look_first(services, known, at_most=differing)
        return sync_in_bulk.begin(services, known)
    return _live(services, known)


def _live(services: Services, shop: Shop) -> float | None:
    _look_first(services, shop, at_most=LIVE_AT_ONCE)
    client = services.shopify(shop)
    with services.database.write() as tx:
        # Read where it is written down: a "stop" counts, and whoever is erased in between must leave no line.
        if not work_list.holds(tx, shop):
            return 0.0
        planned = plan_seen(work_list.of(tx, shop, at_most=LIVE_AT_ONCE), shop.tag_names)
        entries = ledger.intend(tx, shop.shop, changes(planned), now=services.now())
        tagging.synced(tx, shop.shop, already_right(planned))
    try:
        outcomes = write_tags(client, [_call(one, plan) for one, plan in planned if plan.add or plan.remove])
    except (Retry, GiveUp) as trouble:
        # Nothing was sent: the next turn plans it again.
        with services.database.write() as tx:
            settle(
                tx,
                shop.shop,
                [Outcome(e, "unsent", str(trouble)) for e in entries],
                names=shop.tag_names,
                now=services.now(),
            )
        raise
    told = {one.customer: one for one in outcomes}
    results = [Outcome(e, told[e.customer].status, told[e.customer].reason) for e in entries]
    with services.database.write() as tx:
        settle(tx, shop.shop, results, names=shop.tag_names, now=services.now())
    unknown = [one for one in outcomes if one.status == "unknown"]
    if unknown:
        log.warning("%d tag changes at %s may be done or not: %s", len(unknown), shop.domain, unknown[0].reason)
    return 30.0 if unknown else 0.0


def _call(one: ToSync, plan: TagPlan) -> TagChange:
    return TagChange(one.customer, add=tuple(sorted(plan.add)), remove=tuple(sorted(plan.remove)))


def _look_first(services: Services, shop: Shop, *, at_most: int) -> None:
    """Reads the tags of customers never looked at, so that a tag that was there before us is not claimed."""
    with services.database.read() as tx:
        work = work_list.of(tx, shop, at_most=at_most)
    unseen = [one.customer for one in work if one.tags_found is None]
    if not unseen:
        return
    looks = read_tags(services.shopify(shop), unseen)
    for some in slices(looks.items(), AT_ONCE):
        with services.database.write() as tx:
            erased = Erased(services, shop.shop).among(tx, (key for key, _ in some))
            seen = [(key, look) for key, look in some if key not in erased]
            tags = [(key, ours_among(shop.tag_names, look.tags if look else ())) for key, look in seen]
            tagging.found(tx, shop.shop, tags)
            tagging.hold(tx, shop.shop, [key for key, look in seen if look is None], reason=tagging.GONE)
            objections.opt(tx, shop.shop, out=[key for key, look in seen if look and look.opted_out], back=())


def _give_up_waiting(services: Services, shop: Shop, lost: Sequence[Entry]) -> None:
    """The app stopped between a call and its answer: what became of it is not known."""
    for entries in slices(lost, AT_ONCE):
        with services.database.write() as tx:
            outcomes = [Outcome(e, "unknown", "the app stopped before the answer came") for e in entries]
            settle(tx, shop.shop, outcomes, names=shop.tag_names, now=services.now())
