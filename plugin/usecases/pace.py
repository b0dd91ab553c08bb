"""How much bulk work goes into one write, so that live deliveries are not kept waiting."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

LONGEST_WRITE = 0.05  # seconds that bulk work may hold the write lock
FEWEST, MOST = 500, 20_000


class Pace:
    """Learns how many rows a write can take: a fast disk gets more of them, a slow one fewer."""

    def __init__(self, rows: int = 2000) -> None:
        self.rows = rows

    def portions(self, items: Iterable[T]) -> Iterator[list[T]]:
        """The items in portions of the size that is right when each is asked for."""
        rest = iter(items)
        while some := list(islice(rest, self.rows)):
            yield some

    @contextmanager
    def measured(self, rows: int) -> Iterator[None]:
        """Around what is done while the write lock is held, with so many rows."""
        began = time.perf_counter()
        yield
        fitting = int(rows * LONGEST_WRITE / max(time.perf_counter() - began, 1e-6))
        # Halfway there: one slow write, a checkpoint say, is no slow disk.
        self.rows = min(MOST, max(FEWEST, (self.rows + fitting) // 2))
