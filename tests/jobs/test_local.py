"""Nudges: one runner per job and shop, and none is lost while a run is under way."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from plugin.errors import GiveUp, Retry
from plugin.jobs import local
from plugin.jobs.local import Key, LocalJobs


class Work:
    """A job that can be held up, and remembers its runs."""

    def __init__(self) -> None:
        self.runs: list[Key] = []
        self.running = 0
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self.answers: list[float | Exception | None] = []
        self._lock = threading.Lock()

    def __call__(self, key: Key) -> float | None:
        with self._lock:
            self.runs.append(key)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
            answer = self.answers.pop(0) if self.answers else None
        self.gate.wait(5)
        with self._lock:
            self.running -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def jobs(work: Work) -> Iterator[LocalJobs]:
    made = LocalJobs(work, lanes={"only": 3}, lane_of=lambda job: "only")
    made.start()
    yield made
    work.gate.set()
    made.stop()


def test_a_nudge_during_a_run_causes_one_more_run(jobs: LocalJobs, work: Work) -> None:
    """However many come, and never two runs of one shop at a time."""
    work.gate.clear()
    jobs("drain", 1)
    assert until(lambda: work.running == 1)
    for _ in range(5):
        jobs("drain", 1)
    work.gate.set()
    assert until(lambda: len(work.runs) == 2 and not work.running)
    time.sleep(0.05)
    assert work.runs == [("drain", 1)] * 2
    assert work.most_at_once == 1


def test_shops_and_jobs_do_not_wait_for_each_other(jobs: LocalJobs, work: Work) -> None:
    """Only the same job of the same shop is kept apart."""
    work.gate.clear()
    for key in (("drain", 1), ("drain", 2), ("sync", 1)):
        jobs(*key)
    assert until(lambda: work.running == 3)


def test_waiting_nudges_are_one(jobs: LocalJobs, work: Work) -> None:
    """A key that waits already is not put in line twice."""
    work.gate.clear()
    for shop in (1, 2, 3):
        jobs("drain", shop)
    assert until(lambda: work.running == 3)
    for _ in range(9):
        jobs("drain", 4)
    work.gate.set()
    assert until(lambda: len(work.runs) == 4 and not work.running)


def test_a_run_says_when_it_wants_to_look_again(jobs: LocalJobs, work: Work) -> None:
    """0.0 is at once, at the end of the line."""
    work.answers = [0.0, 0.01, None]
    jobs("drain", 1)
    assert until(lambda: len(work.runs) == 3)


def test_an_earlier_nudge_overtakes_a_later_one(jobs: LocalJobs, work: Work) -> None:
    """A poll in a minute does not hold back what has just arrived."""
    jobs("drain", 1, after=60)
    jobs("drain", 1)
    assert until(lambda: len(work.runs) == 1)


def test_retry_comes_again_give_up_does_not(
    jobs: LocalJobs, work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The three answers to failure: again, never, or a bug, which is tried again later."""
    monkeypatch.setattr(local, "FIRST_PAUSE", 0.005)
    work.answers = [Retry("busy", after=0.01), RuntimeError("a bug"), GiveUp("no such shop")]
    jobs("drain", 1)
    assert until(lambda: len(work.runs) == 3)
    time.sleep(0.05)
    assert len(work.runs) == 3
    assert "a bug" in caplog.text


def test_a_stopped_line_says_so_to_the_health_page(work: Work) -> None:
    """Its ping raises once its threads are gone."""
    made = LocalJobs(work, lanes={"only": 1}, lane_of=lambda job: "only")
    made.start()
    made.ping()
    made.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        made.ping()


def test_a_pause_that_was_asked_for_holds_against_nudges(jobs: LocalJobs, work: Work) -> None:
    """During an outage at the shop every new order nudges: none of them may hammer."""
    work.answers = [Retry("busy", after=0.3)]
    jobs("sync", 1)
    assert until(lambda: len(work.runs) == 1 and not work.running)
    began = time.monotonic()
    while len(work.runs) == 1 and time.monotonic() - began < 5:
        jobs("sync", 1)
        time.sleep(0.005)
    assert time.monotonic() - began > 0.2
