"""The shops' calendar."""

import pytest

from plugin.simulator.calendar import DAY, Calendar


class Wall:
    """A clock on the wall that the test moves by hand."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_the_calendar_starts_at_the_real_now_and_keeps_pace_with_it(wall: Wall) -> None:
    calendar = Calendar(wall)
    wall.ms += 5000
    assert calendar.now() == wall.ms


def test_it_runs_faster_from_the_moment_it_is_told_to(wall: Wall) -> None:
    calendar = Calendar(wall)
    wall.ms += 5000
    calendar.start(rate=DAY / 1000)
    wall.ms += 2000
    assert calendar.now() == 1_005_000 + 2 * DAY


def test_it_stands_still_when_its_end_is_reached(wall: Wall) -> None:
    calendar = Calendar(wall)
    calendar.start(rate=1000.0, until=1_500_000)
    wall.ms += 10_000
    assert calendar.now() == 1_500_000
    assert calendar.reading() == {"now": 1_500_000, "rate": 0.0, "until": 1_500_000, "wall": wall.ms}


def test_a_pause_holds_the_moment_and_a_start_goes_on_from_there(wall: Wall) -> None:
    calendar = Calendar(wall)
    wall.ms += 10
    calendar.pause()
    wall.ms += 7000
    assert calendar.now() == 1_000_010
    calendar.start()
    wall.ms += 5
    assert calendar.now() == 1_000_015


def test_advancing_jumps_and_keeps_the_pace(wall: Wall) -> None:
    calendar = Calendar(wall)
    calendar.advance(DAY)
    wall.ms += 3
    assert calendar.now() == 1_000_003 + DAY


def test_it_never_goes_back(wall: Wall) -> None:
    calendar = Calendar(wall)
    with pytest.raises(ValueError, match="go back"):
        calendar.advance(-1)
    with pytest.raises(ValueError, match="backwards"):
        calendar.start(rate=-1)
