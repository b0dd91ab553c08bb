"""What measures say, against what they mean: by hand, by all pairs, and by the spread of many samples."""

import random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core import measures
from plugin.core.measures import GROUPS, Counts, Told


def told(*rows: tuple[bool, float, bool]) -> list[Told]:
    """Rows of (client, score, returned), in groups that take turns."""
    return [Told(at % GROUPS, client, score, score, came, None) for at, (client, score, came) in enumerate(rows)]


def value(rows: list[Told], figure: measures.Figure) -> float | None:
    found = measures.over_days([measures.count(rows)], figure)
    return None if found is None else found.value


def test_figures_by_hand() -> None:
    """Three clients of whom two came back, two buyers of whom one did."""
    rows = told((True, 0.9, True), (True, 0.8, True), (True, 0.5, False), (False, 0.4, True), (False, 0.1, False))
    assert value(rows, measures.precision) == pytest.approx(2 / 3)
    assert value(rows, measures.recall) == pytest.approx(2 / 3)
    assert value(rows, measures.f1) == pytest.approx(2 / 3)
    assert value(rows, measures.came_back) == pytest.approx(3 / 5)
    assert value(rows, measures.clients) == pytest.approx(3 / 5)
    assert value(rows, measures.brier) == pytest.approx((0.01 + 0.04 + 0.25 + 0.36 + 0.01) / 5)
    assert value(rows, measures.flips) is None, "nothing was said before"
    changed = [one._replace(changed=at == 0) for at, one in enumerate(rows)]
    assert value(changed, measures.flips) == pytest.approx(20)


def test_without_clients_there_is_no_precision_and_without_chances_no_brier() -> None:
    nobody = Counts(0, 0, 3, 4, None, 0, 0)
    assert (measures.precision(nobody), measures.recall(nobody), measures.f1(nobody)) == (None, 0, 0)
    assert measures.brier(nobody) is None
    assert measures.f1(Counts(0, 0, 0, 4, 0.0, 0, 0)) is None, "nobody came back and nobody was said to"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5).map(float), st.booleans()), max_size=40))
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, float, bool]]) -> None:
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for _, one, came in rows
        if came
        for _, other, stayed in rows
        if not stayed
    ]
    found = measures.auc(told(*rows))
    assert (found is None) == (not pairs)
    if found is not None:
        assert found.value == pytest.approx(fmean(pairs))


def test_intervals_are_as_wide_as_many_samples_differ() -> None:
    chance = random.Random(4)

    def sample() -> list[Told]:
        rows = [(chance.random() < 0.4, chance.gauss(0, 1)) for _ in range(1000)]
        return told(*((client, score, chance.random() < (0.5 if client else 0.2)) for client, score in rows))

    found = [measures.over_days([measures.count(sample())], measures.f1) for _ in range(60)]
    values = [one.value for one in found if one]
    widths = [one.high - one.value for one in found if one]
    assert fmean(widths) == pytest.approx(1.96 * stdev(values), rel=0.3)
