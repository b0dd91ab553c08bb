"""What an address of the customers' list asks for, and the address of what is asked for."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from plugin.core.verdict import Kind
from plugin.db.customers_listed import Place, Sort, Wanted
from plugin.errors import GiveUp
from plugin.usecases.objections import customer_named
from plugin.usecases.show_customers import CHOSEN, Asked

T = TypeVar("T")

KINDS = {"buyer": Kind.BUYER, "client": Kind.CLIENT, "neither": Kind.NONE}
FILTERS = ("kind", "tens_from", "tens_to", "since_from", "since_to", "lapse_from", "lapse_to", "hand")
_PLACE = re.compile(r"([of])([ex])(\d{1,9})\.((?:Customer|CompanyLocation)/[1-9]\d{0,18})", re.ASCII).fullmatch


def asked(query: Mapping[str, str]) -> Asked:
    """What the query asks for; GiveUp in the merchant's words for what cannot be meant."""

    def read(name: str, how: Callable[[str], T]) -> T | None:
        words = query.get(name, "").strip()
        return how(words) if words else None

    number = read("number", customer_named)
    wanted = Wanted(
        kind=read("kind", _one_of(KINDS)),
        tens_from=read("tens_from", _tens),
        tens_to=read("tens_to", _tens),
        since_from=read("since_from", _day),
        since_to=read("since_to", _day),
        lapse_from=read("lapse_from", _day),
        lapse_to=read("lapse_to", _day),
        by_hand=read("hand", _one_of({"yes": True, "no": False})),
    )
    sort = read("sort", _one_of({one.value: one for one in CHOSEN}))
    return Asked(
        wanted=_of_clients(wanted, sort),
        sort=sort,
        falling=read("order", _one_of({"down": True, "up": False})),
        place=read("at", _place),
        number=None if number is None else int(number.partition("/")[2]),
    )


def kept(query: Mapping[str, str]) -> dict[str, str]:
    """The filters, as an address carries them on."""
    return {name: words for name in FILTERS if (words := query.get(name, "").strip())}


def written(place: Place | None) -> str:
    """A place in an address; "" for none."""
    if place is None:
        return ""
    return f"{'o' if place.onward else 'f'}{'e' if place.itself else 'x'}{place.value}.{place.customer}"


def _of_clients(wanted: Wanted, sort: Sort | None) -> Wanted:
    """Who asks for lapse days means clients."""
    if sort is not Sort.LAPSE and wanted.lapse_from is None and wanted.lapse_to is None:
        return wanted
    if wanted.kind not in (None, Kind.CLIENT):
        raise GiveUp("Only clients have a day on which they lapse. Choose clients, or ask for nothing about that day.")
    return wanted._replace(kind=Kind.CLIENT)


def _one_of(words: Mapping[str, T]) -> Callable[[str], T]:
    def read(given: str) -> T:
        if given not in words:
            raise GiveUp("This address asks for something there is not. Open Customers from the menu.")
        return words[given]

    return read


def _tens(given: str) -> int:
    if not re.fullmatch(r"\d|10", given, re.ASCII):
        raise GiveUp("A certainty is a whole number from 0 to 10.")
    return int(given)


def _day(given: str) -> int:
    try:
        return date.fromisoformat(given).toordinal()
    except ValueError:
        raise GiveUp("There is no such day. Write days as 2027-02-09.") from None


def _place(given: str) -> Place:
    found = _PLACE(given)
    if found is None:
        raise GiveUp("This address asks for something there is not. Open Customers from the menu.")
    onward, itself, value, customer = found.groups()
    return Place(int(value), customer, onward == "o", itself == "e")
