"""The list of customers: every order, every filter, page by page, both ways, and never far from its index."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.core.certainty import Certainty
from plugin.core.verdict import Kind, Verdict
from plugin.db import customers, customers_listed, merges, shops
from plugin.db.customers_listed import Listed, Place, Sort, Wanted
from plugin.db.engine import Database
from tests import databases

SHOP, OTHER = 1, 2
NONE = Verdict(Kind.NONE, False, None, None, False, 0, 0.0, 60.0, None, None, 0, 1)
NUMBER = 400  # customers: many share every day and every certainty


def verdict(number: int) -> tuple[Verdict, Certainty]:
    """Of the customer with that number: one in five is a client, one in twenty neither."""
    if number % 20 == 0:
        return NONE, Certainty(0, None)
    last, tens = 1000 + number * 7 % 30, number * 3 % 11
    kind = Kind.CLIENT if number % 5 == 1 else Kind.BUYER
    lapse = last + 100 + number % 4 if kind is Kind.CLIENT else None
    made = Verdict(kind, False, 900 + number * 11 % 40, lapse, False, 2, 2.0, 60.0, 900, last, 2, 0)
    return made, Certainty(tens, 5000)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two shops with such customers; some companies, some changed by hand, one merged into another."""
    url = databases.fresh(tmp_path_factory.mktemp("listed"))
    database = Database(url)
    with database.write() as tx:
        for name in ("annas-bakery", "oak-ltd"):
            shop = shops.know(tx, f"{name}.myshopify.com")
            keep(database, tx, shop, range(1, NUMBER + 1))
        merges.merge(tx, SHOP, gone="Customer/100", kept="Customer/101")
    yield database
    database.close()
    databases.drop(url)


def key(number: int) -> str:
    return f"CompanyLocation/{number}" if number % 50 == 3 else f"Customer/{number}"


def keep(database: Database, tx: customers.Tx, shop: int, numbers: range) -> None:
    """These customers are judged, and every ninth was changed by hand."""
    made = {key(number): verdict(number) for number in numbers}
    certain = {id(one): sure for one, sure in made.values()}
    rows = [(name, one) for name, (one, _) in made.items()]
    customers.judged(
        tx, shop, rows, model=1, rules=1, cause="orders", certainty=lambda one: certain.get(id(one), Certainty(0, None))
    )
    by_hand = [key(number) for number in numbers if number % 9 == 0]
    # Those marked by hand are marked as what they are anyway.
    tx.each(
        sa.text("UPDATE customers SET override = kind WHERE shop = :shop AND customer = :customer"),
        [(shop, one) for one in by_hand[::3]],
    )
    tx.each(
        sa.text("UPDATE customers SET veto = 'removed', vetoed_at = 5 WHERE shop = :shop AND customer = :customer"),
        [(shop, one) for one in by_hand if one not in by_hand[::3]],
    )


def right(wanted: Wanted, sort: Sort, falling: bool) -> list[str]:
    """Whom the list must show, found the slow way."""
    rows = []
    for number in range(1, NUMBER + 1):
        (made, sure), by_hand, name = verdict(number), number % 9 == 0, key(number)
        value = {
            Sort.LAST: made.last_day, Sort.CERTAINTY: sure.tens if made.kind else None, Sort.SINCE: made.since,
            Sort.LAPSE: made.lapse_on, Sort.BY_HAND: 0 if by_hand else None, Sort.NEITHER: None if made.kind else 0,
        }[sort]  # fmt: skip
        if value is None or (number == 100 and not by_hand):
            continue
        said = (
            wanted.kind in (None, made.kind),
            within(sure.tens, wanted.tens_from, wanted.tens_to),
            within(made.since, wanted.since_from, wanted.since_to),
            within(made.lapse_on, wanted.lapse_from, wanted.lapse_to),
            wanted.by_hand in (None, by_hand),
        )
        if all(said):
            rows.append((value, name))
    return [name for _, name in sorted(rows, reverse=falling)]


def within(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def walked(database: Database, wanted: Wanted, sort: Sort, falling: bool, *, walk: int, at_most: int = 7) -> list[str]:
    """Everybody, page by page to the end; on the way back the same are seen in the other order."""
    there, place = [], None
    for _ in range(2 * NUMBER):
        with database.read() as tx:
            page = customers_listed.listed(
                tx, SHOP, wanted=wanted, sort=sort, falling=falling, place=place, at_most=at_most, walk=walk
            )
        assert len(page.customers) <= at_most
        assert (page.back is None) == (place is None)
        there += [one.customer for one in page.customers]
        if page.onward is None:
            break
        place = page.onward
    assert list(back_from(database, page, wanted, sort, falling, walk, at_most)) == there[::-1]
    return there


def back_from(
    database: Database, page: customers_listed.Page, wanted: Wanted, sort: Sort, falling: bool, walk: int, at_most: int
) -> Iterator[str]:
    yield from (one.customer for one in page.customers[::-1])
    while page.back is not None:
        with database.read() as tx:
            page = customers_listed.listed(
                tx, SHOP, wanted=wanted, sort=sort, falling=falling, place=page.back, at_most=at_most, walk=walk
            )
        yield from (one.customer for one in page.customers[::-1])


FILTERS = {
    "nothing": Wanted(),
    "clients": Wanted(kind=2),
    "a range of tens": Wanted(tens_from=3, tens_to=5),
    "since": Wanted(since_from=910, since_to=915),
    "lapse": Wanted(kind=2, lapse_from=1102, lapse_to=1110),
    "not by hand": Wanted(by_hand=False),
    "all at once": Wanted(2, 2, 8, 905, 935, 1101, 1120, False),
    "nobody": Wanted(kind=1, tens_from=11),
}


@pytest.mark.parametrize("walk", [9, 40, 5000])
@pytest.mark.parametrize("falling", [True, False], ids=["falling", "rising"])
@pytest.mark.parametrize("sort", [Sort.LAST, Sort.CERTAINTY, Sort.LAPSE, Sort.SINCE], ids=str)
@pytest.mark.parametrize("filters", FILTERS)
def test_the_pages_together_hold_everybody_wanted_once_and_in_order(
    full: Database, filters: str, sort: Sort, falling: bool, walk: int
) -> None:
    """There and back, also where a page is broken off after a few rows."""
    wanted = FILTERS[filters]
    assert walked(full, wanted, sort, falling, walk=walk) == right(wanted, sort, falling)


@pytest.mark.parametrize("falling", [True, False])
def test_those_changed_by_hand_and_those_without_a_counted_order_have_lists_of_their_own(
    full: Database, falling: bool
) -> None:
    by_hand = Wanted(by_hand=True)
    assert walked(full, by_hand, Sort.BY_HAND, falling, walk=5000) == right(by_hand, Sort.BY_HAND, falling)
    clients = Wanted(by_hand=True, kind=2, tens_from=4)
    assert walked(full, clients, Sort.BY_HAND, falling, walk=9) == right(clients, Sort.BY_HAND, falling)
    neither = Wanted(kind=0)
    assert walked(full, neither, Sort.NEITHER, falling, walk=5000) == right(neither, Sort.NEITHER, falling)
    both = Wanted(kind=0, by_hand=False)
    assert walked(full, both, Sort.NEITHER, falling, walk=3) == right(both, Sort.NEITHER, falling)


def test_a_place_outside_of_the_filters_shows_nobody_they_leave_out(full: Database) -> None:
    """An address may have been written by hand."""
    wanted = Wanted(tens_from=3, tens_to=5)
    with full.read() as tx:
        for falling, onward in product((True, False), repeat=2):
            place = Place(9 if falling else 1, "Customer/5", onward, False)
            page = customers_listed.listed(
                tx, SHOP, wanted=wanted, sort=Sort.CERTAINTY, falling=falling, place=place, at_most=500
            )
            assert all(3 <= one.tens <= 5 for one in page.customers)


def test_who_looks_for_something_rare_is_told_how_many_were_looked_at(full: Database) -> None:
    with full.read() as tx:
        page = customers_listed.listed(
            tx, SHOP, wanted=Wanted(tens_from=11), sort=Sort.LAST, falling=True, place=None, at_most=50, walk=100
        )
        assert (page.customers, page.searched, page.back) == ([], 100, None)
        assert page.onward is not None
        every = customers_listed.listed(
            tx, SHOP, wanted=Wanted(), sort=Sort.LAST, falling=True, place=None, at_most=50, walk=100
        )
        assert (len(every.customers), every.searched) == (50, None)


def test_a_number_finds_a_customer_a_company_and_whom_somebody_was_merged_into(full: Database) -> None:
    def named(number: int) -> list[str]:
        with full.read() as tx:
            return [one.customer for one in customers_listed.numbered(tx, SHOP, number)]

    assert named(7) == ["Customer/7"]
    assert named(53) == ["CompanyLocation/53"]
    assert named(100) == ["Customer/101"]
    assert named(20) == ["Customer/20"]
    assert named(NUMBER + 1) == []


@pytest.mark.parametrize("falling", [True, False], ids=["falling", "rising"])
def test_customers_that_come_while_a_merchant_pages_hide_nobody_and_show_nobody_twice(
    tmp_path: Path, falling: bool
) -> None:
    """Newcomers are seen or not, as they lie before or behind; whoever was there is seen once, there and back."""
    database = Database(databases.fresh(tmp_path))
    with database.write() as tx:
        shops.know(tx, "annas-bakery.myshopify.com")
        keep(database, tx, SHOP, range(1, 200))
    before = [name for name in right(Wanted(), Sort.LAST, falling) if int(name.rpartition("/")[2]) < 200]
    place, seen, coming = None, list[Listed](), iter(range(200, NUMBER, 5))
    ways = ("onward", "back")
    for way in ways:
        seen = []
        while True:
            with database.write() as tx:
                page = customers_listed.listed(
                    tx, SHOP, wanted=Wanted(), sort=Sort.LAST, falling=falling, place=place, at_most=10
                )
                first = next(coming, NUMBER)
                keep(database, tx, SHOP, range(first, min(first + 5, NUMBER)))
            seen += page.customers if way == "onward" else page.customers[::-1]
            following = getattr(page, way)
            if following is None:
                break
            place = following
        names = [one.customer for one in seen]
        assert len(set(names)) == len(names)
        assert [name for name in names if name in set(before)] == (before if way == "onward" else before[::-1])
        place = Place(seen[-1].value, seen[-1].customer, onward=False, itself=True)
    database.close()
