"""When a customer became what, told from their purchase days."""

from plugin.core.explain import explain
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.turns import Turn, turns
from plugin.core.verdict import Kind
from tests.core.histories import START, bought, verdict_of


def turned(*days: int, today: int) -> list[Turn]:
    named = [(number, f"#{number}", bought(day)) for number, day in enumerate(days, 1)]
    evidence = explain(named, PRIOR, DEFAULT_RULES, START + today)
    return [turn._replace(day=turn.day - START) for turn in turns(evidence.occasions, START + today)]


def test_a_customer_turns_buyer_then_client_and_lapses_on_the_day_that_was_told() -> None:
    lapse = verdict_of(bought(0), bought(30), today=50).lapse_on
    assert lapse is not None
    came = [Turn(0, Kind.BUYER, lapsed=False), Turn(30, Kind.CLIENT, lapsed=False)]
    lapsed = Turn(lapse - START, Kind.BUYER, lapsed=True)
    assert turned(0, 30, today=lapse - START - 1) == came
    assert turned(0, 30, today=lapse - START) == [*came, lapsed]


def test_a_lapse_before_a_comeback_is_told_although_the_customer_is_a_client_on_both_sides() -> None:
    kinds = [(turn.kind, turn.lapsed) for turn in turned(0, 10, 900, today=900)]
    assert kinds == [(Kind.BUYER, False), (Kind.CLIENT, False), (Kind.BUYER, True), (Kind.CLIENT, False)]


def test_who_never_ordered_never_turned() -> None:
    assert turned(today=5) == []
