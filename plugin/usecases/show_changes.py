"""What a merchant sees of the ledger: the newest tag changes, a page at a time, of those they ask for."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.causes import NUMBERED, SORTS
from plugin.core.undo import day_span
from plugin.core.undo_words import day_named
from plugin.db import ledger_listed
from plugin.db.engine import Tx
from plugin.db.ledger_listed import END, Line, Wanted
from plugin.db.shops import Shop
from plugin.db.undos import Place
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.objections import customer_named

PAGE = 50  # lines
AT_ONCE = 500  # looked at in one statement
MOST = 2_000  # looked at for one page, however few of them are wanted
STATES = ("done", "failed", "unknown", "intended")
ACTIONS = ("add", "remove", "adopt", "return")


class Asked(NamedTuple):
    """What the merchant asks for, as the address of the page has it; "" for all."""

    state: str = ""
    action: str = ""
    cause: str = ""
    customer: str = ""
    day: str = ""

    @property
    def anything(self) -> bool:
        """Whether they ask for some only."""
        return any(self)


class Changes(NamedTuple):
    """A page of the ledger, newest first, and the places that the pages before and after it begin at."""

    lines: list[Line]
    newer: Place | None
    older: Place | None
    looked: int  # how many lines were looked at, when there was no end to it; else 0


def show_changes(services: Services, shop: Shop, asked: Asked, *, place: Place | None, newer: bool) -> Changes:
    """The lines next to a place (None: the newest), older than it or `newer`; GiveUp in words."""
    wanted = _wanted(shop, asked)
    with services.database.read() as tx:
        found, end = _walk(tx, shop.shop, wanted, END if place is None else place, newer=newer)
    lines, full = found[:PAGE], len(found) > PAGE
    further = lines[-1].place if full else end
    looked = 0 if full or end is None else MOST
    before = place and (lines[0].place if lines else place)
    if not newer:
        return Changes(lines, before, further, looked)
    if further is None:
        # The newest there are: as many of them as a page holds.
        return show_changes(services, shop, asked, place=None, newer=False)
    return Changes(lines[::-1], further, before, looked)


def _walk(tx: Tx, shop: int, wanted: Wanted, place: Place, *, newer: bool) -> tuple[list[Line], Place | None]:
    """The next wanted lines, one more than a page holds; and where it broke off, should there be too few of them."""
    found: list[Line] = []
    for _ in range(0, MOST, AT_ONCE):
        some = ledger_listed.listed(tx, shop, wanted, place, newer=newer, at_most=AT_ONCE)
        found += filter(wanted.fits, some)
        if len(found) > PAGE or len(some) < AT_ONCE:
            return found[: PAGE + 1], None
        place = some[-1].place
    return found, place


def _wanted(shop: Shop, asked: Asked) -> Wanted:
    if asked.state not in {"", *STATES} or asked.action not in {"", *ACTIONS}:
        raise GiveUp("There are no such changes: go back, and choose from the lists.")
    if asked.cause and not _is_cause(asked.cause):
        raise GiveUp("There are no such changes: go back, and choose from the lists.")
    since, until = _day(asked.day, ZoneInfo(shop.zone)) if asked.day else (None, None)
    customer = customer_named(asked.customer) if asked.customer else None
    return Wanted(asked.state or None, asked.action or None, asked.cause or None, customer, since, until)


def _is_cause(cause: str) -> bool:
    sort, gap, number = cause.partition(" ")
    return sort in SORTS and (not gap or (sort in NUMBERED and number.isdecimal()))


def _day(named: str, zone: ZoneInfo) -> tuple[int, int]:
    try:
        return day_span(day_named(named), zone)
    except (ValueError, OverflowError) as error:
        raise GiveUp("Give the day as YYYY-MM-DD, such as 2026-11-25.") from error
