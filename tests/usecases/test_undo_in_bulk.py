"""An undo of thousands goes by file, and ends as one that goes one by one."""

from collections.abc import Iterator

import pytest

from plugin.core.causes import ORDERS
from plugin.core.undo import Span
from plugin.core.verdict import Kind
from plugin.db import ledger, looks
from plugin.shopify import bulk
from plugin.usecases import sync_in_bulk
from plugin.usecases.leave import remove_tags
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.undo import begin_undo, lift_undo
from plugin.usecases.undo_spans import list_undos
from tests.connected import connected
from tests.usecases.tagging import begun, synced
from tests.usecases.test_undo_stopped import stop
from tests.usecases.undoing import AFTER, BEFORE, KINDS, Bakery

STEPS = {"write": 14, "call": 14, "answer": 14}  # of an undo in two files, and some more


@pytest.fixture
def bakery(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bakery]:
    """After two imports; an undo goes by file."""
    monkeypatch.setattr("plugin.usecases.undo.BULK_FROM", 0)
    with connected(given) as made:
        bakery = Bakery(made)
        bakery.second_import()
        yield bakery


def right(bakery: Bakery) -> None:
    """The shop, and our books."""
    assert bakery.tags() == BEFORE
    assert [bakery.of(name, "tags_ours") for name in KINDS] == ["buyer", "buyer", "", "Client", "buyer"]
    assert [bakery.of(name, "kind_at_shop") for name in KINDS] == [1, 1, 0, 2, 1]
    assert {name: bakery.of(name, "held") for name in KINDS} == dict.fromkeys(KINDS, "undone") | {"ben": None}
    assert bakery.column("SELECT DISTINCT state FROM undos") == ["done"]


@pytest.mark.parametrize("lines", [1, 2, 50_000])
@pytest.mark.parametrize("entries", [1, 250])
def test_files_bring_the_shop_back(bakery: Bakery, monkeypatch: pytest.MonkeyPatch, lines: int, entries: int) -> None:
    """However many lines a file has, and however few entries are looked at in a write."""
    monkeypatch.setattr(sync_in_bulk, "MOST_LINES", lines)
    monkeypatch.setattr("plugin.usecases.undo_in_bulk.READ_AT_ONCE", entries)
    number = bakery.undo()
    right(bakery)
    sent = bakery.column(f"SELECT count(*) FROM ledger WHERE cause = 'undo {number}' AND bulk IS NULL")
    assert sent == [0], "each change was in a file"
    assert bakery.column("SELECT action FROM bulks ORDER BY number")[-1] == "add"
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER


def test_what_was_taken_over_is_given_back_after_the_files(bakery: Bakery) -> None:
    bakery.undo(Span(0))
    assert bakery.tags() == {name: ["vip"] for name in KINDS} | {"dan": ["Client", "vip"]}
    assert (bakery.of("dan", "tags_ours"), bakery.of("dan", "tags_found")) == ("", "Client")
    assert {bakery.of(name, "tags_ours") for name in KINDS} == {""}


@pytest.mark.parametrize(("what", "at"), [(what, at) for what, times in STEPS.items() for at in range(1, times + 1)])
def test_stopped_at_any_step_it_goes_on_and_ends_alike(bakery: Bakery, what: str, at: int) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    stop(bakery, what, at)
    synced(bakery.connected)
    right(bakery)


def test_a_file_that_the_shop_loses_is_made_good_one_by_one(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows what of it was carried out: the customers are read."""
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    begun(bakery.connected)

    def gone(*_: object) -> object:
        monkeypatch.undo()
        raise bulk.Gone("the shop knows no such file")

    monkeypatch.setattr(bulk, "look", gone)
    synced(bakery.connected)
    right(bakery)


def test_who_becomes_another_while_a_file_travels_is_tagged_so(bakery: Bakery) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    begun(bakery.connected)
    bakery.judged(ORDERS, {"cleo": Kind.BUYER})
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"cleo": ["buyer", "vip"]}
    assert bakery.of("cleo", "held") is None


def test_a_word_about_their_tags_while_a_file_travels_makes_no_veto(bakery: Bakery) -> None:
    """It is our own doing that is told; they are read when the file is settled."""
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    begun(bakery.connected)
    with bakery.services.database.write() as tx:
        looks.ask(tx, bakery.shop, [bakery.key(name) for name in KINDS], now=5)
    synced(bakery.connected)
    right(bakery)
    assert bakery.column("SELECT count(*) FROM customers WHERE veto IS NOT NULL") == [0]


def test_lifted_while_a_file_travels_all_are_what_they_are(bakery: Bakery) -> None:
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    begun(bakery.connected)
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER
    assert {bakery.of(name, "held") for name in KINDS} == {None}


def test_lifted_while_a_file_is_sent_it_is_not_begun(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    number, upload = begin_undo(bakery.services, bakery.shop, bakery.preview()), bulk.upload
    written = len(bakery.connected.at_shopify.tag_writes)

    def then_lift(*given: object, **named: object) -> None:
        upload(*given, **named)  # type: ignore[arg-type]
        lift_undo(bakery.services, bakery.shop, number)

    monkeypatch.setattr(bulk, "upload", then_lift)
    synced(bakery.connected)
    assert (bakery.tags(), len(bakery.connected.at_shopify.tag_writes)) == (AFTER, written)
    with bakery.services.database.read() as tx:
        assert "failed" not in ledger.states(tx, bakery.shop)


def test_the_merchant_who_leaves_while_a_file_travels_loses_every_tag(bakery: Bakery) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    begun(bakery.connected)
    remove_tags(bakery.services, bakery.shop)
    synced(bakery.connected)
    assert bakery.tags() == {name: ["vip"] for name in KINDS}
    assert [one.state for one in list_undos(bakery.services, bakery.shop)] == ["stopped"]


def test_as_many_files_as_the_shop_takes_are_waited_for(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    monkeypatch.setattr(sync_in_bulk, "MOST_AT_ONCE", 0)
    assert sync_tags(bakery.services, bakery.shop) == 10.0
    assert bakery.tags() == AFTER
