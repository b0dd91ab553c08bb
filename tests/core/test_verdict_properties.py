"""What holds for every history: the order of arrival is no matter, and a slow independent telling comes to the same."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.model import DEFAULT_RULES, PRIOR, Model, Rules
from plugin.core.orders import Judged
from plugin.core.verdict import Kind, judge
from tests.core.histories import START, by_day, histories, models, orders, rules
from tests.core.slow_reference import live

todays = st.integers(START, START + 1400)


@given(histories, models, rules, todays, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_replay_agrees_with_living_through_every_midnight(
    history: list[Judged], model: Model, rules_: Rules, today: int, company: bool
) -> None:
    verdict = judge(history, model, rules_, today, company=company)
    slow = live(by_day(history), model, rules_, today, company=company)
    assert verdict.kind.name.lower() == slow.tag
    assert (verdict.occasions, verdict.weight, verdict.lapse_on) == (slow.n, slow.n_eff, slow.lapse_on)
    assert (verdict.since, verdict.came_back) == (slow.tag_since, slow.back)
    assert verdict.last_day == (slow.last or None)
    assert verdict.lapsed == (slow.tag == "buyer" and slow.lapse_on is not None)
    assert abs(verdict.usual_gap - slow.g()) < 1e-9


@given(histories, st.randoms(use_true_random=False), todays)
@settings(deadline=None)
def test_a_shuffled_history_gives_the_same_verdict(history: list[Judged], random, today: int) -> None:
    shuffled = history.copy()
    random.shuffle(shuffled)
    assert judge(shuffled, PRIOR, DEFAULT_RULES, today) == judge(history, PRIOR, DEFAULT_RULES, today)


class Version(NamedTuple):
    """One delivery of an order."""

    order: int
    version: int
    judged: Judged


versions = st.lists(st.builds(Version, st.integers(1, 6), st.integers(1, 4), orders), max_size=20).map(
    lambda drawn: list({(seen.order, seen.version): seen for seen in drawn}.values())
)


def stored(deliveries: list[Version]) -> dict[int, Version]:
    """What is stored after these deliveries: the newest version of each order."""
    kept: dict[int, Version] = {}
    for seen in deliveries:
        if seen.order not in kept or kept[seen.order].version < seen.version:
            kept[seen.order] = seen
    return kept


@given(versions, st.randoms(use_true_random=False), todays)
@settings(deadline=None)
def test_doubled_and_mixed_up_deliveries_give_the_same_verdict(deliveries: list[Version], random, today: int) -> None:
    """Duplicates go by order id before judging, so a history delivered twice in any order is the same history."""
    mixed = deliveries * 2
    random.shuffle(mixed)
    once, twice = (
        judge([seen.judged for seen in stored(batch).values()], PRIOR, DEFAULT_RULES, today)
        for batch in (deliveries, mixed)
    )
    assert once == twice


@given(versions, st.integers(0, 20), todays)
@settings(deadline=None)
def test_a_history_split_into_import_and_live_orders_gives_the_same_verdict(
    deliveries: list[Version], cut: int, today: int
) -> None:
    whole, split = stored(deliveries), stored([*deliveries[cut:], *deliveries[:cut]])
    assert judge([seen.judged for seen in whole.values()], PRIOR, DEFAULT_RULES, today) == judge(
        [seen.judged for seen in split.values()], PRIOR, DEFAULT_RULES, today
    )


@given(histories, models, rules, todays, st.integers(0, 400))
@settings(deadline=None)
def test_a_sweep_equals_judging_later(
    history: list[Judged], model: Model, rules_: Rules, today: int, wait: int
) -> None:
    """Without new orders the kind changes once at most, on the lapse day: so one date column is the whole sweep."""
    now, later = (judge(history, model, rules_, day) for day in (today, today + wait))
    lapses = now.kind is Kind.CLIENT and now.lapse_on is not None and now.lapse_on <= today + wait
    swept = now._replace(kind=Kind.BUYER, since=now.lapse_on, lapsed=True) if lapses else now
    assert later == swept


@given(histories, todays)
@settings(deadline=None)
def test_ignored_orders_change_nothing_but_their_number(history: list[Judged], today: int) -> None:
    counted = [order for order in history if order.ignored == 0]
    alone, among = (judge(some, PRIOR, DEFAULT_RULES, today) for some in (counted, history))
    assert among == alone._replace(ignored=len(history) - len(counted))
