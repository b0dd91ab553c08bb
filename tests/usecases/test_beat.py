"""Whoever was away for longer than a few beats asks every shop what it has missed."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from plugin.clock import Clock
from plugin.db import reconciliations, shops
from plugin.db.reconciliations import ASKED, OUTAGE, Due
from plugin.usecases.beat import LONGEST, beat
from tests.journeys.app import until
from tests.usecases.conftest import Oak

MINUTE = 60_000
NOW, NIGHT = 2_000_000_000_000, 2_000_000_900_000


def beats(oak: Oak, monkeypatch: pytest.MonkeyPatch, *, at: int) -> bool:
    monkeypatch.setattr(type(oak.services), "now", lambda services: at)
    return beat(oak.services, every=60)


def due(oak: Oak) -> Due:
    with oak.services.database.read() as tx:
        return reconciliations.due(tx, oak.shop)


def given(oak: Oak, **columns: object) -> None:
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, **{"reconciled_to": 1, "next_reconcile_at": NIGHT, **columns})


@pytest.mark.parametrize(
    ("later", "outage"),
    [(MINUTE, False), (LONGEST * MINUTE, False), (LONGEST * MINUTE + 1, True), (-9 * MINUTE, False)],
    ids=["a minute", "five minutes", "longer", "the clock was set back"],
)
def test_more_than_five_minutes_without_a_beat_are_an_outage(
    oak: Oak, monkeypatch: pytest.MonkeyPatch, later: int, *, outage: bool
) -> None:
    given(oak)
    assert not beats(oak, monkeypatch, at=NOW)
    assert beats(oak, monkeypatch, at=NOW + later) == outage
    assert due(oak) == (Due(0, 1, OUTAGE) if outage else Due(NIGHT, 1, None))
    assert not beats(oak, monkeypatch, at=NOW + later + MINUTE)


def test_the_first_beat_ever_knows_of_no_outage(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    given(oak)
    assert not beats(oak, monkeypatch, at=NOW)
    assert due(oak) == Due(NIGHT, 1, None)


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ({"state": "left"}, Due(NIGHT, 1, None)),
        ({"reconciled_to": None}, Due(NIGHT, None, None)),  # its whole history is read
        ({"reconcile_for": ASKED}, Due(0, 1, ASKED)),
    ],
)
def test_who_left_or_is_read_for_the_first_time_is_not_asked(
    oak: Oak, monkeypatch: pytest.MonkeyPatch, columns: dict[str, object], left: Due
) -> None:
    given(oak, **columns)
    beats(oak, monkeypatch, at=NOW)
    assert beats(oak, monkeypatch, at=NOW + 9 * MINUTE)
    assert due(oak) == left


def test_a_database_that_takes_no_beat_does_not_keep_the_clock_from_starting(
    oak: Oak, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk comes back; what was missed meanwhile is found by the first beat that it takes."""
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE pulses RENAME TO away")
    clock = Clock(oak.services)
    with caplog.at_level(logging.WARNING):
        clock.start()
    try:
        clock.ping()
        assert "takes no beat" in caplog.text
    finally:
        clock.stop()


def test_no_tick_waits_longer_than_its_interval_however_the_machine_s_clock_falls_back(oak: Oak) -> None:
    """To the scheduler a clock that was set back looks like a tick that is hours away; so it does a second time."""
    clock = Clock(oak.services)
    clock.start()
    try:
        for _ in range(2):
            for name in ("sweep", "beat"):
                clock._scheduler.get_job(name).modify(next_run_time=datetime.now(UTC) + timedelta(hours=2))
            until("the ticks to come", lambda: all(_soon(clock, name) for name in ("sweep", "beat")), seconds=9)
    finally:
        clock.stop()


def test_a_clock_that_was_wrong_between_two_looks_does_not_put_the_scheduler_to_sleep_for_hours(
    oak: Oak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pause was reckoned while the clock was two hours behind, and nothing is late once that is right again."""
    clock = Clock(oak.services)
    passes, look = [], clock._scheduler._process_jobs
    monkeypatch.setattr(clock._scheduler, "_process_jobs", lambda: passes.append(look()) or 7200.0)
    clock.start()
    try:
        until("the scheduler to look again", lambda: len(passes) > 3, seconds=9)
    finally:
        clock.stop()


def _soon(clock: Clock, name: str) -> bool:
    job = clock._scheduler.get_job(name)
    return bool(job.next_run_time - datetime.now(UTC) <= job.trigger.interval)
