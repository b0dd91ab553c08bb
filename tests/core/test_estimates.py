"""How long long work takes: never a promise, always in the right order of size."""

import pytest

from plugin.core.estimates import BULK_FROM, roughly, seconds_left, seconds_to_write


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [(0, 0), (1, 0.11), (100, 11), (1000, 110), (1200, 84), (12_000, 300), (1_000_000, 20_060)],
)
def test_the_time_that_so_many_tags_take(tags: int, seconds: float) -> None:
    """One by one as the cost bucket refills; by file as Shopify works it off, which it begins when it likes."""
    assert seconds_to_write(tags) == pytest.approx(seconds)


@pytest.mark.parametrize(("seconds", "said"), [(0, 0), (11, 11), (60, 60), (60.5, 120), (84, 120), (300, 300)])
def test_an_estimate_is_said_in_whole_minutes(seconds: float, said: float) -> None:
    assert roughly(seconds) == said


def test_more_tags_of_one_way_never_take_less_time() -> None:
    for numbers in (range(0, BULK_FROM, 50), range(BULK_FROM + 1, 100_000, 5_000)):
        times = [seconds_to_write(number) for number in numbers]
        assert times == sorted(times)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "left"),
    [
        (0, 100, 10.0, None),  # nothing done tells no pace
        (25, 100, 10.0, 30.0),
        (100, 100, 10.0, None),
        (120, 100, 10.0, None),  # more came on top than was announced
        (-3, 100, 10.0, None),
        (50, 100, 0.0, None),  # a clock that stood still or fell back
        (50, 100, -5.0, None),
    ],
)
def test_what_is_left_follows_from_the_pace_so_far(done: int, total: int, seconds: float, left: float | None) -> None:
    assert seconds_left(done, total, seconds) == left
