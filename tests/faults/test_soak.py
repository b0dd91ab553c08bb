"""What the soak calls flat."""

import pytest

from tests.faults.soak import MEASURES, judge


def samples(name: str, values: list[float]) -> list[dict[str, float]]:
    """A row of samples in which one measure moves."""
    return [dict.fromkeys(MEASURES, 100.0) | {name: value} for value in values]


@pytest.mark.parametrize("name", MEASURES)
def test_what_stays_is_flat_and_what_grows_on_and_on_is_not(name: str) -> None:
    assert all(one["flat"] for one in judge(samples(name, [100.0] * 60)).values())
    judged = judge(samples(name, [100.0 + 20 * number for number in range(60)]))
    assert [other for other, one in judged.items() if not one["flat"]] == [name]


def test_the_warm_up_does_not_count() -> None:
    """Memory first grows to what it stays."""
    assert judge(samples("memory", [50.0] * 12 + [120.0] * 48))["memory"] == {
        "first": 120.0,
        "last": 120.0,
        "flat": True,
    }
