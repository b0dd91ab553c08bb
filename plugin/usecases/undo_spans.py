"""The parts of the ledger that a merchant can name to be undone, and what can be shown of undos."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core import estimates
from plugin.core.causes import ZONE, imported, learned, reconciled, ruled, undone
from plugin.core.estimates import Progress
from plugin.core.undo import Span, day_span
from plugin.core.undo_words import STATES, cause_words, counted_words, day_named, span_words
from plugin.core.words import ENGLISH, N_, Words
from plugin.db import ledger, shops, undos
from plugin.db.engine import Tx
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.objections import customer_named
from plugin.usecases.undo import LATEST, Preview, preview_undo

NUMBERED = {"import": imported, "reconciliation": reconciled, "rules": ruled, "model": learned}
NUMBER_OF = {
    "import": N_("Give the number of the import."),
    "reconciliation": N_("Give the number of the reconciliation."),
    "rules": N_("Give the number of the rules."),
    "model": N_("Give the number of what the shop taught."),
}
AT_MOST = 20  # shown


class Named(NamedTuple):
    """A part that can be undone, as one asks for it, and when it began (UTC milliseconds)."""

    what: str
    which: str
    words: str
    at: int


class Undone(NamedTuple):
    """An undo in words."""

    number: int
    state: str
    words: str
    ending: bool  # stopped, and about to end
    progress: Progress | None  # in tags, while it is carried out


class Undoing(NamedTuple):
    """What the merchant sees: what could be undone, what was, and what they asked about."""

    shop: Shop
    parts: list[Named]
    undos: list[Undone]
    asked: str  # in words
    preview: Preview | None


def named_span(services: Services, shop: int, what: str, which: str) -> Span:
    """The span that is meant by a sort of part (`NUMBERED`, "zone", "day", "customer") and which; GiveUp in words."""
    which = which.strip()
    if what == ZONE:
        return Span(LATEST, cause=ZONE)
    if what in NUMBERED:
        if not which.isdecimal():
            raise GiveUp(NUMBER_OF[what])
        return Span(LATEST, cause=NUMBERED[what](int(which)))
    if what == "customer":
        return Span(LATEST, customer=customer_named(which))
    if what != "day":
        raise GiveUp("Say what is to be undone: an import, a day or a customer.")
    with services.database.read() as tx:
        zone = ZoneInfo(shops.get(tx, shop).zone)
    try:
        since, until = day_span(day_named(which), zone)
    except (ValueError, OverflowError) as error:
        raise GiveUp("Give the day as YYYY-MM-DD, such as 2026-11-25.") from error
    return Span(LATEST, since=since, until=until)


def list_undos(services: Services, shop: int, words: Words = ENGLISH) -> list[Undone]:
    """The newest undos."""
    with services.database.read() as tx:
        zone = ZoneInfo(shops.get(tx, shop).zone)
        found = undos.listed(tx, shop, at_most=AT_MOST)
        progress = {one.number: _progress(tx, shop, one, services.now()) for one in found if one.state == "running"}
    return [
        Undone(one.number, one.state, _told(one, zone, words), one.ending, progress.get(one.number)) for one in found
    ]


def _progress(tx: Tx, shop: int, undo: undos.Undo, now: int) -> Progress:
    """While an undo runs nothing else is written at its shop: its lines are the last of the ledger."""
    first = undos.touched(tx, shop, Span(undos.FOREVER, cause=undone(undo.number)), undos.Place(), at_most=1)
    bulk = ledger.open_bulk(tx, shop)
    in_file = max(0, bulk.lines - bulk.done) if bulk else 0
    done = ledger.last(tx, shop) - first[0].id + 1 - in_file if first else 0
    return estimates.progress(done, sum(undo.shown[1:]), (now - undo.begun_at) / 1000)


def _told(one: undos.Undo, zone: ZoneInfo, words: Words) -> str:
    return words.say(
        "%(what)s, asked for on %(moment)s: %(changes)s %(state)s",
        what=span_words(one.span, zone, words),
        moment=words.moment(one.begun_at, zone),
        changes=counted_words(one.shown, words),
        state=STATES[one.state],
    )


def show_undoing(services: Services, shop: int, *, asked: str, which: str, words: Words = ENGLISH) -> Undoing:
    """The page; without `asked` nothing was asked about."""
    preview = preview_undo(services, shop, named_span(services, shop, asked, which)) if asked else None
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        zone = ZoneInfo(known.zone)
        causes = ((*cause.partition(" "), at) for cause, at in undos.causes(tx, shop))
        parts = [
            Named(what, which, _part(what + gap + which, words.moment(at, zone), words), at)
            for what, gap, which, at in causes
            if what in {*NUMBERED, ZONE}
        ]
    parts.sort(key=lambda part: -part.at)
    named = span_words(preview.span, zone, words) if preview else ""
    return Undoing(known, parts[:AT_MOST], list_undos(services, shop, words), named, preview)


def _part(cause: str, moment: str, words: Words) -> str:
    return words.say("%(what)s, tagged from %(moment)s", what=cause_words(cause, words), moment=moment)
