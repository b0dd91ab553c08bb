"""Everything in one process: granian in front, the committer, the drain, the jobs and the clock as its threads."""

import ctypes
import gc
import logging
import os
import socket
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from plugin.config import Settings, load
from plugin.db.engine import Database
from plugin.db.only_one import only_one, working
from plugin.errors import GiveUp
from plugin.slow_bodies import SlowBodies

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

ARENAS = 4
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
FAREWELL = 2.0  # seconds
# Requests under way at once. The server starts a thread only when all others are taken, so that slow requests, as many
# as there may be connections, keep nobody waiting.
THREADS = CONNECTIONS = 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "alembic": {"level": "WARNING"},
        "apscheduler": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "urllib3": {"level": "ERROR"},
    },
}


def serve(settings: Settings) -> None:
    """Serves until it is told to stop; GiveUp when the database is served already."""
    held = only_one(settings.database_url, patience=FAREWELL)
    _look_ahead(settings)
    server = Granian(
        "plugin.serve:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        websockets=False,
        factory=True,
        workers_kill_timeout=20,
        log_dictconfig=LOGGING,
        # It warns of more threads than cores; ours wait for the disk, not for a core.
        log_level=LogLevels.error,
    )
    log.info("Regulars serves at http://%s:%d for %s", settings.host, settings.port, settings.app_url)
    try:
        server.serve()
    finally:
        held.close()


def application() -> "WSGIApplication":
    """What granian's worker calls once: starts the threads and returns the WSGI callable."""
    from plugin.app import compose  # the process that only watches over this one starts faster without

    _share_memory()
    # Before anything is opened: the process that started this one may be gone already.
    leave_with_parent(lambda: os._exit(1), parent=parent_process())
    settings = load()
    if settings.shopify_simulator:
        # Simulated secrets are shorter than Shopify's.
        warnings.filterwarnings("ignore", message="The HMAC key is")
    held = working(settings.database_url, lambda: os._exit(1))
    running = compose(settings, work=os.environ.get("REGULARS_WORK", "on") != "off")
    # What is here now stays: the garbage collector need not walk over it, import after import.
    gc.collect()
    gc.freeze()
    running.start()
    # A worker ends without atexit; multiprocessing's own finalizers do run.
    Finalize(None, running.stop, exitpriority=100)
    Finalize(None, held.close, exitpriority=50)
    return SlowBodies(running.wsgi, port=settings.port)


def _share_memory() -> None:
    """Has threads share a few arenas of memory: glibc makes up to eight a core, and each keeps what it once had."""
    # Other C libraries do not know this function.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, ARENAS)


def _look_ahead(settings: Settings) -> None:
    """Says in words what would otherwise end in the worker's traceback."""
    database = Database(settings.database_url)
    try:
        database.reach()
    finally:
        database.close()
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.host, settings.port))
        except OSError as error:
            raise GiveUp(
                f"{settings.host}:{settings.port} cannot be listened at ({error.strerror}): set HOST and PORT."
            ) from error


def leave_with_parent(leave: Callable[[], object], *, parent: BaseProcess | None = None) -> None:
    """Calls `leave` when the process that started this one is gone, so that nothing runs on unseen."""
    expected = os.getppid() if parent is None else parent.pid

    def watch() -> None:
        while os.getppid() == expected:
            time.sleep(0.5)
        leave()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
