"""Bulk work makes room for whoever waits, and fits its writes to the disk."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from plugin.db.engine import Database, Tx
from plugin.usecases import pace
from plugin.usecases.pace import LONGEST, LONGEST_COMMIT, SHORTEST, Pace
from tests.journeys.app import until


def test_there_is_time_for_more_until_the_stretch_is_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    at = _clock(monkeypatch)
    with Pace(database).write() as (_, more):
        at[0] = SHORTEST * 0.9
        assert more()
        at[0] = SHORTEST * 1.1
        assert not more()


def test_whoever_waits_to_write_has_it_end_at_once_and_comes_next(database: Database) -> None:
    done = []
    own = Pace(database)
    own.seconds = 1e6

    def other() -> None:
        with database.write():
            done.append("other")

    waits = threading.Thread(target=other)
    with own.write() as (_, more):
        assert more()
        waits.start()
        until("the other to be seen", lambda: not more(), seconds=9)
        done.append("own")
    waits.join()
    assert done == ["own", "other"]
    assert not database.wanted


@pytest.mark.parametrize(
    ("commit", "last"), [(LONGEST_COMMIT / 100, LONGEST), (LONGEST_COMMIT * 100, SHORTEST)], ids=["quick", "slow"]
)
def test_a_disk_that_commits_quickly_gets_long_writes_and_a_slow_one_short_ones(
    database: Database, monkeypatch: pytest.MonkeyPatch, commit: float, last: float
) -> None:
    at = _clock(monkeypatch)
    monkeypatch.setattr(database, "write", lambda: _committing(at, commit))
    own = Pace(database)
    own.seconds = 0.3
    lengths = []
    for _ in range(9):
        with own.write():
            at[0] += own.seconds
        lengths.append(own.seconds)
    assert lengths == sorted(lengths, reverse=last < 0.3)
    assert lengths[-1] == last


def test_what_failed_says_nothing_about_the_disk(database: Database) -> None:
    own = Pace(database)

    def fails() -> None:
        with own.write():
            raise KeyError("a row")

    with pytest.raises(KeyError):
        fails()
    assert own.seconds == SHORTEST
    with own.write() as (tx, _):
        assert isinstance(tx, Tx)


def _clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [0.0]
    monkeypatch.setattr(pace, "perf_counter", lambda: at[0])
    return at


@contextmanager
def _committing(at: list[float], seconds: float) -> Iterator[None]:
    yield
    at[0] += seconds
