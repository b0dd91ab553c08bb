"""A shop's figures: what they count, when they are old, and that counting them rests."""

import random
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from plugin.core import retention
from plugin.core.figures import COHORTS, SPENT, STEP, STEPS, Figures, month_of, months_before
from plugin.db import all_shops, figures, imports, objections, shops
from plugin.db.figures import COUNTING, Counted, Day
from plugin.services import Services
from plugin.usecases import figure as counting
from plugin.usecases.erase_shop import erase_rows
from plugin.usecases.figure import REST, figure
from plugin.usecases.forget import DAY, forget
from plugin.usecases.sweep import sweep
from tests.usecases.conftest import Oak, order
from tests.usecases.law import ANNA, carry_out, holds, redact


def today(oak: Oak) -> int:
    """The day it is."""
    with oak.services.database.read() as tx:
        return oak.services.today(shops.get(tx, oak.shop))


def ago(oak: Oak, days: int) -> str:
    """The date of so many days ago."""
    return date.fromordinal(today(oak) - days).isoformat()


def counted(oak: Oak) -> Figures:
    """What is found when it is counted now."""
    rested(oak)
    assert figure(oak.services, oak.shop) is None
    found = kept(oak)
    assert found is not None
    return found.figures


def kept(oak: Oak) -> Counted | None:
    """What was counted last."""
    with oak.services.database.read() as tx:
        return figures.read(tx, oak.shop)


def rested(oak: Oak) -> None:
    """The last count is long ago."""
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE figures SET as_of = 1")


def old(oak: Oak) -> bool:
    """Whether the clock would have them counted."""
    with oak.services.database.read() as tx:
        return oak.shop in all_shops.to_figure(tx)


def test_who_is_what_who_came_back_and_what_they_spent(oak: Oak) -> None:
    """Anna came back, Bo did not, and of Chris nothing counts; a refund is no revenue, a test is no order."""
    oak.receive("orders/create", order(1, customer=1, day=ago(oak, 60)))
    oak.receive("orders/create", order(2, customer=1, day=ago(oak, 1), current_total_price="15.00"))
    oak.receive("orders/create", order(3, customer=2, day=ago(oak, 1), total_price="5.00", current_total_price="5.00"))
    oak.receive("orders/create", order(4, customer=3, day=ago(oak, 1), test=True))
    oak.drain()
    found = counted(oak)
    assert (found.none, found.buyers, found.clients, found.again, found.orders) == (1, 1, 1, 1, 4)
    assert (found.to_tag, found.refused) == (2, 0)
    assert sum(one.buyers for one in found.revenue) == 500
    assert sum(one.clients for one in found.revenue) == 3500
    assert found.came_back == 0.5
    assert found.spent_by_clients == 3500 / 4000


def test_a_shop_with_no_order_has_figures_too(oak: Oak) -> None:
    found = counted(oak)
    assert (found.customers, found.came_back, found.cohorts) == (0, None, ())


def test_an_order_without_a_customer_counts_in_the_shops_sums(oak: Oak) -> None:
    """It makes the figures old by itself; a test, and what is older than a year, count in none."""
    counted(oak)
    oak.receive("orders/create", order(1, customer=None, day=ago(oak, 1)))
    oak.receive("orders/create", order(2, customer=None, day=ago(oak, 1), test=True))
    oak.receive("orders/create", order(3, customer=None, day=ago(oak, 500)))
    oak.drain()
    assert old(oak)
    found = counted(oak)
    assert sum(one.nobody for one in found.revenue) == 2000
    assert (found.orders, found.customers) == (3, 0)


def test_a_second_order_on_the_same_day_is_no_coming_back(oak: Oak) -> None:
    for number, back in ((1, 40), (2, 40), (3, 10)):
        oak.receive("orders/create", order(number, customer=1, day=ago(oak, back)))
    oak.drain()
    (cohort,) = counted(oak).cohorts
    assert cohort == (month_of(today(oak) - 40), 1, (1,) * STEPS)


def plain(rows: list[tuple[int, int, int]], now: int) -> tuple[dict[int, list[int]], Counter[int]]:
    """The same cohorts and revenue, counted the long way: rows are (customer, day, amount)."""
    days: dict[int, set[int]] = {}
    spent: Counter[int] = Counter()
    for customer, day, amount in rows:
        days.setdefault(customer, set()).add(day)
        if day >= months_before(now, SPENT - 1):
            spent[month_of(day)] += amount
    cohorts: dict[int, list[int]] = {}
    for theirs in map(sorted, days.values()):
        if theirs[0] >= months_before(now, COHORTS):
            cohort = cohorts.setdefault(month_of(theirs[0]), [0] * (STEPS + 1))
            cohort[0] += 1
            for step in range(1, STEPS + 1):
                cohort[step] += len(theirs) > 1 and theirs[1] - theirs[0] <= STEP * step
    return cohorts, spent


@pytest.mark.parametrize("at_once", [1, 2, 7, 5000])
def test_it_is_what_counting_the_long_way_gives_whatever_the_slices(
    oak: Oak, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Customers of two years, and of before; one has exactly 30 days in between."""
    monkeypatch.setattr(counting, "AT_ONCE", at_once)
    chance, now = random.Random(at_once), today(oak)
    rows = [(chance.randrange(1, 30), now - chance.randrange(900), 100 * chance.randrange(1, 50)) for _ in range(60)]
    rows += [(99, now - 100, 100), (99, now - 100 + STEP, 100), (98, now - 100, 100), (98, now - 99 + STEP, 100)]
    for number, (customer, day, amount) in enumerate(rows, 1):
        price, when = f"{amount / 100:.2f}", date.fromordinal(day).isoformat()
        sent = order(number, customer=customer, day=when, total_price=price, current_total_price=price)
        oak.receive("orders/create", sent)
    oak.drain()
    found = counted(oak)
    cohorts, spent = plain(rows, now)
    assert {one.month: [one.customers, *one.again] for one in found.cohorts} == cohorts
    assert {one.month: one.buyers + one.clients for one in found.revenue if one.buyers + one.clients} == dict(spent)
    assert found.buyers + found.clients == len({customer for customer, *_ in rows})


def test_another_shop_s_customers_are_not_counted(oak: Oak) -> None:
    with oak.services.database.write() as tx:
        other = shops.know(tx, "elm.myshopify.com")
        tx.connection.exec_driver_sql(f"INSERT INTO customers (shop, customer, kind) VALUES ({other}, 'Customer/1', 2)")
    assert counted(oak).customers == 0


def test_they_are_old_once_a_verdict_is_kept_and_not_before(oak: Oak) -> None:
    """A delivery about no order changes nothing."""
    counted(oak)
    assert not old(oak)
    email = {"state": "subscribed", "consent_updated_at": "2026-10-01T10:00:00Z"}
    oak.receive("customers_email_marketing_consent/update", {"customer_id": 7, "email_marketing_consent": email})
    oak.drain()
    assert oak.parked() == []
    assert not old(oak)
    oak.receive("orders/create", order(2, customer=7))
    oak.drain()
    assert old(oak)
    assert counted(oak).customers == 1
    assert not old(oak)


def test_what_is_fresh_is_not_counted_again(oak: Oak) -> None:
    counted(oak)
    rested(oak)
    figure(oak.services, oak.shop)
    found = kept(oak)
    assert found is not None
    assert found.as_of == 1


def test_an_objection_an_erasure_and_a_new_day_make_them_old(oak: Oak) -> None:
    oak.receive("orders/create", order(1, customer=ANNA))
    oak.drain()
    assert counted(oak).customers == 1
    with oak.services.database.write() as tx:
        objections.object_(tx, oak.shop, f"Customer/{ANNA}")
    assert old(oak)
    assert (counted(oak).customers, counted(oak).none) == (0, 1)
    redact(oak)
    carry_out(oak)
    assert old(oak)
    assert (counted(oak).customers, counted(oak).none) == (0, 0)
    sweep(oak.services, oak.shop)
    assert old(oak)


def test_what_changes_while_they_are_counted_makes_them_old_again(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Services.today

    def meanwhile(services: Services, shop: shops.Shop) -> int:
        with services.database.write() as tx:
            figures.age(tx, oak.shop)
        return seen(services, shop)

    monkeypatch.setattr(Services, "today", meanwhile)
    figure(oak.services, oak.shop)
    assert kept(oak) is not None
    assert old(oak)


def test_a_count_that_was_cut_off_is_begun_again(oak: Oak) -> None:
    counted(oak)
    with oak.services.database.write() as tx:
        figures.counting(tx, oak.shop)
    assert oak.column("SELECT recount FROM shops") == [COUNTING]
    assert old(oak)
    counted(oak)
    assert not old(oak)


@pytest.mark.parametrize(("ahead", "left"), [(0, 20.0), (-5_000, 15.0), (-30_000, None), (9_999_999, 20.0)])
def test_after_a_long_count_the_shop_rests_for_longer(oak: Oak, ahead: int, left: float | None) -> None:
    """Twenty times as long, and no longer where the clock was ahead."""
    counted(oak)
    with oak.services.database.write() as tx:
        as_of = oak.services.now() + ahead
        tx.connection.exec_driver_sql(f"UPDATE figures SET took = {20_000 // REST}, as_of = {as_of}")
        figures.age(tx, oak.shop)
    said = figure(oak.services, oak.shop)
    assert said == (None if left is None else pytest.approx(left, abs=1))
    assert old(oak) == (left is not None)


def test_nothing_is_counted_while_a_history_is_read(oak: Oak) -> None:
    """The import would make them old again at every step."""
    with oak.services.database.write() as tx:
        number = imports.begin(tx, oak.shop, now=1)
    figure(oak.services, oak.shop)
    assert kept(oak) is None
    with oak.services.database.write() as tx:
        imports.progress(tx, oak.shop, number, stage="done")
    figure(oak.services, oak.shop)
    assert kept(oak) is not None


def test_a_shop_that_left_is_not_counted(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything kept when it leaves meanwhile."""
    seen = Services.today

    def meanwhile(services: Services, shop: shops.Shop) -> int:
        with services.database.write() as tx:
            shops.leave(tx, oak.shop, now=2)
        return seen(services, shop)

    monkeypatch.setattr(Services, "today", meanwhile)
    figure(oak.services, oak.shop)
    figure(oak.services, oak.shop)
    assert kept(oak) is None
    assert not old(oak)


def test_every_day_has_its_figures_and_the_last_count_of_a_day_stays(oak: Oak) -> None:
    for number in (1, 2):
        oak.receive("orders/create", order(number, customer=number))
        oak.drain()
        counted(oak)
    with oak.services.database.read() as tx:
        assert figures.days(tx, oak.shop, since=0) == [Day(today(oak), 0, 2, 0)]
        assert figures.days(tx, oak.shop, since=today(oak) + 1) == []


def test_days_are_forgotten_after_400(oak: Oak) -> None:
    assert retention.DAILY.days == 400
    edge = datetime.fromtimestamp((oak.services.now() - 400 * DAY) / 1000, UTC).toordinal()
    with oak.services.database.write() as tx:
        for day in (edge - 1, edge):
            row = f"({oak.shop}, {day}, 1, 2, 3)"
            tx.connection.exec_driver_sql(f"INSERT INTO daily_figures (shop, day, none, buyers, clients) VALUES {row}")
    forget(oak.services, oak.shop)
    assert oak.column("SELECT day FROM daily_figures") == [edge]


def test_they_go_with_their_shop_and_name_nobody(oak: Oak) -> None:
    """So an erased customer leaves nothing in them but a number."""
    oak.receive("orders/create", order(1, customer=ANNA))
    oak.drain()
    counted(oak)
    for table in ("figures", "daily_figures"):
        assert not [name for name in holds(oak, ANNA) if name.startswith(table)]
        assert oak.column(f"SELECT count(*) FROM {table}") == [1]
    with oak.services.database.write() as tx:
        shops.leave(tx, oak.shop, now=2)
    assert erase_rows(oak.services, oak.shop)
    for table in ("figures", "daily_figures"):
        assert oak.column(f"SELECT count(*) FROM {table}") == [0]
