"""Figures of a whole shop: months, shares, and sums that do not mind in which slices they come."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.figures import SPENT, STEPS, Cohort, Tally, month_of, months_before, shares


def day(text: str) -> int:
    """The ordinal of a date."""
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("of", "months", "first"),
    [
        ("2026-11-25", 0, "2026-11-01"),
        ("2026-11-25", 10, "2026-01-01"),
        ("2026-11-25", 11, "2025-12-01"),
        ("2026-11-25", 24, "2024-11-01"),
        ("2026-12-31", -1, "2027-01-01"),
        ("2028-02-29", 12, "2027-02-01"),
    ],
)
def test_months_are_those_of_the_calendar(of: str, months: int, first: str) -> None:
    assert months_before(day(of), months) == day(first)


@given(st.dates())
def test_a_day_lies_in_its_own_month(one: date) -> None:
    assert month_of(one.toordinal()) == one.replace(day=1).toordinal()


@pytest.mark.parametrize(
    ("today", "known"), [("2026-10-30", 0), ("2026-10-31", 1), ("2026-11-29", 1), ("2026-11-30", 2), ("2027-12-01", 12)]
)
def test_a_share_is_known_when_the_last_of_them_has_had_so_long(today: str, known: int) -> None:
    """Whoever first ordered on 30 September has had 30 days when 30 October is over."""
    found = shares(Cohort(day("2026-09-01"), 8, (2, 4, *[4] * 10)), day(today))
    assert found == [[0.25, *[0.5] * 11][step] if step < known else None for step in range(12)]


def figures_of(tally: Tally, today: str = "2026-11-25"):  # type: ignore[no-untyped-def]  # as Tally says
    """What it comes to."""
    return tally.figures(day=day(today), orders=0, to_tag=0, refused=0)


def test_a_shop_without_orders_has_no_shares() -> None:
    found = figures_of(Tally())
    assert (found.customers, found.came_back, found.spent_by_clients, found.cohorts) == (0, None, None, ())
    assert len(found.revenue) == SPENT
    assert not any(one.buyers or one.clients for one in found.revenue)


def test_a_shop_with_one_order_has_one_customer_who_has_not_come_back() -> None:
    tally = Tally()
    tally.people([(1, 1, 0)])
    tally.firsts([(day("2026-11-25"), 0, 1)])
    tally.amounts([(1, day("2026-11-25"), 2000)])
    found = figures_of(tally)
    assert (found.customers, found.came_back, found.spent_by_clients) == (1, 0.0, 0.0)
    assert found.cohorts == (Cohort(day("2026-11-01"), 1, (0,) * STEPS),)
    assert found.revenue[-1] == (day("2026-11-01"), 2000, 0, 0)


def test_who_came_back_within_a_step_came_back_within_every_later_one() -> None:
    """Later than the last step is as good as not yet; days of one month are one cohort."""
    tally = Tally()
    tally.firsts([(day("2025-01-01"), 1, 2), (day("2025-01-31"), 3, 1), (day("2025-01-09"), 13, 4)])
    tally.firsts([(day("2025-01-09"), 0, 3)])
    (cohort,) = figures_of(tally).cohorts
    assert cohort == Cohort(day("2025-01-01"), 10, (2, 2, *[3] * 10))


def test_what_somebody_without_a_kind_spent_is_in_neither_sum() -> None:
    tally = Tally()
    tally.amounts([(0, day("2026-11-01"), 500), (2, day("2026-11-01"), 300), (1, day("2026-11-30"), 100)])
    found = figures_of(tally)
    assert found.revenue[-1] == (day("2026-11-01"), 100, 300, 0)
    assert found.spent_by_clients == 0.75


def test_what_names_no_customer_is_a_sum_of_its_own() -> None:
    """It is in no share: nobody could be a client by it."""
    tally = Tally()
    tally.amounts([(2, day("2026-11-01"), 300)])
    tally.nobodys([(day("2026-11-02"), 500), (day("2026-11-09"), 50)])
    found = figures_of(tally)
    assert found.revenue[-1] == (day("2026-11-01"), 0, 300, 550)
    assert found.spent_by_clients == 1.0


Row = st.tuples(st.integers(0, 2), st.integers(730_000, 739_000), st.integers(0, 20))


@given(st.lists(Row), st.randoms())
def test_it_does_not_matter_in_which_slices_the_rows_come(rows: list[tuple[int, int, int]], chance) -> None:  # type: ignore[no-untyped-def]  # random.Random
    at_once, sliced = Tally(), Tally()
    for tally, parts in ((at_once, [rows]), (sliced, [[row] for row in chance.sample(rows, len(rows))])):
        for some in parts:
            tally.people((kind, number + 1, number) for kind, _, number in some)
            tally.firsts((when, number, kind + 1) for kind, when, number in some)
            tally.amounts((kind, when, number) for kind, when, number in some)
            tally.nobodys((when, number) for _, when, number in some)
    assert figures_of(at_once) == figures_of(sliced)
