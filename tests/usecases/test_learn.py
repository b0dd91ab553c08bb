"""What a shop teaches: learned from its history when that is imported, looked at every week, and judged by."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from math import log
from zoneinfo import ZoneInfo

import pytest

from plugin.core.earlier import Earlier
from plugin.core.facts import OrderSeen
from plugin.core.learning import WEEK, adopt, replay_learning
from plugin.core.model import DEFAULT_RULES, PRIOR, Model
from plugin.core.moments import day_of
from plugin.core.orders import pack_products
from plugin.db import all_shops, earlier, imports, orders, shops, taught
from plugin.db.shops import Shop
from plugin.usecases import learn as learning
from plugin.usecases.learn import learn, learn_from_history
from plugin.usecases.rejudge import judge_all, rejudge
from tests.core.histories import BREAD
from tests.usecases.conftest import Oak

DAY = 86_400_000
Bought = tuple[str, int]  # a customer, and days ago


def keep(oak: Oak, bought: Iterable[Bought], *, ignored: int = 0, renewal: bool = False) -> None:
    """Orders as an import keeps them; the number of each goes on from those that are there."""
    today = day_of(oak.services.now(), ZoneInfo("UTC"))
    with oak.services.database.write() as tx:
        number = orders.count(tx, oak.shop)
        rows = []
        for customer, ago in bought:
            number += 1
            fact = OrderSeen(
                number, "", customer, None, 1, 1, False, False, "paid", False, 9, 9, 0, 0, 9, 1, False, renewal,
                pack_products([BREAD + number]),
            )  # fmt: skip
            rows.append(orders.row(oak.shop, fact, day=today - ago, ignored=ignored, triggered_at=1, read=True))
        orders.keep(tx, oak.shop, rows)


def who_returns(people: int, share: float, *, back: int = 700) -> list[Bought]:
    """Customers who came over the last days and, after each order, returned with that chance some 40 days later."""
    chance, found = random.Random(3), []
    for number in range(1, people + 1):
        ago = chance.randrange(back)
        while ago >= 0:
            found.append((f"Customer/{number * 32_768}", ago))
            ago = ago - chance.randrange(30, 50) if chance.random() < share else -1
    return found


def known(oak: Oak) -> Shop:
    with oak.services.database.read() as tx:
        return shops.get(tx, oak.shop)


def model(oak: Oak) -> Model:
    """The one in force."""
    with oak.services.database.read() as tx:
        return shops.judging(tx, oak.shop)[0]


def imported(oak: Oak, stage: str = "done") -> None:
    with oak.services.database.write() as tx:
        number = imports.begin(tx, oak.shop, now=1)
        imports.progress(tx, oak.shop, number, stage=stage)


def change(oak: Oak, **values: object) -> None:
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, **values)


def test_a_history_teaches_what_living_through_it_would_have(oak: Oak) -> None:
    """The model is the next one in number, says what it rests on, and looks again in a week's night."""
    keep(oak, who_returns(700, 0.4))
    learn_from_history(oak.services, oak.shop)
    lesson = learning._read(oak.services, oak.shop)
    weeks = replay_learning(lesson.histories, until=lesson.until, rules=DEFAULT_RULES)
    assert model(oak) == adopt(PRIOR._replace(number=1), weeks)
    assert (model(oak).number, model(oak).taught) == (2, True)
    (samples,), (people,), (read,) = (
        oak.column(f"SELECT {what} FROM models WHERE number = 2") for what in ("samples", "customers", "orders")
    )
    assert samples > 300
    assert (people, read) == (700, len(who_returns(700, 0.4)))
    assert not known(oak).rejudge, "everybody is judged right after"
    due = datetime.fromtimestamp(known(oak).next_learn_at / 1000, UTC)
    assert due.toordinal() == lesson.until + WEEK
    assert 4 <= due.hour < 6


def test_a_shop_with_little_to_teach_keeps_the_prior_and_says_provisional(oak: Oak) -> None:
    keep(oak, who_returns(60, 0.4))
    learn_from_history(oak.services, oak.shop)
    judge_all(oak.services, oak.shop, cause="import 1")
    assert model(oak) == PRIOR._replace(number=1)
    assert set(oak.column("SELECT provisional FROM customers")) == {1}
    assert known(oak).next_learn_at > oak.services.now(), "it is looked at again"


def test_a_changed_model_has_everybody_judged_for_the_reason_of_its_number(oak: Oak) -> None:
    """Nobody came back for long: who was a client by the old numbers is a buyer by the new ones."""
    keep(oak, who_returns(700, 0.05))
    with oak.services.database.write() as tx:
        taught.keep(tx, oak.shop, taught.Kept(Model(2, 45.0, 180, 4.0, True), 1))
        shops.change(tx, oak.shop, model=2)
    judge_all(oak.services, oak.shop, cause="import 1")
    before = oak.kinds()
    imported(oak)
    learn(oak.services, oak.shop)
    found = model(oak)
    assert found.number == 3
    assert log(4.0 / found.readiness) == pytest.approx(0.15, abs=0.001), "a step a week"
    assert (known(oak).rejudge, known(oak).rejudge_for) == (True, "model 3")
    assert ("rejudge", oak.shop) in oak.nudged
    rejudge(oak.services, oak.shop)
    turned = {key for key, kind in oak.kinds().items() if kind != before[key]}
    assert turned == set(oak.column("SELECT customer FROM customers WHERE cause = 'model 3'"))
    assert turned
    assert not known(oak).rejudge


def test_nobody_learns_before_the_week_is_over(oak: Oak) -> None:
    """Nor while a history is read or everybody is being judged anew: then it stays due."""
    keep(oak, who_returns(700, 0.4))
    learn(oak.services, oak.shop)
    imported(oak, stage="reading")
    learn(oak.services, oak.shop)
    imported(oak)
    change(oak, rejudge=True)
    learn(oak.services, oak.shop)
    change(oak, rejudge=False, next_learn_at=oak.services.now() + DAY)
    learn(oak.services, oak.shop)
    assert model(oak).number == 1
    change(oak, next_learn_at=oak.services.now() + 30 * DAY)  # by a clock that was ahead
    learn(oak.services, oak.shop)
    assert model(oak).number == 2


def test_the_clock_finds_who_is_due(oak: Oak) -> None:
    now = oak.services.now()
    for at, due in ((now, True), (now + 7 * DAY, False), (now + 30 * DAY, True)):
        change(oak, next_learn_at=at)
        with oak.services.database.read() as tx:
            assert all_shops.to_learn(tx, now=now) == [oak.shop] * due


def test_rules_that_change_while_one_learns_leave_it_due(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(oak, who_returns(700, 0.4))
    imported(oak)

    def meanwhile(*given: object, **more: object) -> Model:
        change(oak, rules=2)
        return Model(2, taught=True)

    monkeypatch.setattr(learning, "learn_on", meanwhile)
    learn(oak.services, oak.shop)
    assert (known(oak).model, known(oak).next_learn_at) == (1, 0)


def test_customers_teach_as_they_are_judged(oak: Oak) -> None:
    """A company by its location; what does not count is left out; earlier orders are known by number; who only
    subscribes has no gaps of their own."""
    keep(oak, [("Customer/1", 90), ("Customer/1", 50), ("CompanyLocation/2", 40), ("Customer/3", 9)])
    keep(oak, [("Customer/1", 20), ("Customer/4", 20)], ignored=2)
    keep(oak, [("Customer/5", 60), ("Customer/5", 30)], renewal=True)
    judge_all(oak.services, oak.shop, cause="import 1")
    with oak.services.database.write() as tx:
        until = learning._read(oak.services, oak.shop).until - 60
        earlier.keep(tx, oak.shop, [("Customer/3", Earlier(2, until - 300, until))])
    lesson = learning._read(oak.services, oak.shop)
    found = {one.customer: one for one in lesson.histories}
    assert [lesson.until - day for day, *_ in found["Customer/1"].days] == [90, 50]
    assert found.keys() == {"Customer/1", "CompanyLocation/2", "Customer/3", "Customer/5"}
    assert [key for key, one in found.items() if one.company] == ["CompanyLocation/2"]
    assert {key: one.earlier for key, one in found.items() if one.earlier} == {"Customer/3": 2}
    assert all(renewal for *_, renewal in found["Customer/5"].days)


def test_of_a_big_shop_some_customers_teach_for_all(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole customers, about as many as wanted, and of them half when the shop has doubled."""
    bought = who_returns(1000, 0.3)
    keep(oak, bought)
    counts = []
    for enough in (len(bought), len(bought) / 2, len(bought) / 4):
        monkeypatch.setattr(learning, "ENOUGH", enough)
        lesson = learning._read(oak.services, oak.shop)
        counts.append({one.customer for one in lesson.histories})
        assert lesson.orders == sum(customer in counts[-1] for customer, _ in bought)
    assert counts[0] > counts[1] > counts[2]
    assert [round(len(some) / 1000, 1) for some in counts] == [1.0, 0.5, pytest.approx(0.25, abs=0.06)]
