"""An import ends, and leaves the right kinds, whatever comes in between: refusals, a full disk, a moved zone."""

import time
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.core.verdict import Kind
from plugin.db import all_shops, shops
from plugin.errors import GiveUp, Retry
from plugin.simulator.state import Operation, World
from plugin.usecases import import_history as importing
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import DOMAIN, NOON, Oak
from tests.usecases.history import exported, newest, reading, run


def to_import(oak: Oak) -> list[int]:
    with oak.services.database.read() as tx:
        return all_shops.to_import(tx)


def test_an_import_brings_orders_and_verdicts(at_oak: Oak) -> None:
    done = run(at_oak)
    assert (done.stage, done.orders, done.customers, done.lines, done.reason) == ("done", 3, 3, 9, None)
    assert set(at_oak.kinds().values()) == {Kind.BUYER}
    assert ("sync", at_oak.shop) in at_oak.nudged
    assert to_import(at_oak) == []


def test_a_full_disk_repeats_the_step(at_oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out for it: the import goes on where there is room again."""

    def full(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("INSERT", None, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("plugin.db.orders.keep", full)
        with pytest.raises(Retry) as again:
            run(at_oak)
    assert again.value.after == 30
    assert to_import(at_oak) == [at_oak.shop]
    assert run(at_oak).orders == 3


def test_a_zone_that_moves_while_an_import_reads_moves_the_days(
    at_oak: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read was counted in the old zone, so everyone is judged anew."""

    def move(*given: Any, cause: str) -> int:
        with at_oak.services.database.write() as tx:
            shops.change(tx, at_oak.shop, zone="Asia/Tokyo", rejudge=False)
        return judge_all(*given, cause=cause)

    monkeypatch.setattr(importing, "judge_all", move)
    assert run(at_oak).stage == "done"
    with at_oak.services.database.read() as tx:
        assert shops.get(tx, at_oak.shop).rejudge
    assert at_oak.nudged[-1] == ("rejudge", at_oak.shop)


def test_a_refused_second_export_does_not_start_the_first_again(at_oak: Oak, world: World) -> None:
    """Each is written down as it starts; only the refused one is asked for later."""
    running = world.shops[DOMAIN].operations
    for number in range(4):
        running[number] = Operation(id=number, type="QUERY", query="", created_at=NOON, status="RUNNING")
    assert import_history(at_oak.services, at_oak.shop) == 0.0
    first = newest(at_oak)
    assert first.orders_operation is not None
    world.knobs.bulk_delay = 0.0
    until = time.monotonic() + 5
    for one in running.values():
        if one.id > 3:
            assert one.done.wait(until - time.monotonic())
            one.status = "RUNNING"
    for _ in range(2):
        with pytest.raises(Retry):
            import_history(at_oak.services, at_oak.shop)
    assert newest(at_oak) == first
    for one in running.values():
        one.status = "COMPLETED"
    assert run(at_oak).orders == 3
    assert len(running) == 4 + 2


def test_an_import_asked_for_while_one_runs_follows_it(at_oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*given: Any, cause: str) -> int:
        monkeypatch.undo()
        import_again(at_oak.services, at_oak.shop)
        return judge_all(*given, cause=cause)

    monkeypatch.setattr(importing, "judge_all", ask)
    done = run(at_oak)
    assert (done.number, done.stage) == (2, "done")


def test_an_import_may_be_asked_for_before_there_was_any(at_oak: Oak) -> None:
    """The clock finds the shop too, and finds it no more once its newest import has ended."""
    assert to_import(at_oak) == [at_oak.shop]
    import_again(at_oak.services, at_oak.shop)
    assert at_oak.nudged == [("import", at_oak.shop)]
    assert run(at_oak).stage == "done"
    assert to_import(at_oak) == []
    import_again(at_oak.services, at_oak.shop)
    assert to_import(at_oak) == [at_oak.shop]


def test_an_import_older_than_the_installation_does_not_count(at_oak: Oak) -> None:
    run(at_oak)
    with at_oak.services.database.write() as tx:
        shops.change(tx, at_oak.shop, installed_at=at_oak.services.now() + 1)
    assert to_import(at_oak) == [at_oak.shop]


def test_the_settings_of_the_shop_are_read_before_its_history(
    at_oak: Oak, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops the first step leaves nothing behind, so that it is repeated whole."""
    world.shops[DOMAIN].zone = "Asia/Tokyo"
    world.knobs.api_status = 503
    world.knobs.api_failures = 40
    monkeypatch.setattr(at_oak.services.shopify(shop_of(at_oak)), "_sleep", lambda seconds: None)
    with pytest.raises(Retry):
        import_history(at_oak.services, at_oak.shop)
    assert to_import(at_oak) == [at_oak.shop]
    world.knobs.api_status = world.knobs.api_failures = 0
    run(at_oak)
    assert (shop_of(at_oak).zone, shop_of(at_oak).name) == ("Asia/Tokyo", "Oak Ltd")


def test_a_history_that_is_refused_for_good_says_so(at_oak: Oak, world: World) -> None:
    """The reason stands in the import, and the clock does not ask every minute."""
    world.knobs.api_status = 402
    with pytest.raises(GiveUp):
        import_history(at_oak.services, at_oak.shop)
    failed = newest(at_oak)
    assert failed.stage == "failed"
    assert "bill" in (failed.reason or "")
    assert to_import(at_oak) == []


def shop_of(oak: Oak) -> shops.Shop:
    with oak.services.database.read() as tx:
        return shops.get(tx, oak.shop)


def test_a_merchant_who_leaves_in_the_middle_stops_the_import(at_oak: Oak) -> None:
    """It ends with the uninstall, and a return begins another."""
    assert import_history(at_oak.services, at_oak.shop) == 0.0
    at_oak.receive("app/uninstalled", {"myshopify_domain": DOMAIN})
    at_oak.drain()
    assert newest(at_oak).stage == "failed"
    assert import_history(at_oak.services, at_oak.shop) is None
    with pytest.raises(GiveUp, match="left while"):
        reading(at_oak).orders([exported(1)])
