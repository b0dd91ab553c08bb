"""Whom an undo holds stays held, through everything but another kind, an objection or the merchant's word."""

from collections.abc import Callable

import pytest

from plugin.core.causes import LAPSE, ORDERS, imported
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.undo import Span
from plugin.core.undo_words import Counted
from plugin.core.verdict import Kind, judge
from plugin.db import all_shops, customers, ledger, objections, retention, tagging, undos
from plugin.db.engine import Tx
from plugin.db.ledger import Change
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import Oak, order

ANNA = "Customer/7"
VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)
CHANGE = Change(ANNA, "remove", "client", 2, 1, 1, "undo 1")


@pytest.fixture
def held(oak: Oak) -> Oak:
    """Anna, a client by two orders, whose tag was undone."""
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, day="2026-11-09"))
    oak.drain()
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [(ANNA, [])])
        tagging.synced(tx, oak.shop, [tagging.Synced(ANNA, 1, ["buyer"])])
        undos.hold(tx, oak.shop, [ANNA])
    return oak


def reason(oak: Oak) -> str | None:
    (found,) = oak.column("SELECT held FROM customers")
    return found


Do = Callable[[Tx, int], object]


@pytest.mark.parametrize(
    "do",
    [
        tagging.release,
        lambda tx, shop: tagging.hold(tx, shop, [ANNA], reason=tagging.IN_A_FILE),
        lambda tx, shop: tagging.hold(tx, shop, [ANNA], reason=None),
        lambda tx, shop: tagging.synced(tx, shop, [tagging.Synced(ANNA, 0, [])]),
        lambda tx, shop: customers.judged(
            tx, shop, [(ANNA, VERDICT._replace(kind=Kind.CLIENT))], model=9, rules=9, cause=imported(9)
        ),
        lambda tx, shop: customers.sweep(tx, shop, today=5),
        lambda tx, shop: undos.lift(tx, shop, 1, [ANNA]),
    ],
)
def test_nothing_drops_the_hold_by_accident(held: Oak, do: Do) -> None:
    """Nor does the lift of an undo that never touched them."""
    with held.services.database.write() as tx:
        do(tx, held.shop)
        assert [tagging.count_to_sync(tx, held.shop), tagging.count_refused(tx, held.shop)] == [0, 0]
    assert reason(held) == "undone"


@pytest.mark.parametrize(
    ("do", "after"),
    [
        (lambda tx, shop: tagging.hold(tx, shop, [ANNA], reason=tagging.GONE), "gone"),
        (lambda tx, shop: tagging.synced(tx, shop, [tagging.Synced(ANNA, 0, [], "refused")]), "refused"),
        (lambda tx, shop: customers.judged(tx, shop, [(ANNA, VERDICT)], model=1, rules=1, cause=ORDERS), None),
        (lambda tx, shop: customers.sweep(tx, shop, today=800_000), None),
        (lambda tx, shop: objections.object_(tx, shop, ANNA), None),
        (lambda tx, shop: objections.opt(tx, shop, out=[ANNA], back=[]), None),
        (lambda tx, shop: undos.free(tx, shop, ANNA), None),
    ],
)
def test_what_ends_the_hold(held: Oak, do: Do, after: str | None) -> None:
    """Another kind, an objection, the merchant; and who is gone or refused is left alone for that."""
    with held.services.database.write() as tx:
        do(tx, held.shop)
    assert reason(held) == after


def test_judging_everyone_anew_with_the_same_outcome_writes_nothing(held: Oak) -> None:
    judge_all(held.services, held.shop, cause=imported(2))
    assert reason(held) == "undone"
    assert held.column("SELECT cause FROM customers") == [ORDERS]


def test_a_lapse_frees_and_says_so(held: Oak) -> None:
    with held.services.database.write() as tx:
        customers.sweep(tx, held.shop, today=800_000)
    assert held.column("SELECT cause FROM customers") == [LAPSE]


def test_who_shared_an_objection_in_a_merge_is_free_to_lose_our_tag(held: Oak) -> None:
    with held.services.database.write() as tx:
        objections.object_(tx, held.shop, "Customer/8")
        objections.hand_on(tx, held.shop, gone="Customer/8", kept=ANNA)
        assert [one.customer for one in objections.tagged(tx, held.shop, at_most=5)] == [ANNA]


def test_the_lift_of_an_undo_frees_whom_it_holds_and_no_other_does(held: Oak) -> None:
    """Two undos after another: the later one holds."""
    with held.services.database.write() as tx:
        ledger.intend(tx, held.shop, [CHANGE, CHANGE._replace(cause="orders"), CHANGE._replace(cause="undo 2")], now=1)
        undos.lift(tx, held.shop, 1, [ANNA])
    assert reason(held) == "undone"
    with held.services.database.write() as tx:
        undos.lift(tx, held.shop, 2, [ANNA])
        assert tagging.count_to_sync(tx, held.shop) == 1
    assert reason(held) is None


def test_our_tags_come_off_the_undone_too_when_the_merchant_leaves(held: Oak) -> None:
    with held.services.database.write() as tx:
        (one,) = tagging.to_clear(tx, held.shop, at_most=5)
        assert (one.customer, one.tags_ours) == (ANNA, "buyer")
        assert [tagging.count_to_clear(tx, held.shop), tagging.count_left(tx, held.shop, at_most=5)] == [1, 1]
        assert tagging.count_stuck(tx, held.shop) == 0
        assert list(tagging.sync_of(tx, held.shop, [ANNA], free=True)) == [ANNA]


def test_the_clock_finds_an_undo_that_is_not_finished(held: Oak) -> None:
    with held.services.database.write() as tx:
        assert all_shops.to_sync(tx) == []
        number = undos.begin(tx, held.shop, Span(9, cause=ORDERS), Counted(1, 1, 0, 0), step="each", now=5)
        assert all_shops.to_sync(tx) == [held.shop]
        assert undos.under_way(tx, held.shop) == undos.get(tx, held.shop, number)
        undos.move(tx, held.shop, number, state="done", step="each", after=undos.Place(5, 6))
        assert (all_shops.to_sync(tx), undos.under_way(tx, held.shop)) == ([], None)
        assert [one.after for one in undos.listed(tx, held.shop, at_most=5)] == [(5, 6)]


def test_the_entries_of_a_span_are_found_by_customer_cause_and_time(held: Oak) -> None:
    with held.services.database.write() as tx:
        for at, cause in ((10, "import 1"), (20, "orders"), (20, "import 1"), (30, "import 1")):
            ledger.intend(tx, held.shop, [CHANGE._replace(cause=cause)], now=at)

        def found(span: Span) -> list[int]:
            place, ids = undos.Place(), []
            while some := undos.touched(tx, held.shop, span, place, at_most=1):
                ids += [one.id for one in some]
                place = some[-1].place
            return ids

        assert found(Span(99, cause="import 1")) == [1, 3, 4]
        assert found(Span(3, cause="import 1")) == [1, 3]
        assert found(Span(99, cause="import 1", since=20, until=30)) == [3]
        assert found(Span(99, since=20, until=30)) == [2, 3]
        assert found(Span(99, customer=ANNA)) == [1, 2, 3, 4]
        assert found(Span(99, customer="Customer/8")) == []


def test_old_undos_go_but_the_newest_and_those_under_way_stay(held: Oak) -> None:
    """So that no number is given twice while the ledger has it."""
    with held.services.database.write() as tx:
        for _ in range(3):
            undos.begin(tx, held.shop, Span(9, cause=ORDERS), Counted(1, 1, 0, 0), step="each", now=5)
        undos.move(tx, held.shop, 1, state="done", step="each", after=undos.Place())
        undos.move(tx, held.shop, 3, state="done", step="each", after=undos.Place())
        assert retention.old_undos(tx, held.shop, before=5, at_most=5) == 0
        assert retention.old_undos(tx, held.shop, before=6, at_most=5) == 1
        assert [one.number for one in undos.listed(tx, held.shop, at_most=5)] == [3, 2]
