"""The ledger as it is looked at: a few lines at a time in order of time, newest or oldest first, each by an index."""

from typing import NamedTuple

from sqlalchemy import text

from plugin.core.causes import NUMBERED, sort_of
from plugin.db.engine import Tx
from plugin.db.undos import FOREVER, Place

AMISS = frozenset({"failed", "unknown"})
END = Place(FOREVER, FOREVER)  # later than any line


class Line(NamedTuple):
    """One tag change as it is shown; `at` is UTC milliseconds."""

    id: int
    at: int
    customer: str  # "" when they were erased
    action: str  # add | remove | adopt | return
    tag: str
    cause: str  # see core.causes
    state: str  # intended | done | failed | unknown
    reason: str | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.id)


class Wanted(NamedTuple):
    """Which lines are looked for; None does not narrow them down. Moments are UTC milliseconds."""

    state: str | None = None
    action: str | None = None
    cause: str | None = None  # one cause, or a sort of them: "import"
    customer: str | None = None
    since: int | None = None
    until: int | None = None  # the first that no longer belongs to it

    def fits(self, line: Line) -> bool:
        """Whether a line is one of them."""
        return (
            self.state in {None, line.state}
            and self.action in {None, line.action}
            and self.cause in {None, line.cause, sort_of(line.cause)}
            and self.customer in {None, line.customer}
            and (self.since is None or self.since <= line.at)
            and (self.until is None or line.at < self.until)
        )


_COLUMNS = ", ".join(Line._fields)
_SPAN = "at >= :since AND at < :until"
# What an index leads to, what narrows it down further, and the order its lines come in.
_WAYS = {
    "customer": ("customer = :narrowed", "id"),
    "open": ("state = 'intended'", "id"),
    "amiss": (f"state IN ('failed', 'unknown') AND state = :narrowed AND {_SPAN}", "at"),
    "cause": (f"cause = :narrowed AND {_SPAN}", "at"),
    "time": (_SPAN, "at"),
}


def _statement(narrowed: str, order: str, *, newer: bool) -> str:
    sign, way = (">", "") if newer else ("<", " DESC")
    place, by = (
        (f"id {sign} :id", f"id{way}") if order == "id" else (f"(at, id) {sign} (:at, :id)", f"at{way}, id{way}")
    )
    return f"SELECT {_COLUMNS} FROM ledger WHERE shop = :shop AND {narrowed} AND {place} ORDER BY {by} LIMIT :at_most"


_LISTED = {(way, newer): text(_statement(*_WAYS[way], newer=newer)) for way in _WAYS for newer in (False, True)}


def listed(tx: Tx, shop: int, wanted: Wanted, place: Place, *, newer: bool, at_most: int) -> list[Line]:
    """The lines next to a place, older ones or newer ones, nearest first.

    They are narrowed down as far as an index goes: whether one is wanted is asked of it.
    """
    way, narrowed = _way(wanted)
    given = {
        "shop": shop,
        "narrowed": narrowed,
        "at": place.at,
        "id": place.id,
        "since": 0 if wanted.since is None else wanted.since,
        "until": FOREVER if wanted.until is None else wanted.until,
        "at_most": at_most,
    }
    return list(map(Line._make, tx.run(_LISTED[way, newer], given)))


def _way(wanted: Wanted) -> tuple[str, str]:
    if wanted.customer is not None:
        return "customer", wanted.customer
    if wanted.cause is not None and wanted.cause not in NUMBERED:
        return "cause", wanted.cause
    if wanted.state in AMISS:
        return "amiss", str(wanted.state)
    return ("open", "intended") if wanted.state == "intended" else ("time", "")
