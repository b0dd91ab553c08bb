"""Certainty in tens: what a merchant reads as "4 of 10", and the day on which it is fewer without an order."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin.core.certainty import Certainty, certainty
from plugin.core.explain import explain
from plugin.core.model import DEFAULT_RULES, PRIOR, Model
from plugin.core.orders import Judged
from plugin.core.verdict import Verdict, chance
from tests.core.histories import BREAD, CAKE, START, bought, histories, models, verdict_of

# One order: 0.9 / (1.9 + quiet / 60). It is 0.45 after 6 days, 0.35 after 40.3, 0.25 after 102, 0.15 after 246 and 0.05
# after 966: it falls on the first whole day after each.
ONE_ORDER = [(0, 5, 7), (5, 5, 7), (7, 4, 41), (40, 4, 41), (41, 3, 103), (200, 2, 247), (966, 1, 967)]


@pytest.mark.parametrize(("quiet", "tens", "falls_after"), ONE_ORDER)
def test_one_order_is_worth_less_with_time(quiet: int, tens: int, falls_after: int) -> None:
    one = verdict_of(bought(0, BREAD), today=quiet)
    assert certainty(one, PRIOR, START + quiet) == Certainty(tens, START + falls_after)


def test_two_orders_with_another_product_are_worth_more() -> None:
    """1.8 / (2.8 + quiet / 50): 0.64 at first, under 0.55 after 23.6 days."""
    two = verdict_of(bought(0, BREAD), bought(30, CAKE), today=30)
    assert certainty(two, PRIOR, START + 30) == Certainty(6, START + 30 + 24)


def test_nothing_counted_is_no_certainty_for_ever() -> None:
    assert certainty(verdict_of(bought(0, BREAD, ignored=1)), PRIOR, START) == Certainty(0, None)


def test_at_none_of_ten_it_falls_no_more() -> None:
    one = verdict_of(bought(0, BREAD), today=5000)
    assert certainty(one, PRIOR, START + 5000) == Certainty(0, None)


def test_a_fall_beyond_the_calendar_is_never() -> None:
    """No day is later than a calendar has."""
    slow = verdict_of(bought(0, BREAD))._replace(usual_gap=9_000_000.0)
    assert certainty(slow, PRIOR, START) == Certainty(5, START + 900_001)
    assert certainty(slow._replace(usual_gap=90_000_000.0), PRIOR, START) == Certainty(5, None)


def test_an_order_of_tomorrow_is_as_one_of_today() -> None:
    """A shop's zone may be ahead of ours."""
    ahead = verdict_of(bought(1, BREAD), today=0)
    assert certainty(ahead, PRIOR, START) == certainty(ahead, PRIOR, START + 1)


@given(histories, models, st.integers(0, 1500), st.integers(0, 400))
@example([Judged(START, 0, False, b"")], PRIOR, 0, 10)
@settings(max_examples=200, deadline=None)
def test_moved_on_its_days_it_is_always_what_it_would_be_anew(
    history: list[Judged], model: Model, begin: int, days: int
) -> None:
    """Whoever looks only on the days that were said sees every fall, and none that is not there."""
    verdict: Verdict = verdict_of(*history, model=model, today=begin)
    kept = certainty(verdict, model, START + begin)
    for today in range(START + begin, START + begin + days):
        if kept.fall_on is not None and kept.fall_on <= today:
            before, kept = kept, certainty(verdict, model, today)
            assert kept.tens < before.tens
        assert kept.tens == int(chance(verdict, model, today) * 10 + 0.5)


@given(histories, models, st.integers(0, 1500))
@settings(deadline=None)
def test_the_list_says_what_the_customer_s_own_page_says(history: list[Judged], model: Model, day: int) -> None:
    rows = [(number, f"#{number}", one) for number, one in enumerate(history)]
    shown = explain(rows, model, DEFAULT_RULES, START + day)
    assert certainty(shown.verdict, model, START + day).tens * 10 == shown.chance
