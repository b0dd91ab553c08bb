"""Undo a span of the ledger: what it would do, the merchant's yes, and lifting it; `carry_out_undo` does the rest."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from plugin.core.undo import Left, Span
from plugin.core.undo_words import Counted
from plugin.db import ledger, shops, tagging, undos
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.db.undos import Place
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.plan_undo import examine

READ_AT_ONCE = 500  # entries
BULK_FROM = 1000  # tags from which a bulk file is faster than the bucket
LATEST = 0  # as the last entry of a span: the last there is


class Preview(NamedTuple):
    """What undoing a span would do, and how many customers it would leave alone for which reason."""

    span: Span  # its `upto` is the last entry that was looked at: nothing later is undone
    shown: Counted
    left: Mapping[Left, int]


def preview_undo(services: Services, shop: int, span: Span) -> Preview:
    """Counts what undoing would do, some entries at a time; changes nothing."""
    with services.database.read() as tx:
        last = ledger.last(tx, shop)
        span = span._replace(upto=min(span.upto or last, last))
    left: Counter[Left] = Counter()
    customers = removals = additions = returns = 0
    place = Place()
    while True:
        with services.database.read() as tx:
            some = undos.touched(tx, shop, span, place, at_most=READ_AT_ONCE)
            works = examine(tx, shop, span, some)
        if not some:
            return Preview(span, Counted(customers, removals, additions, returns), left)
        for todo in (work.todo for work in works):
            if todo.left not in {None, Left.NOTHING}:
                left[todo.left] += 1
            customers += bool(todo.remove or todo.add or todo.back)
            removals += len(todo.remove)
            additions += len(todo.add)
            returns += len(todo.back)
        place = some[-1].place


def begin_undo(services: Services, shop: int, preview: Preview) -> int:
    """The merchant has seen the preview and says yes: exactly that span is undone; returns the undo's number.

    GiveUp in words when it cannot be.
    """
    with services.database.write() as tx:
        known = _ready(tx, shop)
        if preview.left.get(Left.UNDER_WAY):
            # Written in the meantime, they would be undone too, though they were not shown.
            raise GiveUp("Some of these tags are still being written: wait until all are, then look again.")
        if not preview.shown.customers:
            raise GiveUp("There is nothing to undo.")
        cause = preview.span.cause
        if cause is not None and known.writing and tagging.waits(tx, shop, cause=cause):
            raise GiveUp("Some of these tags are still being written: wait until all are, then look again.")
        number = undos.begin(tx, known.shop, preview.span, preview.shown, step=_step(preview.shown), now=services.now())
    services.nudge("sync", shop)
    return number


def _step(shown: Counted) -> str:
    """Where it begins: files carry many, removals first."""
    if shown.removals + shown.additions <= BULK_FROM:
        return "each"
    return "remove" if shown.removals else "add"


def _ready(tx: Tx, shop: int) -> Shop:
    known = shops.get(tx, shop)
    if not known.installed:
        raise GiveUp("%(shop)s has not installed the app.", shop=known.domain)
    if known.removing is not None:
        raise GiveUp("Regulars' tags are being taken off: there is nothing left to undo.")
    if known.paused_at is not None:
        raise GiveUp("Many customers lost Regulars' tag at once: first say in the panel what is to be done about it.")
    running = undos.under_way(tx, shop)
    if running is not None:
        raise GiveUp("Undo %(number)s is still under way: wait until it is done.", number=running.number)
    return known


def stop_undo(services: Services, shop: int, number: int) -> None:
    """Has an undo end where it is: whom it has begun with it finishes, others stay as they are; GiveUp in words."""
    with services.database.write() as tx:
        undo = undos.get(tx, shop, number)
        if undo is None:
            raise GiveUp("There is no undo %(number)s.", number=number)
        if undo.state == "running" and not undo.ending:
            # After files it goes once more through all, for a file of removals may lack the additions to it.
            step, after = ("last", undo.after) if undo.step == "each" else ("last add", Place())
            undos.move(tx, shop, number, state="running", step=step, after=after)
    services.nudge("sync", shop)


def lift_undo(services: Services, shop: int, number: int) -> None:
    """Lets what this undo took back be written again; GiveUp when there is none of that number."""
    with services.database.write() as tx:
        undo = undos.get(tx, shop, number)
        if undo is None:
            raise GiveUp("There is no undo %(number)s.", number=number)
        running = undos.under_way(tx, shop)
        if running is not None and running.number != number:
            raise GiveUp("Undo %(number)s is still under way: wait until it is done.", number=running.number)
        if undo.state not in {"lifting", "lifted"}:
            undos.move(tx, shop, number, state="lifting", step=undo.step, after=Place())
    services.nudge("sync", shop)


def lift_undo_of(services: Services, shop: int, customer: str) -> None:
    """The same for one customer; GiveUp when no undo holds them."""
    with services.database.write() as tx:
        if not undos.free(tx, shop, customer):
            raise GiveUp("No undo holds this customer: their tag is written like any other.")
    services.nudge("sync", shop)
