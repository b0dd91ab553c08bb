"""What a customer's page says is what was judged, and each thing that happened stands on one of its pages."""

import random

import pytest

from plugin.core.earlier import Earlier
from plugin.core.verdict import Kind
from plugin.core.words import ENGLISH
from plugin.db import earlier, ledger, one_customer, shops
from plugin.usecases.judge import Bench
from plugin.usecases.show_customer import Shown, Unknown, show_customer
from plugin.usecases.show_past import NOW, PAGE, Happened, What, spot_named
from tests.usecases.conftest import Oak, order


def shown(oak: Oak, customer: str = "Customer/7", before: str = "") -> Shown:
    return show_customer(oak.services, oak.shop, customer, before=spot_named(before), words=ENGLISH)


def everything(oak: Oak, customer: str = "Customer/7") -> list[Happened]:
    """What happened, page by page, as links from one to the next lead."""
    found: list[Happened] = []
    before = ""
    while True:
        past = shown(oak, customer, before).past
        found += past.happened
        if past.older is None:
            return found
        assert len(past.happened) == PAGE
        before = "%d.%d.%d" % past.older  # noqa: UP031 -- as the template writes it


@pytest.mark.parametrize("seed", range(6))
def test_the_page_says_what_was_judged(oak: Oak, seed: int) -> None:
    """People, companies, and people who buy for companies; the sentence is about the kind that became a tag."""
    chance = random.Random(seed)
    for number in range(1, 41):
        company = {"id": 1, "location_id": chance.randint(1, 2)} if chance.random() < 0.3 else None
        day = f"2026-{chance.randint(1, 11):02d}-{chance.randint(1, 24):02d}"
        status = chance.choice(["paid", "paid", "paid", "pending", "refunded"])
        one = order(number, customer=chance.randint(1, 5), day=day, company=company, financial_status=status)
        oak.receive("orders/create", one)
    oak.drain()
    kinds = oak.kinds()
    assert len(kinds) > 5
    for key, kind in kinds.items():
        seen = shown(oak, key)
        assert seen.reasons is not None
        evidence = seen.reasons.evidence
        assert evidence.verdict.kind == kind, key
        words = {Kind.NONE: "neither a buyer nor a client", Kind.BUYER: "so a buyer", Kind.CLIENT: "so a client"}[kind]
        assert words in evidence.sentence


def test_everything_that_happened_stands_on_one_page_only(oak: Oak) -> None:
    """Also where many things happened at the same moment, and pages end in the middle of them."""
    for number in range(1, 61):
        oak.receive("orders/create", order(number, day=f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}"))
    for number in range(61, 131):
        oak.receive("orders/create", order(number, day="2026-06-01"))
    oak.drain()
    noon = 1_780_315_200_000  # of that day
    with oak.services.database.write() as tx:
        change = ledger.Change("Customer/7", "add", "client", 2, 1, 1, "orders")
        for at in (noon - 1, noon, noon + 1):
            ledger.intend(tx, oak.shop, [change] * 40, now=at)
    found = everything(oak)
    spots = [one.spot for one in found]
    assert spots == sorted(set(spots), reverse=True)
    counted = {what: sum(one.spot.what is what for one in found) for what in What}
    assert counted[What.ORDER] == 130
    assert counted[What.TAG] == 120
    assert counted[What.TURN] >= 2


@pytest.mark.parametrize("named", ["", "1.2", "x.1.1", "1.9.1", "-1.1.1", "9" * 40 + ".1.1"])
def test_a_place_that_is_none_is_the_newest(named: str) -> None:
    assert spot_named(named) == NOW


def test_orders_known_by_number_only_are_told_as_such(oak: Oak) -> None:
    oak.receive("orders/create", order(1, day="2026-11-01"))
    oak.drain()
    with oak.services.database.write() as tx:
        day = 739_500  # in September 2025
        earlier.keep(tx, oak.shop, [("Customer/7", Earlier(3, day, day + 30))])
        known = shops.get(tx, oak.shop)
        Bench(oak.shop, *shops.judging(tx, oak.shop), oak.services.today(known), cause="orders").judge(
            tx, ["Customer/7"]
        )
    reasons = shown(oak).reasons
    assert reasons is not None
    assert reasons.evidence.earlier == 3
    assert "3 of them before we can look" in reasons.evidence.sentence


def test_nothing_is_shown_of_whom_nothing_is_kept(oak: Oak) -> None:
    with pytest.raises(Unknown) as told:
        shown(oak)
    assert not told.value.erased
    with oak.services.database.read() as tx:
        assert one_customer.kept(tx, oak.shop, "Customer/7") is None
