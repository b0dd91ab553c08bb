"""Bulk work fits its writes to the disk."""

import time

from plugin.usecases.pace import FEWEST, LONGEST_WRITE, MOST, Pace


def test_portions_hold_every_item_once_in_order() -> None:
    pace = Pace(rows=4)
    assert list(pace.portions(range(10))) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert list(pace.portions([])) == []


def test_a_quick_write_makes_the_next_one_larger_up_to_a_limit() -> None:
    pace = Pace(rows=1000)
    grown = []
    for _ in range(8):
        with pace.measured(pace.rows):
            pass
        grown.append(pace.rows)
    assert grown[0] > 1000
    assert grown[-1] == MOST


def test_a_slow_write_makes_the_next_one_smaller_down_to_a_limit() -> None:
    pace = Pace(rows=FEWEST * 2)
    with pace.measured(pace.rows):
        time.sleep(LONGEST_WRITE * 4)
    assert FEWEST <= pace.rows < FEWEST * 2


def test_a_portion_has_the_size_learned_from_the_one_before() -> None:
    pace = Pace(rows=FEWEST)
    portions = pace.portions(range(MOST * 3))
    first = next(portions)
    with pace.measured(len(first)):
        pass
    assert len(next(portions)) == pace.rows > len(first) == FEWEST
