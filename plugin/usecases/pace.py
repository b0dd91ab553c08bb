"""How long bulk work writes at a stretch, so that live deliveries are not kept waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from plugin.db.engine import Database, Tx

AT_ONCE = 1000  # rows between two looks at whether to end: some 10 ms
SHORTEST, LONGEST = 0.05, 1.0  # seconds of a stretch
LONGEST_COMMIT = 0.1  # seconds; whoever comes while it commits waits for that


class Pace:
    """Bulk work writes on for as long as nobody else wants to: one long write touches the page of an index once where
    many short ones write it anew each time. It learns how long a stretch the disk commits quickly."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seconds = SHORTEST

    @contextmanager
    def write(self) -> Iterator[tuple[Tx, Callable[[], bool]]]:
        """A write transaction, and whether there is time for more in it: to be asked after each few rows."""
        with self._database.write() as tx:
            began = perf_counter()
            yield tx, lambda: not self._database.wanted and perf_counter() - began < self.seconds
            ended = perf_counter()
        fitting = (ended - began) * LONGEST_COMMIT / max(perf_counter() - ended, 1e-6)
        # Halfway there: one slow commit, with a checkpoint say, is no slow disk.
        self.seconds = min(LONGEST, max(SHORTEST, (self.seconds + fitting) / 2))
