"""The merchant says stop, or a customer objects, while the tag sync is between reading and writing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugin.db import ledger, shops
from plugin.db.shops import Shop
from plugin.shopify import bulk
from plugin.usecases import sync_in_bulk
from plugin.usecases import sync_tags as syncing
from plugin.usecases.leave import keep_tags, leaving, remove_tags
from plugin.usecases.objections import note_objection
from plugin.usecases.sync_tags import sync_tags
from tests.connected import Connected, connected
from tests.usecases.tagging import clients, synced, tags


@pytest.fixture(params=[2, 1000], ids=["in a bulk file", "one by one"])
def bakery(
    given: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on; three tags go by bulk file, or never do."""
    monkeypatch.setattr(syncing, "BULK_FROM", request.param)
    with connected(given) as made:
        made.change(tagging=True)
        yield made


only_in_bulk = pytest.mark.parametrize("bakery", [2], ids=["in a bulk file"], indirect=True)


def turn(bakery: Connected, press: Callable[[], None]) -> None:
    """A turn of the sync that has read the shop's row before `press`, and calls the shop and writes after it."""
    with pytest.MonkeyPatch.context() as patch:
        shopify = bakery.services.shopify

        def pressed(shop: Shop) -> Any:
            patch.undo()
            press()
            return shopify(shop)

        patch.setattr(bakery.services, "shopify", pressed)
        sync_tags(bakery.services, bakery.shop)
        assert bakery.services.shopify == shopify, "it called the shop"


def written(bakery: Connected) -> int:
    return len(bakery.at_shopify.tag_writes)


def test_no_tag_is_written_after_stop(bakery: Connected) -> None:
    ours = clients(bakery, 3)
    turn(bakery, lambda: remove_tags(bakery.services, bakery.shop))
    assert leaving(bakery.services, bakery.shop) == (0, 0, 0, False)
    synced(bakery)
    assert tags(bakery, ours) == [["vip"]] * 3
    assert written(bakery) == 0


def test_no_tag_is_taken_off_after_stop_and_keep_the_rest(bakery: Connected) -> None:
    ours = clients(bakery, 3)
    synced(bakery)
    remove_tags(bakery.services, bakery.shop)
    turn(bakery, lambda: keep_tags(bakery.services, bakery.shop))
    synced(bakery)
    assert tags(bakery, ours) == [["client", "vip"]] * 3


@only_in_bulk
def test_a_file_that_is_stopped_while_it_is_written_down_is_never_sent(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long one is written down in pieces; its customers are free again, and tagged after the next yes."""
    monkeypatch.setattr(sync_in_bulk, "AT_ONCE", 1)
    ours = clients(bakery, 3)
    intend = ledger.intend

    def then_stop(tx: Any, *more: Any, **named: Any) -> Any:
        shops.change(tx, bakery.shop, tagging=False)
        return intend(tx, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "intend", then_stop)
        sync_tags(bakery.services, bakery.shop)
    synced(bakery)
    assert written(bakery) == 0
    with bakery.services.database.read() as tx:
        assert ledger.states(tx, bakery.shop) == {}
    bakery.change(tagging=True)
    synced(bakery)
    assert tags(bakery, ours) == [["client", "vip"]] * 3


@only_in_bulk
def test_a_file_that_is_stopped_while_it_is_sent_is_not_begun(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending tens of thousands of lines takes long enough to think again."""
    ours, upload = clients(bakery, 3), bulk.upload

    def then_stop(*given: Any, **named: Any) -> None:
        upload(*given, **named)
        remove_tags(bakery.services, bakery.shop)

    monkeypatch.setattr(bulk, "upload", then_stop)
    synced(bakery)
    assert tags(bakery, ours) == [["vip"]] * 3
    assert written(bakery) == 0
    assert leaving(bakery.services, bakery.shop) == (0, 0, 0, False)


@only_in_bulk
def test_who_objects_while_a_file_is_planned_is_not_in_it(bakery: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, *others = clients(bakery, 4)
    plan_seen = sync_in_bulk.plan_seen

    def objected(*given: Any) -> Any:
        monkeypatch.undo()
        monkeypatch.setattr(syncing, "BULK_FROM", 2)
        note_objection(bakery.services, bakery.shop, anna)
        return plan_seen(*given)

    monkeypatch.setattr(sync_in_bulk, "plan_seen", objected)
    synced(bakery)
    assert tags(bakery, [anna, *others]) == [["vip"], *[["client", "vip"]] * 3]
    assert written(bakery) == 3
