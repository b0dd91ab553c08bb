"""Every fault ends with the same check; `make faults` tries all of them often, this file the quick ones."""

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.faults.run import Stage
from tests.faults.table import Fault, all_faults

ALL = os.environ.get("REGULARS_FAULTS") == "all"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Where they happen; the shop they share is there once the first of them wants it."""
    with Stage(tmp_path_factory.mktemp("faults")) as made:
        yield made


def chosen() -> Iterator[object]:
    """Each fault with the numbers of its runs."""
    for one in all_faults():
        for number in range(one.runs if ALL else one.tested):
            yield pytest.param(one, number, id=f"{one.name} {number}")


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("one", "number"), list(chosen()))
def test_nothing_is_lost_doubled_or_touched_by(stage: Stage, one: Fault, number: int) -> None:
    """All that was accepted is there, our tags are the verdicts, and other people's tags are as they left them."""
    if reason := stage.cannot(one):
        pytest.skip(reason)
    outcome = stage.run(one, Random(number))
    assert outcome.findings.clean, outcome.findings


def test_the_faults_have_names_of_their_own() -> None:
    names = [one.name for one in all_faults()]
    assert len(names) == len(set(names)) > 30


def test_some_runs_of_each_family_are_in_every_test() -> None:
    tested = {one.family for one in all_faults() if one.tested}
    assert tested == {"kills", "disk", "api", "deliveries", "clocks"}
