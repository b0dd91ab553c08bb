"""One app a database, on PostgreSQL: locks that the server lets go of when the connection is gone.

Two of them: the main process holds one, its worker the other. So neither is refused because of the other, and a worker
that outlives its main process still keeps others away.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import psycopg

from plugin.db.dialect import unreachable
from plugin.db.only_one import REFUSED
from plugin.db.postgres import place_of, url_of

log = logging.getLogger(__name__)

MAIN, WORKER = 7_305_184_202, 7_305_184_203
LOOK = 2.0  # seconds between looks at whether the connection is still there
PATIENCE = 60.0  # seconds; the server may not have noticed yet that our own connection is gone


def take(url: str) -> ExitStack | None:
    """The main process's lock; None when another app has the database. GiveUp when the server cannot be reached."""
    try:
        connection = _connect(url)
    except psycopg.OperationalError as error:
        raise unreachable(error) from error
    if _try(connection, MAIN) and _try(connection, WORKER):
        connection.execute("SELECT pg_advisory_unlock(%s)", (WORKER,))
        held = ExitStack()
        held.callback(connection.close)
        return held
    connection.close()
    return None


def stay(url: str, leave: Callable[[], object]) -> ExitStack:
    """The worker's lock, taken again when the server was away; `leave` is called when another app was faster."""
    connection = _connect(url)
    connection.execute("SELECT pg_advisory_lock(%s)", (WORKER,))
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(url, connection, over, leave), name="lock-watch", daemon=True)
    watching.start()
    held = ExitStack()
    held.callback(watching.join, 5.0)
    held.callback(over.set)
    return held


def _watch(url: str, connection: psycopg.Connection, over: threading.Event, leave: Callable[[], object]) -> None:
    lost_at: float | None = None
    while not over.wait(LOOK):
        try:
            if lost_at is None:
                connection.execute("SELECT 1")
                continue
            connection.close()
            connection = _connect(url)
            if _try(connection, WORKER):
                log.warning("the database is back, and still ours alone")
                lost_at = None
            elif time.monotonic() - lost_at > PATIENCE:
                log.error(REFUSED.format(place_of(url)))
                leave()
                break
        except psycopg.OperationalError as error:
            if lost_at is None:
                log.warning("the database is away: %s", error)
            # Counted from when it last was away: only then can another app have come.
            lost_at = time.monotonic()
    connection.close()


def _connect(url: str) -> psycopg.Connection:
    words = url_of(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(words, autocommit=True, connect_timeout=10, fallback_application_name="regulars lock")
    # Waiting between looks is no reason for the server to end it.
    connection.execute("SET idle_session_timeout = 0")
    return connection


def _try(connection: psycopg.Connection, lock: int) -> bool:
    found = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone()
    return bool(found and found[0])
