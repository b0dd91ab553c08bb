"""Thousands of tags as one file that the shop works through: removals first, additions after, then compared again."""

from collections.abc import Callable, Iterator

from plugin.core.slices import slices
from plugin.db import ledger, shops, tagging, undos
from plugin.db.engine import Tx
from plugin.db.ledger import Bulk, Entry
from plugin.db.shops import Shop
from plugin.errors import GiveUp, Retry
from plugin.services import Services
from plugin.shopify import bulk, bulk_tags
from plugin.shopify.client import Client
from plugin.shopify.failures import Unknown
from plugin.usecases import work_list
from plugin.usecases.plan_sync import Planned, already_right, changes, plan_seen
from plugin.usecases.settle_tags import Outcome, settle

MOST_LINES = 50_000  # in one file, so that rows are settled in reasonable pieces
AT_ONCE = 500
MOST_AT_ONCE = 5  # bulk mutations that Shopify works on at a time
CANCELABLE = frozenset({"created", "running"})
DOCUMENTS = {"add": bulk_tags.ADD, "remove": bulk_tags.REMOVE}


class Stopped(Exception):
    """The merchant wants something else by now."""


def begin(services: Services, shop: Shop) -> float:
    """Plans the next file, writes it down and sends it."""
    if crowded(services, shop):
        return 10.0
    with services.database.read() as tx:
        work = work_list.of(tx, shop, at_most=MOST_LINES)
    planned = plan_seen(work, shop.tag_names)
    action = "remove" if any(plan.remove for _, plan in planned) else "add"
    number, entries = _write_down(services, shop, planned, action)
    if not entries:
        # All was right already, or nothing is wanted any more.
        _close(services, shop, number, "done", [])
        return 0.0
    return send(services, shop, number, entries, wanted=lambda tx: work_list.holds(tx, shop))


def send(
    services: Services,
    shop: Shop,
    number: int,
    entries: list[Entry],
    *,
    wanted: Callable[[Tx], bool],
    sent: Callable[[Tx], None] = lambda tx: None,
) -> float:
    """Sends a file whose lines, all of one action, are written down; says when to look again.

    It is not begun unless it is still `wanted` when it has been uploaded; `sent` is written down with its start.
    """
    lines = (bulk_tags.tag_line(one.customer, [one.tag]) for one in entries)
    name = f"regulars-{shop.shop}-{number}"

    def check() -> None:
        with services.database.read() as tx:
            if not wanted(tx):
                raise Stopped

    try:
        operation = bulk.start_mutation(services.shopify(shop), DOCUMENTS[entries[0].action], lines, name, check=check)
    except Stopped:
        _close(services, shop, number, "failed", [Outcome(one, "unsent", "") for one in entries])
        return 0.0
    except Unknown:
        # It may have started: `follow` finds out.
        return 5.0
    except (Retry, GiveUp) as trouble:
        _close(services, shop, number, "failed", [Outcome(one, "unsent", str(trouble)) for one in entries])
        raise
    with services.database.write() as tx:
        ledger.set_bulk(tx, shop.shop, number, state="running", operation=operation)
        sent(tx)
    return 0.3


def crowded(services: Services, shop: Shop) -> bool:
    """Whether the shop works on as many files as it takes at a time."""
    return len(bulk.running_mutations(services.shopify(shop))) >= MOST_AT_ONCE


def _write_down(services: Services, shop: Shop, planned: Planned, action: str) -> tuple[int, list[Entry]]:
    """The file's lines in the ledger, in short writes; their customers are locked for live writes."""
    number = 0
    if any(plan.add or plan.remove for _, plan in planned):
        with services.database.write() as tx:
            number = ledger.plan_bulk(tx, shop.shop, action=action, now=services.now())
    entries: list[Entry] = []
    for few in slices(planned, AT_ONCE):
        with services.database.write() as tx:
            if not work_list.holds(tx, shop):
                break  # `begin` withdraws the others
            # Planned anew: whoever was erased or objected since the list was made must not get a tag.
            keys = [one.customer for one, _ in few]
            some = plan_seen(work_list.still(tx, shop, keys), shop.tag_names)
            wanted = [one for one in changes(some) if one.action == action]
            tagging.synced(tx, shop.shop, already_right(some))
            entries += ledger.intend(tx, shop.shop, wanted, now=services.now(), bulk=number)
            tagging.hold(tx, shop.shop, {one.customer for one in wanted}, reason=tagging.IN_A_FILE)
    return number, entries


def follow(services: Services, shop: Shop, running: Bulk) -> float:
    """Looks at an open file, and settles it line by line when the shop is done with it."""
    client = services.shopify(shop)
    with services.database.read() as tx:
        entries = ledger.of_bulk(tx, shop.shop, running.number)
    if running.operation is None:
        if bulk.running_mutations(client):
            return 10.0
        told = "the app stopped while the file was sent"
        _close(services, shop, running.number, "failed", [Outcome(one, "unknown", told) for one in entries])
        return 0.0
    try:
        seen = bulk.look(client, running.operation)
        if not seen.over:
            _note(services, shop, running, client, seen, lines=len(entries))
            return min(10.0, max(0.3, (services.now() - running.started_at) / 10_000))
        url = seen.url if seen.status == "completed" else seen.partial_url
        results = bulk_tags.tag_results(bulk.lines(client.session, url)) if url else iter(())
        outcomes = list(_joined(entries, results, seen.error_code or seen.status))
    except bulk.Gone as gone:
        _close(services, shop, running.number, "failed", [Outcome(one, "unknown", str(gone)) for one in entries])
        return 0.0
    _close(services, shop, running.number, "done" if seen.status == "completed" else "failed", outcomes)
    return 0.0


def _note(services: Services, shop: Shop, running: Bulk, client: Client, seen: bulk.Operation, *, lines: int) -> None:
    """Keeps how far the shop is with the file, and calls it back when the merchant pauses tagging or stops the undo."""
    if seen.objects != running.done or running.lines != lines:
        with services.database.write() as tx:
            ledger.bulk_done(tx, shop.shop, running.number, lines=lines, done=seen.objects)
    if seen.status in CANCELABLE:
        with services.database.read() as tx:
            undo = undos.under_way(tx, shop.shop)
        # Additions of an undo come to their end: of whom its removals are done, they are wanted.
        if shop.halted_at is not None if undo is None else undo.ending and running.action == "remove":
            bulk.cancel(client, seen.id)


def _joined(entries: list[Entry], results: Iterator[bulk_tags.TagResult], ended: str) -> Iterator[Outcome]:
    told = {result.line: result for result in results}
    for line, entry in enumerate(entries):
        result = told.get(line)
        if result is None:
            yield Outcome(entry, "unknown", f"the bulk file ended ({ended}) without a word on this line")
        else:
            yield Outcome(entry, result.status, result.reason)


def _close(services: Services, shop: Shop, number: int, state: str, outcomes: list[Outcome]) -> None:
    """Settles in short writes; the last one closes the file, so that a crash in between settles the rest again."""
    for some in slices(outcomes, AT_ONCE):
        with services.database.write() as tx:
            settle(tx, shop.shop, some, names=shops.get(tx, shop.shop).tag_names, now=services.now())
    with services.database.write() as tx:
        ledger.set_bulk(tx, shop.shop, number, state=state, operation=None)
