"""What a shop teaches (the reference, 3.5): numbers by table, the real history by known values, rules by property."""

import csv
import gzip
import random
from collections import defaultdict
from datetime import date
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core import fitting
from plugin.core.learning import DRAWN, WEEK, History, Learner, adopt, learn_on, replay_learning, seed_of
from plugin.core.model import DEFAULT_RULES, PRIOR, Model
from plugin.core.occasions import Occasion
from plugin.simulator.history import CDNOW
from tests.core.histories import BREAD, CAKE, SOAP, START

TAUGHT = Model(7, 40.0, 180, 1.0, True)


def on(*days: int, product: int | None = None) -> list[Occasion]:
    """Purchase days after the start."""
    return [(START + day, (product,) if product else (), not product, False) for day in days]


def shop(people: int, share: float, *, gap: int = 40, years: float = 2.0, seed: int = 3) -> list[History]:
    """Customers who come over the years and, after each order, return with that chance a gap later."""
    chance, found = random.Random(seed), []
    for number in range(people):
        days = [chance.randrange(int(years * 365))]
        while chance.random() < share:
            days.append(days[-1] + max(1, int(chance.gauss(gap, gap / 4))))
        found.append(History(f"Customer/{number}", on(*(day for day in days if day < years * 365))))
    return [one for one in found if one.days]


@pytest.mark.parametrize(
    ("means", "gap"),
    [([], 60.0), ([30.0], (20 * 60 + 30) / 21), ([10.0, 20.0, 90.0] * 1000, pytest.approx(20.26, abs=0.01))],
)
def test_the_usual_gap_is_the_median_drawn_to_the_prior(means: list[float], gap: float) -> None:
    assert fitting.usual_gap(means) == gap


@pytest.mark.parametrize(("gap", "horizon"), [(8.6, 90), (19.9, 90), (20, 180), (60, 180), (150, 180), (151, 365)])
def test_the_horizon_follows_the_gap(gap: float, horizon: int) -> None:
    assert fitting.horizon_for(gap, DEFAULT_RULES) == horizon


def test_the_prior_is_the_first_guess_for_its_own_gap() -> None:
    assert fitting.prior_for(DEFAULT_RULES) == PRIOR
    assert fitting.first_guess(60.0, 180) == pytest.approx(0.9)


@pytest.mark.parametrize("c", [0.1, 0.33, 0.9, 2.2, 8.0])
def test_solving_finds_the_readiness_that_made_the_samples(c: float) -> None:
    zs = [0.02 * 1.1**step for step in range(60)]
    assert fitting.solve(zs, sum(c * z / (1 + c * z) for z in zs) / 60) == pytest.approx(c, rel=0.02)


@given(st.lists(st.floats(0.01, 50), min_size=1, max_size=50), st.floats(0, 1), st.floats(0, 1))
def test_more_returns_make_no_smaller_readiness(zs: list[float], one: float, other: float) -> None:
    assert fitting.solve(zs, min(one, other)) <= fitting.solve(zs, max(one, other))


@given(st.floats(0.05, 20), st.floats(0.05, 20))
def test_a_week_changes_nothing_within_the_dead_band_and_at_most_a_step(old: float, new: float) -> None:
    change = log(fitting.step(old, new) / old)
    if abs(log(new / old)) < 0.1:
        assert change == 0
    else:
        assert abs(change) <= 0.15 + 1e-9
        assert change * (new - old) > 0


def test_few_samples_hardly_move_the_first_guess() -> None:
    assert fitting.shrunk(2.0, 1.0, 1000) == pytest.approx(2**0.5)
    assert fitting.shrunk(2.0, 1.0, 300) == pytest.approx(exp(0.3 / 1.3 * log(2)))


def test_a_product_that_many_buy_again_is_one_to_be_used_up() -> None:
    buyers, rebuyers = {BREAD: 100, CAKE: 100, SOAP: 1}, {BREAD: 30, CAKE: 3}
    # The shop's own share is 33 of 201, so that a product of which nothing is known yet counts as the others do.
    assert fitting.replenishable(buyers, rebuyers, frozenset()) == {BREAD}
    assert fitting.replenishable({CAKE: 100}, {CAKE: 14}, frozenset()) == frozenset()
    assert fitting.replenishable({CAKE: 100}, {CAKE: 14}, frozenset({CAKE})) == {CAKE}


def test_products_bought_on_two_days_within_the_horizon_are_learned() -> None:
    bread = [History(f"Customer/{n}", on(n % 90, n % 90 + 30, product=BREAD)) for n in range(200)]
    cake = [History(f"Customer/9{n}", on(n % 90, n % 90 + 300, product=CAKE)) for n in range(200)]
    taught = replay_learning(bread + cake, until=START + 500, rules=DEFAULT_RULES)
    assert taught[-1][1].replenishable == {BREAD}


def test_a_shop_with_little_data_keeps_the_prior() -> None:
    """Fewer than 100 customers, or nobody drawn as long ago as the horizon."""
    assert replay_learning(shop(60, 0.5), until=START + 700, rules=DEFAULT_RULES) == []
    assert replay_learning(shop(900, 0.5, years=0.3), until=START + 110, rules=DEFAULT_RULES) == []
    assert replay_learning([], until=START, rules=DEFAULT_RULES) == []
    assert learn_on(shop(60, 0.5), PRIOR, DEFAULT_RULES, until=START + 700) is PRIOR


def test_where_more_return_the_readiness_is_larger() -> None:
    found = [
        replay_learning(shop(600, share), until=START + 700, rules=DEFAULT_RULES)[-1][1].readiness
        for share in (0.15, 0.4, 0.7)
    ]
    assert found == sorted(found)
    assert found[2] > 2 * found[0]


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_in_which_customers_come_does_not_matter(chance: random.Random) -> None:
    people = shop(400, 0.4)
    wanted = replay_learning(people, until=START + 700, rules=DEFAULT_RULES)
    chance.shuffle(people)
    assert replay_learning(people, until=START + 700, rules=DEFAULT_RULES) == wanted


def test_nothing_looks_ahead() -> None:
    """What was taught by a day does not change with what comes after it."""
    people = shop(500, 0.4)
    early, late = START + 700 - 10 * WEEK, START + 700
    cut = [one._replace(days=[day for day in one.days if day[0] <= early]) for one in people]
    seen = replay_learning([one for one in cut if one.days], until=early, rules=DEFAULT_RULES)
    assert seen == [one for one in replay_learning(people, until=late, rules=DEFAULT_RULES) if one[0] <= early]


def test_weeks_go_by_without_a_new_model_where_nothing_changed() -> None:
    people = shop(800, 0.4)
    model = replay_learning(people, until=START + 700, rules=DEFAULT_RULES)[-1][1]
    settled = model
    for _ in range(30):
        settled = learn_on(people, settled, DEFAULT_RULES, until=START + 700)
    assert learn_on(people, settled, DEFAULT_RULES, until=START + 700) is settled
    assert abs(log(settled.readiness / model.readiness)) <= 0.16


def test_a_model_that_says_nearly_the_same_is_not_a_new_one() -> None:
    near = TAUGHT._replace(number=3, readiness=1.05)
    assert adopt(TAUGHT, [(START, near)]) is TAUGHT
    assert adopt(TAUGHT, [(START, near._replace(readiness=1.2))]) == TAUGHT._replace(number=8, readiness=1.2)
    assert adopt(TAUGHT, [(START, near._replace(horizon=90))]).number == 8


def test_some_500_are_drawn_a_week_and_others_the_next() -> None:
    people = [History(f"Customer/{n}", on(0)) for n in range(5000)]
    learner = Learner(people, PRIOR, DEFAULT_RULES)
    learner.live_until(START)
    drawn = []
    for week in range(3):
        learner.draw(START + week * WEEK)
        drawn.append({sample.person for sample in learner._draws[START + week * WEEK]})
    assert all(DRAWN * 0.8 < len(some) < DRAWN * 1.2 for some in drawn)
    assert len(drawn[0] & drawn[1]) < DRAWN / 3
    assert seed_of("Customer/1") == seed_of("Customer/1") != seed_of("Customer/2")


@pytest.fixture(scope="module")
def cdnow() -> list[History]:
    """The real history: the days on which each customer paid something."""
    days: dict[str, set[int]] = defaultdict(set)
    with gzip.open(CDNOW, "rt") as file:
        for row in csv.DictReader(file):
            if float(row["amount"]) > 0:
                days[row["customer"]].add(date.fromisoformat(row["date"]).toordinal())
    return [History(f"Customer/{one}", [(day, (), True, False) for day in sorted(some)]) for one, some in days.items()]


def test_cdnow_teaches_what_the_reference_found(cdnow: list[History]) -> None:
    """A gap of some 60 to 80 days at the end, and a readiness of .6 to .95 within 180 days."""
    taught = replay_learning(cdnow, until=date(1998, 6, 30).toordinal(), rules=DEFAULT_RULES)
    last = taught[-1][1]
    assert last.horizon == 180
    assert last.taught
    assert 60 < last.usual_gap < 85
    late = [model.readiness for day, model in taught if day >= date(1997, 8, 1).toordinal()]
    assert all(0.6 < c < 0.95 for c in late)
    assert len(taught) < 25, "numbers are frozen between fits, and small changes are noise"
