"""The one table of all faults: each is a function beside its siblings, registered where it stands."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.faults.scene import Scene

Do = Callable[[Scene, Random], None]


class Fault(NamedTuple):
    """Something that goes wrong, and how often it is tried."""

    name: str
    family: str
    do: Do
    runs: int  # in `make faults`
    tested: int  # of these, in `make test`
    customers: int  # of a shop of its own, not installed yet; 0: the shop that faults share, with tagging on
    needs_compiler: bool
    only: str  # "sqlite" or "postgresql" when it is about one of them


FAULTS: list[Fault] = []


def fault(
    name: str, *, runs: int = 1, tested: int = 0, customers: int = 0, needs_compiler: bool = False, only: str = ""
) -> Callable[[Do], Do]:
    """Registers a function that lets the fault happen and ends when it is over; the random numbers are the run's."""

    def register(do: Do) -> Do:
        family = do.__module__.rpartition(".")[2]
        FAULTS.append(Fault(name, family, do, runs, tested, customers, needs_compiler, only))
        return do

    return register


def all_faults() -> list[Fault]:
    """Every fault, in the order of the files."""
    from tests.faults import api, clocks, deliveries, disk, kills  # noqa: F401 -- they register what they hold

    return FAULTS
