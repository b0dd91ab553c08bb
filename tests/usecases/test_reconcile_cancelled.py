"""The merchant stops a comparison: what it set right stays, and the next one looks at all of it again."""

import pytest

from plugin.core.reconciling import Mended
from plugin.db import reconciliations
from plugin.simulator.state import World
from plugin.usecases.read_changes import Changes
from plugin.usecases.reconcile import reconcile, reconcile_now, stop_comparing
from tests.usecases.conftest import Oak
from tests.usecases.reconciling import bought, newest, read, reconciled, under_way

__all__ = ["read"]


def stop(oak: Oak) -> None:
    stop_comparing(oak.services, oak.shop, newest(oak).number)


def known(oak: Oak, order: int) -> bool:
    return bool(oak.column(f"SELECT id FROM orders WHERE id = {order}"))


def test_stopped_while_shopify_prepares_it_the_next_one_finds_all_the_same(read: Oak, world: World) -> None:
    """Twice is as good as once; a step that was due does nothing, and it is not due before the night."""
    order = bought(read, world)
    before = read.column("SELECT reconciled_to FROM shops")
    under_way(read, world)
    for _ in range(2):
        stop(read)
    assert reconcile(read.services, read.shop) is None
    assert newest(read).stage == "cancelled"
    assert read.column("SELECT reconciled_to FROM shops") == before
    with read.services.database.read() as tx:
        assert reconciliations.due(tx, read.shop).next_reconcile_at > read.services.calendar.now()
        assert reconciliations.last_done(tx, read.shop) is None
    assert not known(read, order.id)
    done = reconciled(read)
    assert (done.stage, done.mended.missing) == ("done", 1)


@pytest.mark.parametrize("at", [1, 2])
def test_stopped_while_it_is_read_each_write_is_whole_and_nothing_comes_after(
    read: Oak, world: World, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Of two orders, one a write."""
    orders = [bought(read, world), bought(read, world)]
    monkeypatch.setattr("plugin.usecases.read_changes.AT_ONCE", 1)
    real, calls = Changes._mend, []

    def mend(changes: Changes, rows: list[tuple[object, ...]]) -> None:
        calls.append(rows)
        if len(calls) == at:
            stop(read)
        real(changes, rows)  # type: ignore[arg-type]  # rows of whatever shape

    monkeypatch.setattr(Changes, "_mend", mend)
    stopped = reconciled(read)
    assert stopped.stage == "cancelled"
    assert [known(read, one.id) for one in orders].count(True) == stopped.mended.missing < 2
    monkeypatch.setattr(Changes, "_mend", real)
    assert reconciled(read).mended.missing == 2 - stopped.mended.missing


def test_one_that_is_over_cannot_be_stopped_and_an_older_number_stops_no_other(read: Oak, world: World) -> None:
    assert reconciled(read).stage == "done"
    stop(read)
    under_way(read, world)
    stop_comparing(read.services, read.shop, newest(read).number - 1)
    assert read.column("SELECT stage FROM reconciliations ORDER BY number") == ["done", "asked"]


def test_it_says_how_many_lines_are_read_of_how_many(read: Oak, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.usecases.read_changes.SAID_EVERY", -1.0)
    bought(read, world)
    reconcile_now(read.services, read.shop)
    done = reconciled(read, ask=False)
    assert done.lines == done.expected > 2
    assert done.mended == Mended(done.orders, done.customers, missing=1, judged=1)
