"""One app a database: a second one is refused in words."""

import fcntl
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from plugin.db.dialect import is_postgresql
from plugin.db.sqlite import file_of
from plugin.errors import GiveUp

REFUSED = "Another Regulars already serves this database ({}): stop it, or set DATABASE_URL."


def only_one(url: str, *, patience: float = 0.0) -> ExitStack:
    """Holds the database until it is closed; GiveUp when another app has it.

    A worker whose main process was killed may take a moment to leave, for which `patience` (seconds) waits.
    """
    until = time.monotonic() + patience
    while True:
        held = _held(url)
        if held is not None:
            return held
        if time.monotonic() > until:
            raise GiveUp(REFUSED.format(_named(url)))
        time.sleep(0.1)


def working(url: str, leave: Callable[[], object]) -> ExitStack:
    """The same for the worker of the process that holds it; `leave` is called when it has lost the database."""
    if is_postgresql(url):
        from plugin.db.advisory import stay

        return stay(url, leave)
    file = _lock_file(url)
    fcntl.flock(file, fcntl.LOCK_SH)
    return _closing(file)


def _held(url: str) -> ExitStack | None:
    if is_postgresql(url):
        from plugin.db.advisory import take

        return take(url)
    file = _lock_file(url)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Shared from now on, so that the worker can hold it too.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return _closing(file)


def _lock_file(url: str) -> IO[bytes]:
    try:
        return Path(f"{file_of(url)}.lock").open("wb")
    except OSError as error:
        raise GiveUp(f"Nothing can be written beside the database: {error.strerror} ({error.filename}).") from error


def _closing(file: IO[bytes]) -> ExitStack:
    held = ExitStack()
    held.enter_context(file)
    return held


def _named(url: str) -> str:
    if is_postgresql(url):
        from plugin.db.postgres import place_of

        return place_of(url)
    return str(file_of(url))
