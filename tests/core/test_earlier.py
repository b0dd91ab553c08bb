"""Orders from before we can look: they count as occasions, one each, and every verdict with them is provisional."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.earlier import Earlier, last_of, unseen
from plugin.core.explain import explain, sentence
from plugin.core.model import DEFAULT_RULES, PRIOR, Model, Rules
from plugin.core.orders import Judged
from plugin.core.replay import Why
from plugin.core.verdict import Kind, Verdict, judge
from tests.core.histories import BREAD, CAKE, START, bought, histories, models, orders, rules

TAUGHT = PRIOR._replace(taught=True)
LOOK = 100  # days after the start from which on orders are seen


def with_earlier(number: int, *orders: Judged, today: int = LOOK + 60, since: int = 0, model: Model = PRIOR) -> Verdict:
    """The verdict on these orders and so many from before day LOOK, by a customer who came on day `since`."""
    earlier = Earlier(number, START + since, START + LOOK)
    return judge(orders, model, DEFAULT_RULES, START + today, earlier=earlier)


CASES = [
    # earlier, orders, kind, occasions, weight, lapses so many days after the start
    (5, [bought(110, BREAD), bought(140, CAKE)], Kind.CLIENT, 7, 7.0, 505),
    (1, [bought(110, BREAD)], Kind.CLIENT, 2, 2.0, 110 + 264),
    (1, [bought(110, ignored=5)], Kind.BUYER, 1, 1.0, None),
    (1, [], Kind.BUYER, 1, 1.0, None),
    (2, [], Kind.CLIENT, 2, 2.0, 49 + 264),
    (7, [], Kind.CLIENT, 7, 7.0, 84 + 365),
]


@pytest.mark.parametrize(("earlier", "orders", "kind", "occasions", "weight", "lapse"), CASES)
def test_each_earlier_order_is_an_occasion_of_its_own(
    earlier: int, orders: list[Judged], kind: Kind, occasions: int, weight: float, lapse: int | None
) -> None:
    verdict = with_earlier(earlier, *orders)
    assert (verdict.kind, verdict.occasions, verdict.weight, verdict.earlier) == (kind, occasions, weight, earlier)
    assert verdict.lapse_on == (None if lapse is None else START + lapse)


def test_a_verdict_with_earlier_orders_is_provisional_whatever_the_shop_has_taught() -> None:
    assert with_earlier(1, bought(110), model=TAUGHT).provisional
    assert not with_earlier(0, bought(110), model=TAUGHT).provisional


def test_earlier_orders_say_nothing_about_gaps() -> None:
    """Nobody knows their days."""
    assert with_earlier(5, bought(110), bought(140)).usual_gap == with_earlier(0, bought(110), bought(140)).usual_gap


def test_an_earlier_order_that_comes_to_light_is_no_further_one() -> None:
    """A late change of an old order brings it in whole: it was among those that were only counted."""
    alone = with_earlier(1)
    assert (alone.kind, alone.occasions) == (Kind.BUYER, 1)
    found = with_earlier(1, bought(40, BREAD))
    assert found == judge([bought(40, BREAD)], PRIOR, DEFAULT_RULES, START + 160)
    refunded = with_earlier(2, bought(40, ignored=5))
    assert (refunded.kind, refunded.occasions, refunded.earlier) == (Kind.BUYER, 1, 1)


def test_who_has_not_ordered_since_is_taken_to_have_ordered_in_between() -> None:
    """From the day they came to the day before we can look; of one order, when they came; the more, the later."""
    earlier = Earlier(4, START, START + LOOK)
    assert [last_of(earlier, number) - START for number in (1, 2, 4, 100)] == [0, 49, 74, 98]
    assert last_of(Earlier(3, START + LOOK + 9, START + LOOK), 3) == START + LOOK - 1


def test_who_came_long_ago_and_not_since_has_lapsed() -> None:
    verdict = with_earlier(2, today=700)
    assert (verdict.kind, verdict.lapsed, verdict.since) == (Kind.BUYER, True, START + 49 + 264)


SENTENCES = [
    (
        5,
        [bought(110), bought(140)],
        "Ordered 7 times, 5 of them before we can look, usually every 50 days, and has been",
    ),
    (1, [bought(110)], "Ordered 2 times, 1 of them before we can look, and has been quiet for 50 days; "),
    (1, [bought(160)], "Ordered 2 times, 1 of them before we can look, most recently today; "),
    (1, [], "Ordered once, before we can look, the last time perhaps around 24 Apr 2024; "),
    (2, [], "Ordered 2 times, both before we can look, the last time perhaps around "),
    (7, [], "Ordered 7 times, all of them before we can look, the last time perhaps around "),
]


@pytest.mark.parametrize(("earlier", "orders", "words"), SENTENCES)
def test_the_sentence_says_what_lies_before_we_can_look(earlier: int, orders: list[Judged], words: str) -> None:
    said = sentence(with_earlier(earlier, *orders), PRIOR, START + 160)
    assert said.startswith(words)
    assert said.endswith(" (provisional: older orders cannot be looked at yet).")


def test_the_evidence_names_their_number_and_the_weights_add_up() -> None:
    rows = [(1, "#1001", bought(110, BREAD)), (2, "#1002", bought(140, BREAD))]
    evidence = explain(rows, PRIOR, DEFAULT_RULES, START + 160, earlier=Earlier(5, START, START + LOOK))
    assert evidence.earlier == 5
    assert [note.why for note in evidence.occasions] == [Why.NEW, Why.SAME]
    assert evidence.earlier + sum(note.weight for note in evidence.occasions) == evidence.verdict.weight == 6.5


def test_one_more_order_after_a_single_earlier_one_makes_a_client() -> None:
    evidence = explain([], PRIOR, DEFAULT_RULES, START + 160, earlier=Earlier(1, START, START + LOOK))
    assert evidence.changes == ("One more order on 1 Oct 2024 or later makes them a client.",)


todays = st.integers(START, START + 1400)
earliers = st.builds(
    Earlier, st.integers(0, 9), st.integers(START - 900, START + 200), st.integers(START - 400, START + 200)
)


@given(histories, models, rules, todays, earliers)
@settings(max_examples=150, deadline=None)
def test_no_earlier_order_is_no_difference(
    history: list[Judged], model: Model, rules_: Rules, today: int, earlier: Earlier
) -> None:
    assert judge(history, model, rules_, today, earlier=earlier._replace(orders=0)) == judge(
        history, model, rules_, today
    )


@given(histories, models, rules, todays, earliers, st.integers(1, 9))
@settings(max_examples=300, deadline=None)
def test_more_earlier_orders_never_make_a_buyer_of_a_client(
    history: list[Judged], model: Model, rules_: Rules, today: int, earlier: Earlier, more: int
) -> None:
    """Unless they had lapsed in between, for whoever comes back starts afresh."""
    known = earlier._replace(orders=earlier.orders + more)
    fewer, further = (judge(history, model, rules_, today, earlier=one) for one in (earlier, known))
    notes = explain([(n, "", one) for n, one in enumerate(history)], model, rules_, today, earlier=known).occasions
    if all(note.why is not Why.COMEBACK for note in notes):
        assert further.kind >= fewer.kind
        assert (further.lapse_on or 0) >= (fewer.lapse_on or 0)
    assert further.occasions - fewer.occasions == further.earlier - fewer.earlier


@given(histories, models, rules, todays, earliers, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_arrival_is_no_matter(
    history: list[Judged], model: Model, rules_: Rules, today: int, earlier: Earlier, random
) -> None:
    shuffled = history.copy()
    random.shuffle(shuffled)
    assert judge(shuffled, model, rules_, today, earlier=earlier) == judge(
        history, model, rules_, today, earlier=earlier
    )


@given(histories, models, rules, todays, earliers, st.integers(0, 400))
@settings(deadline=None)
def test_a_sweep_equals_judging_later(
    history: list[Judged], model: Model, rules_: Rules, today: int, earlier: Earlier, wait: int
) -> None:
    now, later = (judge(history, model, rules_, day, earlier=earlier) for day in (today, today + wait))
    lapses = now.kind is Kind.CLIENT and now.lapse_on is not None and now.lapse_on <= today + wait
    swept = now._replace(kind=Kind.BUYER, since=now.lapse_on, lapsed=True) if lapses else now
    assert later == swept


@given(histories, todays, earliers, orders)
@settings(deadline=None)
def test_an_order_that_comes_to_light_takes_the_place_of_one_that_was_only_counted(
    history: list[Judged], today: int, earlier: Earlier, order: Judged
) -> None:
    old = order._replace(day=earlier.until - 1)
    days = [one.day for one in history]
    assert unseen(earlier, [*days, old.day]) == max(0, unseen(earlier, days) - 1)
    verdict = judge([*history, old], PRIOR, DEFAULT_RULES, today, earlier=earlier)
    assert verdict.counted + verdict.ignored + verdict.earlier >= earlier.orders
