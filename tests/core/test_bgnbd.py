"""BG/NBD against what its authors published of the same customers, and against chances drawn from it."""

import random

import pytest

from plugin.core import bgnbd
from plugin.core.bgnbd import Fitted, Watched

PUBLISHED = Fitted(r=0.243, alpha=4.414, a=0.793, b=2.426)  # Fader, Hardie and Lee (2005), CDNOW


def customers(number: int, weeks: int, after: int) -> list[tuple[Watched, int]]:
    """Customers who buy as the model says, for so many weeks; and how often each does after them."""
    chance, found = random.Random(8), []
    r, alpha, a, b = PUBLISHED
    for _ in range(number):
        rate, stop = chance.gammavariate(r, 1 / alpha), chance.betavariate(a, b)
        days, day = [], 0.0
        while (day := day + chance.expovariate(rate or 1e-9)) < weeks + after:
            days.append(day)
            if chance.random() < stop:
                break
        early = [day for day in days if day < weeks]
        found.append((Watched(len(early), int(max(early, default=0)), weeks), len(days) - len(early)))
    return found


def test_expectations_are_what_the_model_does() -> None:
    drawn = customers(6000, 40, 20)
    expected = sum(bgnbd.purchases(one, PUBLISHED, 20) for one, _ in drawn)
    assert sum(again for _, again in drawn) == pytest.approx(expected, rel=0.06)
    some = sum(bgnbd.chance(one, PUBLISHED, 20) for one, _ in drawn)
    assert sum(again > 0 for _, again in drawn) == pytest.approx(some, rel=0.06)


def test_the_published_example() -> None:
    """Their customer with 2 repeat purchases, the last in week 30.43 of 38.86: 1.226 expected in 39 weeks."""
    assert bgnbd.purchases(Watched(2, 30, 39), PUBLISHED, 39) == pytest.approx(1.226, rel=0.02)


def test_fitting_finds_what_the_customers_were_drawn_from() -> None:
    found = bgnbd.fit([one for one, _ in customers(6000, 40, 0)])
    assert found.r == pytest.approx(PUBLISHED.r, rel=0.15)
    assert found.alpha == pytest.approx(PUBLISHED.alpha, rel=0.25)


@pytest.mark.parametrize("one", [Watched(0, 0, 0), Watched(400, 1, 52), Watched(400, 52, 52)])
def test_chances_stay_chances_at_the_ends(one: Watched) -> None:
    for fitted in (PUBLISHED, PUBLISHED._replace(a=1.0), PUBLISHED._replace(a=1e-4, b=8e3)):
        assert 0 <= bgnbd.chance(one, fitted, 26) <= 1
        assert bgnbd.purchases(one, fitted, 26) >= 0
