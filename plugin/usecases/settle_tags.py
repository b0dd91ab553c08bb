"""What a tag write leaves behind: the ledger says how it went, the customer's row what is at the shop now."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from plugin.core.slices import slices
from plugin.core.verdict import Kind
from plugin.db import ledger, tagging
from plugin.db.engine import Tx
from plugin.db.ledger import Entry
from plugin.db.tagging import UNKNOWN, Synced, ToSync
from plugin.usecases.plan_sync import Names, plan_for, split

AT_ONCE = 500


class Outcome(NamedTuple):
    """How one ledger entry went: "done", "failed", "unknown", or "unsent" (never tried, and to be planned again)."""

    entry: Entry
    status: str
    reason: str


def settle(tx: Tx, shop: int, outcomes: Sequence[Outcome], *, names: Names, now: int) -> None:
    """Settles the entries and says what is at the shop now; entries of one customer stand together.

    What was settled before, until a crash, stays as it is: the customer may have changed since.
    """
    open_ = ledger.still_open(tx, shop, [one.entry.id for one in outcomes])
    outcomes = [one for one in outcomes if one.entry.id in open_]
    ledger.withdraw(tx, shop, (one.entry.id for one in outcomes if one.status == "unsent"))
    tried = ((one.entry.id, one.status, one.reason or None) for one in outcomes if one.status != "unsent")
    ledger.settle(tx, shop, tried, now=now)
    by_customer = ((key, list(group)) for key, group in groupby(outcomes, attrgetter("entry.customer")))
    for some in slices(by_customer, AT_ONCE):
        rows = tagging.sync_of(tx, shop, [key for key, _ in some])
        tagging.synced(tx, shop, [_left(rows[key], theirs, names) for key, theirs in some if key in rows])


def _left(row: ToSync, outcomes: Iterable[Outcome], names: Names) -> Synced:
    ours, kind, statuses = split(row.tags_ours), row.kind, set()
    held = None
    for entry, status, reason in outcomes:
        statuses.add(status)
        kind = entry.kind
        if status == "failed":
            held = reason or "the shop refused the tag"
        elif entry.action == "add" and status in {"done", "unknown"}:
            ours.add(entry.tag)
        elif entry.action == "remove" and status == "done":
            ours.discard(entry.tag)
    if statuses & {"failed", "unsent"}:
        return Synced(row.customer, row.kind_at_shop, sorted(ours), held)
    # Also when customers were merged meanwhile: what of the tags of both is there yet, only a look tells.
    if "unknown" in statuses or row.kind_at_shop == UNKNOWN:
        return Synced(row.customer, UNKNOWN, sorted(ours))
    # A bulk file carries removals only: what is still to be added keeps the customer on the work list.
    rest = plan_for(row._replace(kind=kind, kind_at_shop=Kind.NONE, tags_ours=",".join(ours)), names)
    return Synced(row.customer, Kind.NONE if rest.add or rest.remove else kind, sorted(ours))
