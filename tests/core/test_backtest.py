"""The backtest: nothing looks ahead, little data is said to be little, and the README's figures are what comes out."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin import cli_backtest
from plugin.core import backtest as lived
from plugin.core.backtest import Ours, backtest, plan_for
from plugin.core.baselines import Bgnbd, Method, at_least_two_orders, rfm
from plugin.core.model import DEFAULT_RULES
from plugin.core.pasts import Bought, Past, as_of, pasts
from tests.core.histories import START

README = Path(__file__).parents[2] / "README.md"


def shop(people: int, *, days: int = 500, seed: int = 5) -> list[Bought]:
    chance, found = random.Random(seed), []
    for number in range(people):
        day, again = chance.randrange(days // 2), chance.random()
        while day < days:
            found.append(Bought(f"{number}", START + day, chance.randrange(500, 9000), b""))
            if chance.random() > again:
                break
            day += chance.randrange(1, 90)
    return found


def test_a_past_counts_orders_and_money_up_to_each_day() -> None:
    orders = [Bought("1", START + 9, 50, b""), Bought("1", START, 100, b""), Bought("1", START + 9, 7, b"")]
    assert [(one.days, one.orders, one.spent) for one in pasts(orders)] == [([START, START + 9], [1, 3], [100, 157])]


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_nothing_that_is_said_looks_ahead(chance: random.Random) -> None:
    """Another future, and every method says the same of everybody."""
    bought, day = shop(300), START + 300
    last = max(one.day for one in bought)
    other = [one if one.day <= day else one._replace(day=chance.randint(day + 1, last)) for one in bought]
    ends = [Bought("end", START, 1, b""), Bought("end", last, 1, b"")]

    def said(everybody: list[Past]) -> list[object]:
        ours = Ours(everybody, DEFAULT_RULES._replace(horizon=90))
        methods: list[Method] = [ours.say, at_least_two_orders, rfm, Bgnbd(90).say]
        seen = as_of(everybody, day, 90).seen
        people = [one.past.history.customer for one in seen]
        return [list(zip(people, method(day, seen), strict=True)) for method in methods]

    assert said(pasts(bought + ends)) == said(pasts(other + ends))


def test_looks_are_monthly_and_end_with_the_last_day_whose_horizon_is_over() -> None:
    everybody = pasts([Bought("1", START, 1, b""), Bought("1", START + 400, 1, b"")])
    plan = plan_for(everybody, 90)
    assert (plan.cut, list(plan.looks)) == (START + 310, list(range(START + 155, START + 311, 30)))
    assert plan_for(everybody, 90, first=START + 250, cut=START + 300).looks[0] == START + 250


@pytest.mark.parametrize(
    "bought",
    [
        shop(60),
        [one for one in shop(900) if one.day < START + 80],
        [Bought(str(n), START + day, 9, b"") for n in range(500) for day in (n % 9, 300)],
    ],
    ids=["few customers", "a short time", "nobody came back within the horizon"],
)
def test_too_little_data_gives_no_figures(bought: list[Bought]) -> None:
    everybody = pasts(bought)
    assert backtest(everybody, plan_for(everybody, 90), DEFAULT_RULES).methods == {}


def test_every_method_is_measured_alike() -> None:
    everybody = pasts(shop(800))
    result = backtest(everybody, plan_for(everybody, 90), DEFAULT_RULES)
    assert list(result.methods) == list(cli_backtest.NAMES)
    for figures in result.methods.values():
        assert figures.auc is not None
        assert 0.5 < figures.auc.low < figures.auc.value < figures.auc.high
    assert result.methods[lived.ORDERS].brier is None
    assert result == backtest(everybody, plan_for(everybody, 90), DEFAULT_RULES), "no chance in it"


@pytest.fixture(scope="module")
def cdnow() -> list[Past]:
    return pasts(cli_backtest.source_named("cdnow").read())


@pytest.mark.parametrize(("horizon", "auc", "f1", "most_flips"), [(90, 0.835, 0.495, 5.0), (180, 0.803, 0.562, 3.5)])
def test_cdnow_is_as_the_readme_says(cdnow: list[Past], horizon: int, auc: float, f1: float, most_flips: float) -> None:
    """The rows of Regulars in the table that `regulars backtest cdnow journey --markdown` makes."""
    plan = cli_backtest.planned(cli_backtest.source_named("cdnow"), cdnow, horizon)
    result = backtest(cdnow, plan, DEFAULT_RULES, methods=[lived.REGULARS])
    figures = result.methods[lived.REGULARS]
    assert figures.auc is not None
    assert figures.f1 is not None
    assert figures.flips is not None
    assert figures.auc.value >= auc
    assert figures.f1.value >= f1
    assert figures.flips.value <= most_flips
    rows = list(cli_backtest.as_markdown([("cdnow", [result])]))
    assert rows[-1] in README.read_text(encoding="utf-8").splitlines()
