"""Worked cases of the verdict, by hand with the prior model: G = 60 days, c = 0.9."""

import pytest

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, Verdict, chance, combine
from tests.core.histories import BREAD, CAKE, SOAP, START, bought, verdict_of

KIND_BY_CASE = {
    "one order": ([bought(0, BREAD)], Kind.BUYER),
    "the same product again": ([bought(0, BREAD), bought(30, BREAD)], Kind.BUYER),
    "another product": ([bought(0, BREAD), bought(30, CAKE)], Kind.CLIENT),
    "the same product twice again": ([bought(0, BREAD), bought(30, BREAD), bought(60, BREAD)], Kind.CLIENT),
    "an old and a new product": ([bought(0, BREAD), bought(30, BREAD, CAKE)], Kind.CLIENT),
    "a part of what was bought before": ([bought(0, BREAD, CAKE), bought(30, CAKE)], Kind.BUYER),
    "an order without products": ([bought(0, BREAD), bought(30)], Kind.CLIENT),
    "two orders on one day": ([bought(0, BREAD), bought(0, CAKE)], Kind.BUYER),
    "a renewal of the same product": ([bought(0, BREAD), bought(30, BREAD, renewal=True)], Kind.CLIENT),
    "a second order that does not count": ([bought(0, BREAD), bought(30, CAKE, ignored=2)], Kind.BUYER),
    "no order that counts": ([bought(0, BREAD, ignored=1)], Kind.NONE),
    "no order": ([], Kind.NONE),
}


@pytest.mark.parametrize("case", KIND_BY_CASE)
def test_the_kind_follows_what_was_bought(case: str) -> None:
    orders, kind = KIND_BY_CASE[case]
    assert verdict_of(*orders, today=61).kind is kind


def test_a_second_order_gives_the_numbers_one_gets_by_hand() -> None:
    """g = (2*60 + 30) / (2 + 1) = 50; patience = 50 * (0.9*2*3 - 1) = 220 days from day 30."""
    assert verdict_of(bought(0, BREAD), bought(30, CAKE), today=40) == Verdict(
        kind=Kind.CLIENT,
        provisional=True,
        since=START + 30,
        lapse_on=START + 250,
        lapsed=False,
        occasions=2,
        weight=2.0,
        usual_gap=50.0,
        first_day=START,
        last_day=START + 30,
        counted=2,
        ignored=0,
    )


def test_a_customer_without_a_gap_has_the_shops_own() -> None:
    one = verdict_of(bought(0, BREAD), bought(0, CAKE), bought(0, CAKE, ignored=1), today=3)
    assert (one.usual_gap, one.occasions, one.counted, one.ignored) == (60.0, 1, 2, 1)


def test_no_order_that_counts_leaves_only_their_number() -> None:
    none = verdict_of(bought(0, ignored=2), bought(5, ignored=7), today=9)
    assert none == Verdict(Kind.NONE, True, None, None, False, 0, 0.0, 60.0, None, None, 0, 2)


@pytest.mark.parametrize(("today", "kind"), [(249, Kind.CLIENT), (250, Kind.BUYER), (251, Kind.BUYER)])
def test_a_client_is_a_buyer_from_the_lapse_day_on(today: int, kind: Kind) -> None:
    verdict = verdict_of(bought(0, BREAD), bought(30, CAKE), today=today)
    assert (verdict.kind, verdict.lapse_on) == (kind, START + 250)
    assert verdict.lapsed == (kind is Kind.BUYER)
    assert verdict.since == START + (30 if kind is Kind.CLIENT else 250)


@pytest.mark.parametrize(("day", "weight"), [(249, 3.0), (250, 3.0), (251, 2.0)])
def test_a_comeback_starts_afresh_only_after_the_lapse_day(day: int, weight: float) -> None:
    """On the lapse day itself the order meets a buyer, but one who has not been away yet."""
    verdict = verdict_of(bought(0, BREAD), bought(30, CAKE), bought(day, SOAP), today=day)
    assert (verdict.kind, verdict.weight, verdict.occasions) == (Kind.CLIENT, weight, 3)
    assert verdict.since == START + (30 if day < 250 else day)


def test_a_comeback_counts_the_same_whatever_is_in_it() -> None:
    verdict = verdict_of(bought(0, BREAD), bought(30, CAKE), bought(400, BREAD), today=400)
    assert (verdict.kind, verdict.weight) == (Kind.CLIENT, 2.0)


def test_who_came_back_is_a_client_after_as_many_purchases_as_it_takes() -> None:
    """The fresh start is made once: what comes after it adds to it, also where two purchases are not enough."""
    days = [bought(day) for day in (0, 10, 20, 900, 910)]
    three = DEFAULT_RULES._replace(occasions=3)
    back, again = (verdict_of(*days[:number], today=910, rules=three) for number in (4, 5))
    assert (back.kind, back.weight, back.came_back) == (Kind.BUYER, 2.0, START + 900)
    assert (again.kind, again.weight, again.came_back) == (Kind.CLIENT, 3.0, START + 900)


def test_a_client_stays_one_with_an_order_of_the_same_product() -> None:
    verdict = verdict_of(bought(0, BREAD), bought(30, CAKE), bought(60, BREAD), today=60)
    assert (verdict.kind, verdict.weight, verdict.since) == (Kind.CLIENT, 2.5, START + 30)


def test_nobody_is_waited_for_longer_than_the_rules_say() -> None:
    orders = [bought(100 * turn) for turn in range(5)]
    verdict = verdict_of(*orders, today=400)
    assert verdict.lapse_on == START + 400 + 365
    short = verdict_of(*orders, today=400, rules=DEFAULT_RULES._replace(longest_quiet=90))
    assert short.lapse_on == START + 400 + 90


def test_a_client_is_waited_for_one_day_at_least() -> None:
    """With a low readiness the formula would have the client lapse before the order."""
    verdict = verdict_of(
        bought(0), bought(1), model=PRIOR._replace(readiness=0.1), rules=DEFAULT_RULES._replace(enter=0)
    )
    assert verdict.lapse_on == START + 2


def test_a_shop_whose_customers_hardly_return_asks_for_more() -> None:
    """c*2 / (1 + c*2) is .29 for c = .2: under the threshold of .30, and over it with a third occasion."""
    rare = PRIOR._replace(readiness=0.2)
    assert verdict_of(bought(0), bought(1), today=1, model=rare).kind is Kind.BUYER
    assert verdict_of(bought(0), bought(1), bought(2), today=2, model=rare).kind is Kind.CLIENT


def test_a_chance_at_the_threshold_is_enough() -> None:
    """c*2 / (1 + c*2) is two thirds for c = 1."""
    model, rules = PRIOR._replace(readiness=1.0), DEFAULT_RULES._replace(enter=2 / 3)
    assert verdict_of(bought(0), bought(1), today=1, model=model, rules=rules).kind is Kind.CLIENT


def test_a_product_that_is_used_up_counts_in_full_when_bought_again() -> None:
    model = PRIOR._replace(replenishable=frozenset({BREAD}))
    assert verdict_of(bought(0, BREAD), bought(30, BREAD), today=30, model=model).kind is Kind.CLIENT
    assert verdict_of(bought(0, CAKE), bought(30, CAKE), today=30, model=model).kind is Kind.BUYER


def test_billing_days_are_no_gaps_but_the_customer_is_not_quiet_either() -> None:
    """Gaps run between the days a customer chose: 0 and 90 here, whatever was billed in between."""
    verdict = verdict_of(bought(0), *(bought(day, renewal=True) for day in (30, 60)), bought(90), today=90)
    assert (verdict.usual_gap, verdict.weight, verdict.last_day) == ((2 * 60 + 90) / 3, 4.0, START + 90)
    billed = verdict_of(bought(0), bought(30, renewal=True), today=40)
    assert (billed.usual_gap, billed.last_day) == (60.0, START + 30)


def test_days_close_together_are_one_occasion_from_its_first_day_on() -> None:
    """Measured from the start of the occasion: a weekly customer gets a second one with N = 14 all the same."""
    rules = DEFAULT_RULES._replace(days_apart=14)
    weekly = [bought(7 * week) for week in range(3)]
    assert verdict_of(*weekly[:2], today=14, rules=rules).occasions == 1
    assert verdict_of(*weekly, today=14, rules=rules).occasions == 2


def test_companies_can_be_clients_with_their_first_order() -> None:
    rules = DEFAULT_RULES._replace(company_occasions=1)
    assert verdict_of(bought(0), rules=rules, company=True).kind is Kind.CLIENT
    assert verdict_of(bought(0), rules=rules).kind is Kind.BUYER


def test_the_second_order_of_all_is_no_comeback() -> None:
    """A company that was a client with its first order lapses after 60 * (0.9*3 - 1) = 102 days."""
    rules = DEFAULT_RULES._replace(company_occasions=1)
    verdict = verdict_of(bought(0, BREAD), bought(103, BREAD), today=103, rules=rules, company=True)
    assert (verdict.weight, verdict.since) == (1.5, START + 103)


def test_an_order_dated_tomorrow_counts_today() -> None:
    verdict = verdict_of(bought(0), bought(31), today=30)
    assert (verdict.kind, verdict.last_day) == (Kind.CLIENT, START + 31)
    assert chance(verdict, PRIOR, START + 30) == chance(verdict, PRIOR, START + 31)


def test_the_chance_falls_with_quiet_days() -> None:
    """p = c n / (c n + 1 + q): 1.8 / 2.8 on the day of the second order, 1.8 / 3.8 one usual gap later."""
    verdict = verdict_of(bought(0), bought(30), today=30)
    assert chance(verdict, PRIOR, START + 30) == pytest.approx(1.8 / 2.8)
    assert chance(verdict, PRIOR, START + 80) == pytest.approx(1.8 / 3.8)
    assert chance(verdict_of(), PRIOR, START) == 0.0


def test_a_verdict_is_provisional_until_the_shop_has_taught_a_model() -> None:
    assert verdict_of(bought(0)).provisional
    assert not verdict_of(bought(0), model=PRIOR._replace(taught=True)).provisional


NONE = verdict_of()
BUYER = verdict_of(bought(50), today=60)
CLIENT = verdict_of(bought(0), bought(30), today=60)
LATER_CLIENT = verdict_of(bought(20), bought(60), today=60)
ENDLESS = LATER_CLIENT._replace(lapse_on=None)
LAPSED = verdict_of(bought(-400), bought(-390), today=60)


@pytest.mark.parametrize(
    ("own", "locations", "kind", "lapse_on"),
    [
        (NONE, [], Kind.NONE, None),
        (NONE, [BUYER], Kind.BUYER, None),
        (BUYER, [CLIENT], Kind.CLIENT, CLIENT.lapse_on),
        (CLIENT, [BUYER, NONE], Kind.CLIENT, CLIENT.lapse_on),
        (CLIENT, [LATER_CLIENT], Kind.CLIENT, LATER_CLIENT.lapse_on),
        (CLIENT, [ENDLESS, LATER_CLIENT], Kind.CLIENT, None),
        (BUYER, [LAPSED], Kind.BUYER, LAPSED.lapse_on),
    ],
)
def test_a_person_is_a_client_when_they_or_a_location_of_theirs_is(
    own: Verdict, locations: list[Verdict], kind: Kind, lapse_on: int | None
) -> None:
    together = combine(own, locations)
    assert (together.kind, together.lapse_on) == (kind, lapse_on)
    assert combine(own, locations[::-1]) == together


def test_a_person_is_a_client_since_the_first_of_the_client_verdicts_began() -> None:
    assert combine(LATER_CLIENT, [CLIENT]).since == CLIENT.since
    assert combine(BUYER, [LAPSED]).since == LAPSED.since
    assert combine(BUYER, [LAPSED]).lapsed


def test_combining_with_nothing_changes_nothing() -> None:
    for verdict in (NONE, BUYER, CLIENT, ENDLESS, LAPSED):
        assert combine(verdict, []) == verdict
