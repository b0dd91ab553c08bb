"""A merchant looks through the customers."""

from typing import NamedTuple

from plugin.db import customers_listed, shops
from plugin.db.customers_listed import Page, Place, Sort, Wanted
from plugin.db.shops import Shop
from plugin.services import Services

A_PAGE = 50
CHOSEN = (Sort.LAST, Sort.CERTAINTY, Sort.LAPSE, Sort.SINCE)  # the orders that a merchant chooses from
FALLING = {Sort.LAST, Sort.CERTAINTY, Sort.SINCE}  # the highest first, unless asked otherwise


class Asked(NamedTuple):
    """What the merchant asked for; None: nothing about that."""

    wanted: Wanted = Wanted()
    sort: Sort | None = None  # of CHOSEN
    falling: bool | None = None
    place: Place | None = None
    number: int | None = None  # one customer, whatever the filters say


class Shown(NamedTuple):
    """A page of them, in which order it is, and the model's horizon in days."""

    shop: Shop
    page: Page
    sort: Sort
    falling: bool
    horizon: int


def show_customers(services: Services, shop: int, asked: Asked) -> Shown:
    """Fifty of them at the place asked for."""
    sort = _sort(asked)
    falling = (sort in FALLING) if asked.falling is None else asked.falling
    with services.database.read() as tx:
        model, _ = shops.judging(tx, shop)
        if asked.number is not None:
            page = Page(customers_listed.numbered(tx, shop, asked.number), None, None, None)
        else:
            page = customers_listed.listed(
                tx, shop, wanted=asked.wanted, sort=sort, falling=falling, place=asked.place, at_most=A_PAGE
            )
        return Shown(shops.get(tx, shop), page, sort, falling, model.horizon)


def _sort(asked: Asked) -> Sort:
    """The order asked for; else the one in which the filters find the most at once."""
    wanted = asked.wanted
    if wanted.by_hand:
        return Sort.BY_HAND
    if wanted.kind == 0:
        return Sort.NEITHER
    if asked.sort is not None:
        return asked.sort
    if wanted.lapse_from is not None or wanted.lapse_to is not None:
        return Sort.LAPSE
    if wanted.tens_from is not None or wanted.tens_to is not None:
        return Sort.CERTAINTY
    return Sort.LAST if wanted.since_from is None and wanted.since_to is None else Sort.SINCE
