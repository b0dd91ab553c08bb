"""An undo of thousands: files of removals, then files of additions; `carry_out_undo` closes the books one by one."""

from collections.abc import Sequence

from plugin.core.causes import undone
from plugin.db import ledger, tagging, undos
from plugin.db.engine import Tx
from plugin.db.ledger import Change, Entry
from plugin.db.shops import Shop
from plugin.db.undos import Place, Touched, Undo
from plugin.services import Services
from plugin.usecases import sync_in_bulk, work_list
from plugin.usecases.plan_undo import Work, changes, examine

READ_AT_ONCE = 250  # entries looked at in a write
NEXT = {"remove": "add", "add": "each", "last add": "last"}


def wanted(tx: Tx, shop: Shop, undo: Undo) -> bool:
    """Whether all is as it was read; ask where something is written down."""
    return undos.under_way(tx, shop.shop) == undo and work_list.holds(tx, shop)


def send_file(services: Services, shop: Shop, undo: Undo) -> float:
    """Writes the next file down and sends it, or goes on to the next step; says when to look again.

    The undo moves on only with a file that was sent: the lines of any other are withdrawn, or their answers lost.
    """
    if sync_in_bulk.crowded(services, shop):
        return 10.0
    number, entries, place = _write_down(services, shop, undo)
    if entries:
        return sync_in_bulk.send(
            services,
            shop,
            number,
            entries,
            wanted=lambda tx: wanted(tx, shop, undo),
            sent=lambda tx: _move(tx, shop, undo, undo.step, place),
        )
    with services.database.write() as tx:
        _move(tx, shop, undo, NEXT[undo.step], Place())
    return 0.0


def _move(tx: Tx, shop: Shop, undo: Undo, step: str, place: Place) -> None:
    if wanted(tx, shop, undo):
        undos.move(tx, shop.shop, undo.number, state=undo.state, step=step, after=place)


def _write_down(services: Services, shop: Shop, undo: Undo) -> tuple[int, list[Entry], Place]:
    """The file's lines in the ledger, in short writes, and how far in the span they come."""
    number, entries, place = 0, list[Entry](), undo.after
    while len(entries) < sync_in_bulk.MOST_LINES:
        with services.database.write() as tx:
            some = undos.touched(tx, shop.shop, undo.span, place, at_most=READ_AT_ONCE)
            if not some or not wanted(tx, shop, undo):
                break
            lines = _lines(tx, shop, undo, some)
            if lines and not number:
                number = ledger.plan_bulk(tx, shop.shop, action=_action(undo), now=services.now())
            entries += ledger.intend(tx, shop.shop, lines, now=services.now(), bulk=number)
            tagging.hold(tx, shop.shop, {one.customer for one in lines}, reason=tagging.IN_A_FILE)
            place = some[-1].place
    return number, entries, place


def _lines(tx: Tx, shop: Shop, undo: Undo, some: Sequence[Touched]) -> list[Change]:
    cause = undone(undo.number)
    works = due(undo, examine(tx, shop.shop, undo.span, some, cause=cause))
    lines = [one for work in works if _fits(work, _action(undo)) for one in changes(work, shop.tag_names, cause)]
    return [one for one in lines if one.action == _action(undo)]


def due(undo: Undo, works: Sequence[Work]) -> list[Work]:
    """Those of whom the undo sees to it: all, or once it was stopped those with whom it had begun, so that nobody is
    left between two tags."""
    return [work for work in works if not undo.ending or any(one.state in {"done", "unknown"} for one in work.mine)]


def _action(undo: Undo) -> str:
    return "remove" if undo.step == "remove" else "add"


def _fits(work: Work, action: str) -> bool:
    """Whether they go by file: not who must be read first, nor who would carry both of our tags."""
    certain = work.row.kind_at_shop != tagging.UNKNOWN and work.row.look_at is None
    return certain and (action == "remove" or not work.todo.remove)
