"""Runs faults: on a shop that they share, or on one of their own, which is thrown away afterwards."""

import itertools
from contextlib import ExitStack
from pathlib import Path
from random import Random
from types import TracebackType

from tests import databases
from tests.faults.disk_and_clock import library
from tests.faults.scene import Outcome, Scene, scene
from tests.faults.table import Fault


class Stage:
    """Where faults happen; the shared shop is opened when first wanted, and anew after a fault it did not survive."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._opened = ExitStack()
        self._shared: Scene | None = None

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._opened.close()

    def cannot(self, one: Fault) -> str:
        """Why this fault cannot happen here; "" when it can."""
        if one.only not in ("", "postgresql" if databases.ON_POSTGRESQL else "sqlite"):
            return f"it is about {one.only}"
        return "there is no C compiler" if one.needs_compiler and library() is None else ""

    def run(self, one: Fault, chance: Random) -> Outcome:
        """Lets it happen and waits until all is right; an AssertionError when the fault itself went otherwise."""
        if one.customers:
            with scene(self._next(), customers=one.customers) as own:
                return _happen(own, one, chance)
        try:
            outcome = _happen(self._open(), one, chance)
        except BaseException:
            self._drop()
            raise
        if not outcome.findings.clean:
            self._drop()
        return outcome

    def _open(self) -> Scene:
        if self._shared is None:
            self._shared = self._opened.enter_context(scene(self._next()))
        return self._shared

    def _drop(self) -> None:
        self._opened.close()
        self._shared = None

    def _next(self) -> Path:
        return self._folder / f"shop-{next(self._numbers)}"


def _happen(there: Scene, one: Fault, chance: Random) -> Outcome:
    one.do(there, chance)
    outcome = there.outcome()
    there.fair()
    return outcome
