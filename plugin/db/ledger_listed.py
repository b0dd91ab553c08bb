"""The ledger as it is looked at: a few lines at a time in order of time, newest or oldest first, each by an index."""

from typing import NamedTuple

from sqlalchemy import text

from plugin.core.causes import NUMBERED, sort_of
from plugin.db.engine import Tx
from plugin.db.undos import FOREVER, Place

RARE = ("intended", "failed", "unknown")
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
# What an index leads to, and the order its lines come in.
_WAYS = {
    "customer": ("customer = :customer", "id"),
    **{state: (f"state = '{state}'", "id") for state in RARE},
    "cause": ("cause = :cause", "at"),
    "time": ("TRUE", "at"),
}


def _statement(narrowed: str, order: str, *, newer: bool) -> str:
    sign, way = (">", "") if newer else ("<", " DESC")
    place, by = f"id {sign} :id", f"id{way}"
    if order == "at":
        # One bound is the place itself: SQLite would take any other one, and walk from there.
        place, by = f"(at, id) {sign} (:at, :id) AND at {'<' if newer else '>='} :bound", f"at{way}, id{way}"
    return f"SELECT {_COLUMNS} FROM ledger WHERE shop = :shop AND {narrowed} AND {place} ORDER BY {by} LIMIT :at_most"


_LISTED = {(way, newer): text(_statement(*_WAYS[way], newer=newer)) for way in _WAYS for newer in (False, True)}


def listed(tx: Tx, shop: int, wanted: Wanted, place: Place, *, newer: bool, at_most: int) -> list[Line]:
    """The lines next to a place, older ones or newer ones, nearest first.

    They are narrowed down as far as an index goes: whether one is wanted is asked of it.
    """
    way = _way(wanted)
    since, until = Place(wanted.since or 0, 0), END if wanted.until is None else Place(wanted.until, 0)
    if _WAYS[way][1] == "at":
        place = max(place, since) if newer else min(place, until)
    given = {
        "shop": shop,
        "customer": wanted.customer,
        "cause": wanted.cause,
        "at": place.at,
        "id": place.id,
        "bound": until.at if newer else since.at,
        "at_most": at_most,
    }
    return list(map(Line._make, tx.run(_LISTED[way, newer], given)))


def _way(wanted: Wanted) -> str:
    if wanted.customer is not None:
        return "customer"
    if wanted.state in RARE:
        return str(wanted.state)
    return "time" if wanted.cause is None or wanted.cause in NUMBERED else "cause"
