"""Histories to judge: by hand in one line, or drawn by hypothesis."""

from collections import defaultdict
from collections.abc import Iterable

from hypothesis import strategies as st

from plugin.core.model import DEFAULT_RULES, PRIOR, Model, Rules
from plugin.core.orders import Judged, pack_products, unpack_products
from plugin.core.verdict import Verdict, judge

START = 739_000  # a day to count from

BREAD, CAKE, SOAP = 101, 102, 103


def bought(day: int, *products: int, renewal: bool = False, ignored: int = 0) -> Judged:
    """An order `day` days after the start."""
    return Judged(START + day, ignored, renewal, pack_products(products))


def verdict_of(
    *orders: Judged, today: int = 0, model: Model = PRIOR, rules: Rules = DEFAULT_RULES, company: bool = False
) -> Verdict:
    """The verdict on day `today` after the start."""
    return judge(orders, model, rules, START + today, company=company)


def by_day(orders: Iterable[Judged]) -> list[tuple[int, frozenset[int], bool, bool]]:
    """Counted orders gathered per day, for the slow reference."""
    gathered: dict[int, list[Judged]] = defaultdict(list)
    for order in orders:
        if order.ignored == 0:
            gathered[order.day].append(order)
    return [
        (
            day,
            frozenset(key for order in same_day for key in unpack_products(order.products)),
            any(order.products == b"" for order in same_day),
            all(order.renewal for order in same_day),
        )
        for day, same_day in sorted(gathered.items())
    ]


orders = st.builds(
    Judged,
    day=st.integers(START, START + 900),
    ignored=st.sampled_from([0, 0, 0, 0, 1, 2, 5, 7]),
    renewal=st.sampled_from([False, False, False, True]),
    products=st.lists(st.integers(1, 5), max_size=3).map(pack_products),
)
histories = st.lists(orders, max_size=14)

models = st.builds(
    Model,
    number=st.just(1),
    usual_gap=st.floats(2.0, 200.0),
    horizon=st.just(180),
    readiness=st.floats(0.05, 4.0),
    taught=st.booleans(),
    replenishable=st.frozensets(st.integers(1, 5), max_size=2),
)
rules = st.builds(
    Rules,
    number=st.just(1),
    days_apart=st.sampled_from([1, 1, 2, 14]),
    occasions=st.sampled_from([2, 2, 1, 3]),
    company_occasions=st.sampled_from([1, 2]),
    enter=st.floats(0.05, 0.6),
    leave=st.floats(0.05, 0.6),
    longest_quiet=st.integers(1, 400),
    same_product_weight=st.sampled_from([0.5, 0.0, 1.0]),
    prior_gaps=st.sampled_from([1.0, 2.0, 4.0]),
)
