"""Carry out an undo, some customers a turn: write down, call, settle; where it stands is in its row and the ledger."""

import logging
from collections.abc import Collection, Sequence

from plugin.core.causes import undone
from plugin.core.undo import Span
from plugin.db import ledger, undos
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.db.undos import FOREVER, Place, Stands, Touched, Undo
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify.tag_requests import TagChange
from plugin.shopify.tags import write_tags
from plugin.usecases.look import look_at
from plugin.usecases.plan_undo import Work, changes, examine, found_after, kind_after, line
from plugin.usecases.settle_tags import Outcome, settle
from plugin.usecases.undo_in_bulk import NEXT, due, send_file, wanted

log = logging.getLogger(__name__)

READ_AT_ONCE = 200  # entries looked at in a write
LIVE_AT_ONCE = 25  # customers in a call: at most 500 points
AT_ONCE = 500  # customers freed in a write
GIVEN_BACK = "it had been taken over, and is the merchant's again"


def carry_out_undo(services: Services, shop: Shop, undo: Undo) -> float:
    """One turn of an undo, or of lifting it; says when to look again."""
    if undo.state == "lifting":
        return _lift(services, shop, undo)
    if shop.removing is not None or (shop.installed_at or 0) > undo.begun_at:
        # Our tags go altogether, or went with the merchant who has come back since.
        with services.database.write() as tx:
            if wanted(tx, shop, undo):
                undos.move(tx, shop.shop, undo.number, state="stopped", step=undo.step, after=undo.after)
        return 0.0
    if undo.step in NEXT:
        return send_file(services, shop, undo)
    return _each(services, shop, undo)


def _each(services: Services, shop: Shop, undo: Undo) -> float:
    """One by one: whom no file carried, and the books of all."""
    fresh = _look_first(services, shop, undo)
    with services.database.write() as tx:
        if not wanted(tx, shop, undo):
            return 0.0
        some = undos.touched(tx, shop.shop, undo.span, undo.after, at_most=READ_AT_ONCE)
        if not some:
            state = "halted" if undo.ending else "done"
            undos.move(tx, shop.shop, undo.number, state=state, step=undo.step, after=undo.after)
            return 0.0
        sent, place = _portion(tx, shop, undo, some, fresh, now=services.now())
        cause = undone(undo.number)
        entries = ledger.intend(
            tx, shop.shop, [one for work in sent for one in changes(work, shop.tag_names, cause)], now=services.now()
        )
        if not sent:
            undos.move(tx, shop.shop, undo.number, state="running", step=undo.step, after=place)
            return 0.0 if place != undo.after else 5.0
    results = _call(services, shop, sent, entries)
    with services.database.write() as tx:
        settle(tx, shop.shop, results, names=shop.tag_names, now=services.now())
        keys = {work.row.customer for work in sent}
        _finish(tx, shop, undo, [one for one in some if one.customer in keys], now=services.now())
        lost = sum(one.status == "unknown" for one in results)
        if not lost and wanted(tx, shop, undo):
            undos.move(tx, shop.shop, undo.number, state="running", step=undo.step, after=place)
    if lost:
        log.warning("%d tag changes of undo %d at %s may be done or not", lost, undo.number, shop.domain)
    return 30.0 if lost else 0.0


def _look_first(services: Services, shop: Shop, undo: Undo) -> set[str]:
    """Reads whose tags are next, so that what the merchant changed meanwhile stands."""
    with services.database.read() as tx:
        some = undos.touched(tx, shop.shop, undo.span, undo.after, at_most=READ_AT_ONCE)
        works = due(undo, examine(tx, shop.shop, undo.span, some, cause=undone(undo.number)))
    return look_at(services, shop, [work.row.customer for work in works if work.sends][:LIVE_AT_ONCE])


def _portion(
    tx: Tx, shop: Shop, undo: Undo, some: Sequence[Touched], fresh: Collection[str], *, now: int
) -> tuple[list[Work], Place]:
    """Who is called for next, and how far that comes; who needs no call is finished."""
    sent: list[Work] = []
    quiet: list[Work] = []
    place = undo.after
    for work in due(undo, examine(tx, shop.shop, undo.span, some, cause=undone(undo.number))):
        if work.sends and work.row.customer not in fresh:
            break
        (sent if work.sends else quiet).append(work)
        place = work.place
    else:
        place = some[-1].place
    _close(tx, shop, undo, quiet, now=now)
    return sent, place


def _call(services: Services, shop: Shop, sent: Sequence[Work], entries: Sequence[ledger.Entry]) -> list[Outcome]:
    try:
        told = write_tags(
            services.shopify(shop),
            [TagChange(work.row.customer, add=work.todo.add, remove=work.todo.remove) for work in sent],
        )
    except (Retry, GiveUp) as trouble:
        # Nothing was sent: the next turn finds it in the ledger again.
        with services.database.write() as tx:
            unsent = [Outcome(one, "unsent", str(trouble)) for one in entries]
            settle(tx, shop.shop, unsent, names=shop.tag_names, now=services.now())
        raise
    by_customer = {one.customer: one for one in told}
    return [Outcome(e, by_customer[e.customer].status, by_customer[e.customer].reason) for e in entries]


def _finish(tx: Tx, shop: Shop, undo: Undo, some: Sequence[Touched], *, now: int) -> None:
    """Closes the books on those of these customers about whom nothing is left to be sent."""
    works = examine(tx, shop.shop, undo.span, some, cause=undone(undo.number))
    _close(tx, shop, undo, [work for work in works if not work.sends], now=now)


def _close(tx: Tx, shop: Shop, undo: Undo, works: Sequence[Work], *, now: int) -> None:
    """What is the merchant's again, what our tag says now, and whom the undo holds."""
    over = [work for work in works if work.todo.left is None and (work.mine or work.todo.back)]
    given = [line(work, "return", tag, shop.tag_names, undone(undo.number)) for work in over for tag in work.todo.back]
    entries = ledger.intend(tx, shop.shop, given, now=now)
    ledger.settle(tx, shop.shop, [(one.id, "done", GIVEN_BACK) for one in entries], now=now)
    undos.leave(
        tx,
        shop.shop,
        [
            Stands(work.row.customer, kind_after(work, shop.tag_names), work.todo.ours, found_after(work))
            for work in over
        ],
    )
    # What was only given back nobody would take again.
    sent = (work.row.customer for work in over if any(one.action in {"add", "remove"} for one in work.mine))
    undos.hold(tx, shop.shop, sent)


def _lift(services: Services, shop: Shop, undo: Undo) -> float:
    """Frees whom the undo holds; the sync then writes what they are."""
    mine = Span(FOREVER, cause=undone(undo.number))
    with services.database.write() as tx:
        some = undos.touched(tx, shop.shop, mine, undo.after, at_most=AT_ONCE)
        undos.lift(tx, shop.shop, undo.number, dict.fromkeys(one.customer for one in some))
        state, place = ("lifting", some[-1].place) if some else ("lifted", undo.after)
        undos.move(tx, shop.shop, undo.number, state=state, step=undo.step, after=place)
    return 0.0
