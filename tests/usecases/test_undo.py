"""Undo, carried out at the shop: its tags stand as before the span, and stay so until there is a reason."""

from collections.abc import Iterator

import pytest

from plugin.core.causes import LAPSE, ORDERS, imported
from plugin.core.undo import Left, Span
from plugin.core.undo_words import Counted
from plugin.core.verdict import Kind
from plugin.db import customers, ledger
from plugin.errors import GiveUp
from plugin.usecases.rejudge import judge_all
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.undo import begin_undo, lift_undo, lift_undo_of, preview_undo
from plugin.usecases.undo_spans import list_undos
from tests.connected import connected
from tests.usecases.tagging import synced
from tests.usecases.undoing import AFTER, BEFORE, KINDS, THE_SECOND, Bakery


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Bakery]:
    """After two imports."""
    with connected(given) as made:
        bakery = Bakery(made)
        assert bakery.tags() == BEFORE
        bakery.second_import()
        assert bakery.tags() == AFTER
        yield bakery


def test_an_undone_import_leaves_the_shop_as_it_was_before(bakery: Bakery) -> None:
    """Other tags are not touched; what had been taken over before it is ours again."""
    number = bakery.undo()
    assert bakery.tags() == BEFORE
    assert (bakery.of("dan", "tags_ours"), bakery.of("dan", "tags_found")) == ("Client", "")
    assert (bakery.of("anna", "tags_ours"), bakery.of("anna", "kind_at_shop")) == ("buyer", Kind.BUYER)
    assert (bakery.of("cleo", "tags_ours"), bakery.of("cleo", "kind_at_shop")) == ("", Kind.NONE)
    assert {name: bakery.of(name, "held") for name in KINDS} == dict.fromkeys(KINDS, "undone") | {"ben": None}
    lines = bakery.column(f"SELECT action || ' ' || tag || ' ' || state FROM ledger WHERE cause = 'undo {number}'")
    assert sorted(map(str, lines)) == [
        "add Client done", "add buyer done", "add buyer done",
        "remove buyer done", "remove client done", "remove client done",
    ]  # fmt: skip


def test_all_there_ever_was_is_undone_to_the_merchants_own_tags(bakery: Bakery) -> None:
    """What had been taken over, and taken off since, is there again and the merchant's."""
    number = bakery.undo(Span(0))
    assert bakery.tags() == {name: ["vip"] for name in KINDS} | {"dan": ["Client", "vip"]}
    assert {bakery.of(name, "tags_ours") for name in KINDS} == {""}
    assert (bakery.of("dan", "tags_found"), bakery.of("dan", "kind_at_shop")) == ("Client", Kind.CLIENT)
    assert bakery.column(f"SELECT tag FROM ledger WHERE action = 'return' AND cause = 'undo {number}'") == ["Client"]
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER | {"dan": ["Client", "buyer", "vip"]}


def test_a_name_that_was_taken_over_and_never_written_is_given_back_without_a_call(given: dict[str, str]) -> None:
    """And nobody is held: what was undone is that it was ours."""
    with connected(given) as made:
        bakery = Bakery(made)
        written = len(made.at_shopify.tag_writes)
        assert bakery.undo(Span(0, customer=bakery.key("dan"))) == 1
        assert (bakery.tags(), len(made.at_shopify.tag_writes)) == (BEFORE, written)
        assert (bakery.of("dan", "tags_ours"), bakery.of("dan", "tags_found")) == ("", "Client")
        assert (bakery.of("dan", "held"), bakery.of("dan", "kind_at_shop")) == (None, Kind.CLIENT)
        bakery.second_import()
        assert bakery.tags() == AFTER | {"dan": ["Client", "buyer", "vip"]}


def test_a_preview_says_what_would_be_done_and_does_nothing(bakery: Bakery) -> None:
    seen = bakery.preview()
    assert seen.shown == Counted(customers=4, removals=3, additions=3, returns=0)
    assert seen.left == {}
    synced(bakery.connected)
    assert bakery.tags() == AFTER
    assert list_undos(bakery.services, bakery.shop) == []


def test_nothing_later_than_the_preview_is_undone(bakery: Bakery) -> None:
    """What the merchant has not seen they have not agreed to."""
    seen = bakery.preview()
    bakery.judged(imported(2), {"ben": Kind.CLIENT, "cleo": Kind.BUYER})
    synced(bakery.connected)
    begin_undo(bakery.services, bakery.shop, seen)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"ben": ["client", "vip"], "cleo": ["buyer", "vip"]}


def test_undoing_the_same_again_finds_nothing(bakery: Bakery) -> None:
    bakery.undo()
    written = len(bakery.connected.at_shopify.tag_writes)
    seen = bakery.preview()
    assert (seen.shown, seen.left) == (Counted(0, 0, 0, 0), {Left.UNDONE: 4})
    with pytest.raises(GiveUp, match="nothing to undo"):
        begin_undo(bakery.services, bakery.shop, seen)
    begin_undo(bakery.services, bakery.shop, seen._replace(shown=Counted(4, 0, 0, 0)))
    synced(bakery.connected)
    assert (bakery.tags(), len(bakery.connected.at_shopify.tag_writes)) == (BEFORE, written)


def test_what_was_undone_stays_so_through_syncs_imports_and_sweeps(bakery: Bakery) -> None:
    bakery.undo()
    bakery.judged(imported(3), {name: second for name, (_, second) in KINDS.items()})
    with bakery.services.database.write() as tx:
        customers.sweep(tx, bakery.shop, today=5)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE


def test_another_kind_frees_that_customer_alone(bakery: Bakery) -> None:
    """By an order or a lapse: the undo was about what they were."""
    bakery.undo()
    bakery.judged(ORDERS, {"eva": Kind.CLIENT})
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE customers SET lapse_on = 9 WHERE customer = '{bakery.key('cleo')}'")
        assert customers.sweep(tx, bakery.shop, today=9) == 1
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"eva": ["client", "vip"], "cleo": ["buyer", "vip"]}
    assert bakery.of("cleo", "cause") == LAPSE


def test_lifting_an_undo_writes_what_customers_are(bakery: Bakery) -> None:
    number = bakery.undo()
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER
    assert [one.state for one in list_undos(bakery.services, bakery.shop)] == ["lifted"]
    lift_undo(bakery.services, bakery.shop, number)
    assert sync_tags(bakery.services, bakery.shop) is None
    with pytest.raises(GiveUp, match="no undo 9"):
        lift_undo(bakery.services, bakery.shop, 9)


def test_lifting_it_for_one_customer_leaves_the_others(bakery: Bakery) -> None:
    bakery.undo()
    lift_undo_of(bakery.services, bakery.shop, bakery.key("anna"))
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"anna": AFTER["anna"]}
    with pytest.raises(GiveUp, match="No undo holds"):
        lift_undo_of(bakery.services, bakery.shop, bakery.key("ben"))


def test_one_customer_is_undone_alone(bakery: Bakery) -> None:
    """All that was ever done to them: Dan's tag is the merchant's, as before us."""
    bakery.undo(Span(0, customer=bakery.key("dan")))
    assert bakery.tags() == AFTER | {"dan": BEFORE["dan"]}
    assert (bakery.of("dan", "tags_ours"), bakery.of("dan", "tags_found")) == ("", "Client")


def test_one_day_is_undone_with_what_orders_brought_in_it(bakery: Bakery) -> None:
    """And nothing of before or after."""
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE ledger SET at = 1000")
    bakery.judged(ORDERS, {"ben": Kind.CLIENT})
    synced(bakery.connected)
    seen = bakery.preview(Span(0, since=1001, until=bakery.services.now() + 1))
    assert seen.shown == Counted(1, 1, 1, 0)
    begin_undo(bakery.services, bakery.shop, seen)
    synced(bakery.connected)
    assert bakery.tags() == AFTER


def test_judging_everyone_anew_by_the_orders_frees_who_is_another_by_them(bakery: Bakery) -> None:
    """Nobody here has any: all are neither. Eva was so already when her tag was put back."""
    bakery.undo()
    judge_all(bakery.services, bakery.shop, cause=imported(3))
    synced(bakery.connected)
    assert bakery.tags() == {name: ["vip"] for name in KINDS} | {"eva": BEFORE["eva"]}


def test_a_small_step_ends_alike(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few entries are looked at and sent in a turn."""
    monkeypatch.setattr("plugin.usecases.carry_out_undo.READ_AT_ONCE", 2)
    monkeypatch.setattr("plugin.usecases.carry_out_undo.LIVE_AT_ONCE", 1)
    monkeypatch.setattr("plugin.usecases.carry_out_undo.AT_ONCE", 1)
    monkeypatch.setattr("plugin.usecases.undo.READ_AT_ONCE", 1)
    assert bakery.preview().shown == Counted(4, 3, 3, 0)
    number = bakery.undo()
    assert bakery.tags() == BEFORE
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER


def test_an_upto_from_elsewhere_is_cut_to_what_there_is(bakery: Bakery) -> None:
    with bakery.services.database.read() as tx:
        last = ledger.last(tx, bakery.shop)
        assert ledger.left_open(tx, bakery.shop) == []
    assert preview_undo(bakery.services, bakery.shop, THE_SECOND._replace(upto=10_000)).span.upto == last
