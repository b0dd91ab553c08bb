"""The merchant pauses tagging: nothing more is written until they go on, and then all that is left is."""

from collections.abc import Iterator

import pytest

from plugin.db import all_shops, ledger, shops, tagging
from plugin.usecases import sync_tags as syncing
from plugin.usecases.accept_tagging import pause_tagging, resume_tagging
from plugin.usecases.import_history import import_again
from plugin.usecases.leave import remove_tags
from plugin.usecases.show_work import show_work
from plugin.usecases.sync_tags import sync_tags
from tests.connected import Connected, connected
from tests.usecases.tagging import begun, clients, synced, tags

RIGHT = ["client", "vip"]


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on."""
    with connected(given) as made:
        made.change(tagging=True)
        yield made


def waits(bakery: Connected) -> bool:
    """Whether the clock would have the shop looked at."""
    with bakery.services.database.read() as tx:
        return bakery.shop in all_shops.to_sync(tx)


def test_while_it_is_paused_nothing_is_written_and_then_everything(bakery: Connected) -> None:
    """Pausing or going on twice, as from two tabs, is as good as once."""
    keys = clients(bakery, 30)
    assert sync_tags(bakery.services, bakery.shop) == 0.0
    for _ in range(2):
        pause_tagging(bakery.services, bakery.shop)
    synced(bakery)
    assert tags(bakery, keys).count(RIGHT) == 25  # the call that was under way
    assert not waits(bakery)
    for _ in range(2):
        resume_tagging(bakery.services, bakery.shop)
    assert waits(bakery)
    synced(bakery)
    assert tags(bakery, keys) == [RIGHT] * 30


def test_a_file_at_the_shop_is_called_back_and_what_it_has_not_done_is_done_later(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", 2)
    bakery.world.knobs.bulk_delay = 60.0
    keys = clients(bakery, 5)
    begun(bakery)
    pause_tagging(bakery.services, bakery.shop)
    synced(bakery)
    (operation,) = bakery.at_shopify.operations.values()
    assert operation.status == "CANCELED"
    with bakery.services.database.read() as tx:
        assert ledger.open_bulk(tx, bakery.shop) is None
    written = tags(bakery, keys).count(RIGHT)
    assert show_work(bakery.services, bakery.shop).to_tag == 5 - written
    bakery.world.knobs.bulk_delay = 0.0
    resume_tagging(bakery.services, bakery.shop)
    synced(bakery)
    assert tags(bakery, keys) == [RIGHT] * 5


def test_a_pause_keeps_no_merchant_from_leaving(bakery: Connected) -> None:
    keys = clients(bakery, 2)
    synced(bakery)
    pause_tagging(bakery.services, bakery.shop)
    remove_tags(bakery.services, bakery.shop)
    synced(bakery)
    assert tags(bakery, keys) == [["vip"]] * 2
    assert bakery.known.halted_at is None


def test_what_is_written_is_told_of_what_was_to_be_written_until_all_is(bakery: Connected) -> None:
    """Going on begins to count anew: the time of a pause would spoil the pace."""
    clients(bakery, 40)
    pause_tagging(bakery.services, bakery.shop)
    resume_tagging(bakery.services, bakery.shop)
    sync_tags(bakery.services, bakery.shop)
    work = show_work(bakery.services, bakery.shop)
    assert work.written is not None
    assert (work.to_tag, work.written.done, work.written.total) == (15, 25, 40)
    assert work.written.left is not None
    synced(bakery)
    assert show_work(bakery.services, bakery.shop).written is None


def test_lines_of_a_file_that_the_shop_has_not_worked_off_are_not_done(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", 2)
    bakery.world.knobs.bulk_delay = 60.0
    clients(bakery, 5)
    pause_tagging(bakery.services, bakery.shop)
    resume_tagging(bakery.services, bakery.shop)
    begun(bakery)
    sync_tags(bakery.services, bakery.shop)
    with bakery.services.database.write() as tx:
        ledger.bulk_done(tx, bakery.shop, 1, lines=5, done=2)
    written = show_work(bakery.services, bakery.shop).written
    assert written is not None
    assert (written.done, written.total) == (2, 5)


def test_more_tags_than_anybody_counts_are_told_by_the_ledger(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page must not take as long as a shop is large."""
    monkeypatch.setattr("plugin.usecases.show_work.MANY", 3)
    clients(bakery, 40)
    pause_tagging(bakery.services, bakery.shop)
    resume_tagging(bakery.services, bakery.shop)
    sync_tags(bakery.services, bakery.shop)
    work = show_work(bakery.services, bakery.shop)
    assert work.to_tag == 15
    with bakery.services.database.write() as tx:
        assert tagging.count_to_sync(tx, bakery.shop) == 15
        shops.change(tx, bakery.shop, **shops.NO_YES)
    assert show_work(bakery.services, bakery.shop).to_tag == 15


def test_a_pause_lets_the_history_be_read(bakery: Connected) -> None:
    pause_tagging(bakery.services, bakery.shop)
    import_again(bakery.services, bakery.shop)
    with bakery.services.database.read() as tx:
        assert bakery.shop in all_shops.to_import(tx)
