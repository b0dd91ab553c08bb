"""The certainty that is kept of each customer is the one of today, however it came there."""

from plugin.core.causes import ZONE
from plugin.core.certainty import Certainty, certainty
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Judged
from plugin.core.verdict import Verdict, judge
from plugin.db import customers, objections, shops
from plugin.usecases.rejudge import judge_all
from plugin.usecases.sweep import sweep
from tests.usecases.conftest import Oak, order

ANNA = "Customer/7"


def kept(oak: Oak, customer: str = ANNA) -> Certainty:
    """What stands in the customer's row."""
    (found,) = oak.column(
        f"SELECT CAST(tens AS TEXT) || '/' || coalesce(CAST(tens_fall_on AS TEXT), '') FROM customers"
        f" WHERE customer = '{customer}'"
    )
    tens, _, fall_on = found.partition("/")
    return Certainty(int(tens), int(fall_on) if fall_on else None)


def today(oak: Oak) -> int:
    with oak.services.database.read() as tx:
        return oak.services.today(shops.get(tx, oak.shop))


def bought_once(day: int) -> Verdict:
    """One order on that day."""
    return judge([Judged(day, 0, False, b"")], PRIOR, DEFAULT_RULES, day)


def test_a_delivery_and_a_judgement_of_everybody_leave_the_same(oak: Oak) -> None:
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, day="2026-11-09"))
    oak.drain()
    live = kept(oak)
    assert live.tens > 0
    assert live.fall_on is not None
    assert live.fall_on > today(oak)
    judge_all(oak.services, oak.shop, cause=ZONE)
    assert kept(oak) == live


def test_a_sweep_lets_fall_who_is_due_and_nobody_else(oak: Oak) -> None:
    """Who was swept over for weeks lands where they are today, not one step lower."""
    day = today(oak)
    due, fresh = (f"Customer/{number}" for number in (8, 9))
    verdicts = {due: bought_once(day - 300), fresh: bought_once(day)}
    with oak.services.database.write() as tx:
        customers.judged(
            tx,
            oak.shop,
            verdicts.items(),
            model=1,
            rules=1,
            cause="orders",
            certainty=lambda verdict: certainty(verdict, PRIOR, verdict.last_day or 0),
        )
    before = kept(oak, fresh)
    assert kept(oak, due).tens == 5
    sweep(oak.services, oak.shop)
    assert kept(oak, due) == certainty(verdicts[due], PRIOR, day)
    assert kept(oak, due).tens == 1
    assert kept(oak, fresh) == before


def test_a_database_of_an_older_version_is_filled_in_by_the_next_sweep(oak: Oak) -> None:
    """Also many at once; nobody is judged anew, and no kind or cause changes."""
    day = today(oak)
    verdicts = {f"Customer/{number}": bought_once(day - number) for number in range(2500)}
    with oak.services.database.write() as tx:
        customers.judged(tx, oak.shop, verdicts.items(), model=1, rules=1, cause="orders")
    assert set(oak.column("SELECT tens FROM customers")) == {0}
    sweep(oak.services, oak.shop)
    found = {name: kept(oak, name) for name in list(verdicts)[::97]}
    assert found == {name: certainty(verdicts[name], PRIOR, day) for name in found}
    assert oak.column(f"SELECT count(*) FROM customers WHERE tens_fall_on <= {day}") == [0]
    assert set(oak.column("SELECT cause FROM customers")) == {"orders"}


def test_who_objects_has_no_certainty(oak: Oak) -> None:
    oak.receive("orders/create", order(1))
    oak.drain()
    with oak.services.database.write() as tx:
        objections.object_(tx, oak.shop, ANNA)
    assert kept(oak) == Certainty(0, None)
