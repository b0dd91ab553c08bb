"""The merchant stops an undo on its way: what it took back stays so, and nobody is left in between."""

from collections.abc import Iterator

import pytest

from plugin.core.undo import Span
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.undo import begin_undo, lift_undo, stop_undo
from plugin.usecases.undo_spans import list_undos
from tests.connected import connected
from tests.usecases.tagging import synced
from tests.usecases.undoing import AFTER, BEFORE, KINDS, Bakery


@pytest.fixture
def bakery(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bakery]:
    """After two imports; a file has two lines, and a call two customers."""
    monkeypatch.setattr("plugin.usecases.carry_out_undo.LIVE_AT_ONCE", 2)
    monkeypatch.setattr("plugin.usecases.sync_in_bulk.MOST_LINES", 2)
    with connected(given) as made:
        bakery = Bakery(made)
        bakery.second_import()
        yield bakery


@pytest.mark.parametrize("turns", range(9))
@pytest.mark.parametrize("by_file", [False, True])
def test_stopped_at_any_turn_each_is_as_before_or_as_they_were(
    bakery: Bakery, monkeypatch: pytest.MonkeyPatch, turns: int, by_file: bool
) -> None:
    """Twice, as from two tabs, is as good as once; what it took back is held, and lifting it frees them all."""
    if by_file:
        monkeypatch.setattr("plugin.usecases.undo.BULK_FROM", 0)
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    for _ in range(turns):
        sync_tags(bakery.services, bakery.shop)
    for _ in range(2):
        stop_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    tags = bakery.tags()
    for name in KINDS:
        back = tags[name] == BEFORE[name] != AFTER[name]
        assert back or tags[name] == AFTER[name], name
        assert bakery.of(name, "held") == ("undone" if back else None), name
    if not turns:
        assert tags == AFTER
    (state,) = bakery.column("SELECT state FROM undos")
    assert state == "halted" or (state == "done" and tags == BEFORE)
    assert bakery.column("SELECT count(*) FROM ledger WHERE state = 'intended'") == [0]
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER


def test_a_file_of_removals_is_called_back(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom it had come to get what they carried before; the others were never touched."""
    monkeypatch.setattr("plugin.usecases.undo.BULK_FROM", 0)
    bakery.connected.world.knobs.bulk_delay = 60.0
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    sync_tags(bakery.services, bakery.shop)
    stop_undo(bakery.services, bakery.shop, number)
    sync_tags(bakery.services, bakery.shop)
    bakery.connected.world.knobs.bulk_delay = 0.0
    synced(bakery.connected)
    assert next(one.status for one in bakery.connected.at_shopify.operations.values()) == "CANCELED"
    assert all(tags in (BEFORE[name], AFTER[name]) for name, tags in bakery.tags().items())
    assert "It was stopped on its way" in list_undos(bakery.services, bakery.shop)[0].words


def test_how_far_it_is_counts_tags(bakery: Bakery) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    seen = []
    while (one := list_undos(bakery.services, bakery.shop)[0]).progress is not None:
        seen.append(one.progress.done)
        assert one.progress.total == 6
        sync_tags(bakery.services, bakery.shop)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 6)


def test_one_that_is_over_stays_as_it_is(bakery: Bakery) -> None:
    number = bakery.undo(Span(0, customer=bakery.key("anna")))
    stop_undo(bakery.services, bakery.shop, number)
    assert list_undos(bakery.services, bakery.shop)[0].state == "done"
