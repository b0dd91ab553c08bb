"""Make the tags at the shop say what we know: read, plan, write down, call, settle; the difference is the work list."""

import logging
from collections.abc import Sequence

from plugin.core.slices import slices
from plugin.core.tags import TagPlan
from plugin.db import imports, ledger, shops, tagging, undos
from plugin.db.ledger import Entry
from plugin.db.shops import Shop
from plugin.db.tagging import ToSync
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify.tag_requests import TagChange
from plugin.shopify.tags import write_tags
from plugin.usecases import sync_in_bulk, work_list
from plugin.usecases.answer_vanished import restore_some
from plugin.usecases.carry_out_undo import carry_out_undo
from plugin.usecases.look import look_at, look_where_asked
from plugin.usecases.plan_sync import already_right, changes, plan_seen
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
        undo = undos.under_way(tx, shop)
        differing = work_list.count(tx, known)
        lost = ledger.left_open(tx, shop)
        # Before the yes there is time, and an export that is read afterwards would be older than the look.
        early = not known.tagging and not differing and imports.under_way(tx, shop)
    if not known.installed:
        return None
    if lost:
        _give_up_waiting(services, known, lost)
        return 0.0
    if (not early and look_where_asked(services, known)) or restore_some(services, known):
        return 0.0
    if bulk is not None:
        return sync_in_bulk.follow(services, known, bulk)
    if undo is not None and known.paused_at is None:
        return carry_out_undo(services, known, undo)
    if not differing:
        _all_written(services, known)
        return None
    if differing > BULK_FROM:
        _look_before_a_file(services, known, at_most=differing)
        return sync_in_bulk.begin(services, known)
    return _live(services, known)


def _all_written(services: Services, shop: Shop) -> None:
    """Ends the progress that the merchant's yes began."""
    if shop.yes_at is not None and shop.writing:
        with services.database.write() as tx:
            if not work_list.count(tx, shop):
                shops.change(tx, shop.shop, **shops.NO_YES)


def _live(services: Services, shop: Shop) -> float | None:
    with services.database.read() as tx:
        work = work_list.of(tx, shop, at_most=LIVE_AT_ONCE)
    # Right before the write, so that what the merchant changed is not run over though nobody has told of it yet.
    fresh = look_at(services, shop, [one.customer for one in work])
    client = services.shopify(shop)
    with services.database.write() as tx:
        # Read where it is written down: a "stop" counts, and whoever is erased in between must leave no line.
        if not work_list.holds(tx, shop):
            return 0.0
        work = [one for one in work_list.of(tx, shop, at_most=LIVE_AT_ONCE) if one.customer in fresh]
        planned = plan_seen(work, shop.tag_names)
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


def _look_before_a_file(services: Services, shop: Shop, *, at_most: int) -> None:
    """Reads who was never looked at, so that a tag that was there before us is not claimed, and where an answer was
    lost. The others are read when Shopify tells that somebody changed their tags."""
    with services.database.read() as tx:
        work = work_list.of(tx, shop, at_most=at_most)
    unseen = [one.customer for one in work if one.tags_found is None or one.kind_at_shop == tagging.UNKNOWN]
    if unseen:
        look_at(services, shop, unseen)


def _give_up_waiting(services: Services, shop: Shop, lost: Sequence[Entry]) -> None:
    """The app stopped between a call and its answer: what became of it is not known."""
    for entries in slices(lost, AT_ONCE):
        with services.database.write() as tx:
            outcomes = [Outcome(e, "unknown", "the app stopped before the answer came") for e in entries]
            settle(tx, shop.shop, outcomes, names=shop.tag_names, now=services.now())
