"""All customers of a shop, or those who are chosen, as lines of a table: any number of them, a few at a time."""

import json
from collections.abc import Iterator
from itertools import chain

from plugin.core.earlier import unseen
from plugin.core.exported import Kept, Line, Write, head, rows, writer
from plugin.core.replay import Kind
from plugin.core.words import Words
from plugin.db import earlier, exported, orders, shops
from plugin.db.customers_listed import Wanted
from plugin.db.engine import Tx
from plugin.db.exported import Row
from plugin.services import Services

AT_ONCE = 500  # customers read in one transaction


def export_customers(services: Services, shop: int, *, wanted: Wanted, words: Words) -> Iterator[list[Line]]:
    """Whom `wanted` chooses, as in the list of customers, in order of key.

    Each batch is as the database is when it is read; nobody stands in two.
    """
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        model, _ = shops.judging(tx, shop)
    return _batches(services, shop, wanted, writer(model, services.today(known), words))


def as_csv(services: Services, shop: int, *, wanted: Wanted, words: Words, separator: str) -> Iterator[str]:
    """The same as a file for spreadsheets, piece by piece."""
    found = export_customers(services, shop, wanted=wanted, words=words)
    return chain([head(words, separator)], (rows(some, words, separator) for some in found))


def as_json(services: Services, shop: int, *, words: Words) -> Iterator[str]:
    """Whoever has an order that counts as a JSON object a line, piece by piece."""
    for some in export_customers(services, shop, wanted=Wanted(), words=words):
        yield "".join(f"{json.dumps(line._asdict())}\n" for line in some)


def _batches(services: Services, shop: int, wanted: Wanted, write: Write) -> Iterator[list[Line]]:
    last = ""
    while True:
        with services.database.read() as tx:
            found = exported.after(tx, shop, last, at_most=AT_ONCE)
            kept = _with_earlier(tx, shop, [row for row in found if _chosen(row.kept, wanted)])
        if not found:
            return
        last = found[-1].kept.customer
        yield [write(one) for one in kept]


def _with_earlier(tx: Tx, shop: int, found: list[Row]) -> list[Kept]:
    """With the number of orders that are still known by number only, as `judge` counts them."""
    few = [row.kept.customer for row in found if row.earlier]
    before, own = earlier.of_customers(tx, shop, few), orders.of_customers(tx, shop, few) if few else {}

    def told(kept: Kept) -> Kept:
        number = unseen(before.get(kept.customer), (one.day for one in own.get(kept.customer, ())))
        # Of who shares a company's verdict, its figures: they may know of fewer occasions.
        number = min(number, kept.verdict.occasions)
        return kept._replace(verdict=kept.verdict._replace(earlier=number)) if number else kept

    return [told(row.kept) for row in found]


def _chosen(kept: Kept, wanted: Wanted) -> bool:
    verdict, by_hand = kept.verdict, kept.veto or kept.override is not None
    if wanted.by_hand is not None and by_hand != wanted.by_hand:
        return False
    if wanted.kind is None and not wanted.by_hand and verdict.last_day is None:
        return False
    client = verdict.kind is Kind.CLIENT
    return (
        wanted.kind in (None, verdict.kind)
        and _within(kept.tens, wanted.tens_from, wanted.tens_to)
        and _within(verdict.since, wanted.since_from, wanted.since_to)
        and _within(verdict.lapse_on if client else None, wanted.lapse_from, wanted.lapse_to)
    )


def _within(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or low <= value) and (high is None or value <= high)
