"""The evidence says what was counted, what was not and why, and what would change it."""

from collections.abc import Callable
from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.earlier import Earlier
from plugin.core.explain import Evidence, OccasionNote, explain
from plugin.core.model import DEFAULT_RULES, PRIOR, Model, Rules
from plugin.core.orders import Ignored, Judged
from plugin.core.replay import Why
from plugin.core.verdict import Kind, judge
from plugin.core.verdict_words import IGNORED_WORDS, sentence
from tests.core.histories import BREAD, CAKE, START, bought, histories, models, rules, verdict_of

FIRST_OF_MAY = date(2026, 5, 1).toordinal() - START


def evidence_of(*orders: Judged, today: int = 0) -> Evidence:
    named = [(number, f"#{1000 + number}", order) for number, order in enumerate(orders, 1)]
    return explain(named, PRIOR, DEFAULT_RULES, START + today)


def test_evidence_lists_every_order_once_with_its_reason() -> None:
    evidence = evidence_of(bought(0, BREAD), bought(2, ignored=Ignored.CANCELLED), bought(30, CAKE), today=50)
    assert [(note.name, note.words) for note in evidence.counted] == [("#1001", "counts"), ("#1003", "counts")]
    assert [(note.name, note.words) for note in evidence.ignored] == [("#1002", "cancelled")]
    assert evidence.occasions == (
        OccasionNote(START, ("#1001",), 1.0, Why.FIRST, Kind.BUYER, None),
        OccasionNote(START + 30, ("#1003",), 1.0, Why.NEW, Kind.CLIENT, START + 250),
    )
    assert (evidence.quiet, evidence.usual_gap, evidence.chance, evidence.lapse_on) == (20, 50.0, 60, START + 250)
    assert (evidence.model, evidence.rules) == (0, 0)
    assert evidence.verdict == verdict_of(bought(0, BREAD), bought(2, ignored=2), bought(30, CAKE), today=50)


def test_the_weights_of_the_occasions_add_up() -> None:
    evidence = evidence_of(
        bought(0, BREAD), bought(9, BREAD), bought(9, CAKE), bought(40, CAKE), bought(999), today=999
    )
    assert [note.why for note in evidence.occasions] == [Why.FIRST, Why.NEW, Why.SAME, Why.COMEBACK]
    assert sum(note.weight for note in evidence.occasions) == evidence.verdict.weight
    assert evidence.occasions[1].orders == ("#1002", "#1003")


def test_every_reason_has_words() -> None:
    assert IGNORED_WORDS.keys() == set(Ignored)


def test_nothing_counted_is_evidence_too() -> None:
    evidence = evidence_of(bought(0, ignored=Ignored.UNPAID), today=3)
    assert (evidence.occasions, evidence.quiet, evidence.chance) == ((), None, 0)
    assert evidence.changes == ("#1001 counts once it is paid.", "The first order that counts makes them a buyer.")


THREE = DEFAULT_RULES._replace(occasions=3)
WEEKS = THREE._replace(days_apart=7)
CHANGES = [
    (
        [bought(0, BREAD)],
        9,
        DEFAULT_RULES,
        (
            "One more order on 3 May 2024 or later makes them a client if it has a product not bought before.",
            "With products bought before it takes 2 orders.",
        ),
    ),
    ([bought(0)], 0, DEFAULT_RULES, ("One more order on 25 Apr 2024 or later makes them a client.",)),
    (
        [bought(0, BREAD), bought(9, BREAD)],
        9,
        DEFAULT_RULES,
        ("One more order on 4 May 2024 or later makes them a client.",),
    ),
    (
        [bought(0), bought(9)],
        9,
        DEFAULT_RULES,
        ("Without another order they are a buyer again on 8 Nov 2024.",),
    ),
    ([bought(0)], 9, THREE, ("2 more orders on different days from 3 May 2024 on make them a client.",)),
    (
        [bought(0)],
        1,
        WEEKS,
        ("2 more orders from 1 May 2024 on, each at least 7 days after the one before, make them a client.",),
    ),
    ([], 9, DEFAULT_RULES._replace(occasions=1), ("The first order that counts makes them a client.",)),
    ([bought(0)], 9, DEFAULT_RULES._replace(enter=0.99), ("It takes many more orders to make them a client.",)),
]


@pytest.mark.parametrize(("orders", "today", "rules_", "changes"), CHANGES)
def test_what_would_change_the_verdict_is_said(
    orders: list[Judged], today: int, rules_: Rules, changes: tuple[str, ...]
) -> None:
    assert explain(numbered(orders), PRIOR, rules_, START + today).changes == changes


SENTENCES = [
    (
        [bought(FIRST_OF_MAY), bought(FIRST_OF_MAY + 30)],
        FIRST_OF_MAY + 50,
        (
            "Ordered on 2 separate occasions, usually every 50 days, and has been quiet for 20 days; about 60 of 100"
            " such customers order again within 180 days, so a client until 6 Jan 2027 unless they order"
            " (provisional: the shop's own numbers are not known yet)."
        ),
    ),
    (
        [bought(FIRST_OF_MAY)],
        FIRST_OF_MAY,
        (
            "Ordered on one occasion, most recently today; about 50 of 100 such customers order again within 180 days,"
            " so a buyer (provisional: the shop's own numbers are not known yet)."
        ),
    ),
    ([], 0, "No order counts yet, so neither a buyer nor a client."),
]


@pytest.mark.parametrize(("orders", "today", "words"), SENTENCES)
def test_the_sentence_reads_as_a_merchant_would_say_it(orders: list[Judged], today: int, words: str) -> None:
    assert sentence(verdict_of(*orders, today=today), PRIOR, START + today) == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (400, "came back on 29 May 2025 after a long pause and ordered most recently today; about 60 of 100"),
        (420, "came back on 29 May 2025 after a long pause and has been quiet for 20 days; about 60 of 100"),
    ],
)
def test_a_comeback_is_told_for_what_was_before_it_weighs_no_more(today: int, words: str) -> None:
    assert words in sentence(verdict_of(bought(0), bought(30), bought(400), today=today), PRIOR, START + today)


def test_a_lapsed_client_is_named_as_one() -> None:
    taught = PRIOR._replace(taught=True)
    lapsed = verdict_of(bought(0), bought(30), today=300, model=taught)
    assert sentence(lapsed, taught, START + 300).endswith("so a buyer again: a client who lapsed on 30 Dec 2024.")


def numbered(history: list[Judged]) -> list[tuple[int, str, Judged]]:
    return [(number, f"#{1000 + number}", order) for number, order in enumerate(history, 1)]


@given(histories, models, rules, st.integers(0, 1400), st.booleans(), st.sampled_from([0, 1, 3]))
@settings(deadline=None)
def test_what_is_explained_is_what_was_judged(
    history: list[Judged], model: Model, rules_: Rules, today: int, company: bool, earlier: int
) -> None:
    """The evidence replays by itself, so it is held against the verdict that became a tag."""
    before = Earlier(earlier, START - 300, START) if earlier else None
    evidence = explain(numbered(history), model, rules_, START + today, company=company, earlier=before)
    judged = judge(history, model, rules_, START + today, company=company, earlier=before)
    assert evidence.verdict == judged
    if evidence.occasions:
        assert evidence.earlier + sum(note.weight for note in evidence.occasions) == pytest.approx(judged.weight)
        assert evidence.occasions[-1].day == judged.last_day


def test_explaining_a_long_history_costs_little_more_than_judging_it() -> None:
    """It is replayed once, whatever is asked about one order more."""
    history = [bought(number * 2 // 3, BREAD + number % 300) for number in range(5000)]
    today = START + 9000  # long lapsed, so that it is asked
    explained = seconds(lambda: explain(numbered(history), PRIOR, DEFAULT_RULES, today))
    assert explained < 3 * seconds(lambda: judge(history, PRIOR, DEFAULT_RULES, today))


def seconds(do: Callable[[], object]) -> float:
    """Of processor time, at best."""
    took = []
    for _ in range(5):
        start = process_time()
        do()
        took.append(process_time() - start)
    return min(took)
