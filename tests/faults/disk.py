"""The disk is full, slow or gone, and the database is locked by somebody else."""

import errno
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from random import Random

import psycopg

from plugin.db.dialect import is_postgresql
from plugin.db.sqlite import file_of
from tests.faults.scene import Scene
from tests.faults.table import fault
from tests.journeys.app import until
from tests.journeys.senders import Senders

# What lies in SQLite's own file; PostgreSQL's disk is another machine's matter.
of_a_file = partial(fault, only="sqlite")
REFUSED = 503
NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextmanager
def locking(url: str) -> Iterator[None]:
    """While the block runs, another process has the database, or on PostgreSQL the table of deliveries, for itself."""
    if is_postgresql(url):
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        path = file_of(url)
        assert path is not None
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")


def _took(scene: Scene, chance: Random) -> float:
    """The seconds until a delivery is answered."""
    asked = time.monotonic()
    scene.tell("orders/delete", b'{"id": %d}' % chance.randrange(10**12, 10**13))
    return time.monotonic() - asked


def _is_refused(sent: Senders) -> None:
    """A delivery that cannot be kept is not answered with 200."""
    until("deliveries to be refused", lambda: sent.answers[REFUSED])


@of_a_file("no file may grow (RLIMIT_FSIZE)", runs=3, tested=1)
def may_not_grow(scene: Scene, chance: Random) -> None:
    """What an exhausted quota is for the app, without the rights to set one up."""
    with scene.busy(chance) as sent:
        for one in scene.app.processes():
            resource.prlimit(one, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        _is_refused(sent)
        time.sleep(chance.uniform(0.2, 2.0))
        for one in scene.app.processes():
            resource.prlimit(one, resource.RLIMIT_FSIZE, NO_LIMIT)
        scene.over()


@of_a_file("the disk is full (ENOSPC)", runs=3, needs_compiler=True)
def full(scene: Scene, chance: Random) -> None:
    with scene.busy(chance) as sent:
        scene.disk_and_clock.are(write_error=errno.ENOSPC)
        _is_refused(sent)
        time.sleep(chance.uniform(0.2, 2.0))
        scene.disk_and_clock.are()
        scene.over()


@of_a_file("the disk is gone and comes back (EIO)", runs=3, needs_compiler=True)
def gone(scene: Scene, chance: Random) -> None:
    with scene.busy(chance) as sent:
        scene.disk_and_clock.are(write_error=errno.EIO, read_error=errno.EIO)
        _is_refused(sent)
        time.sleep(chance.uniform(1.0, 6.0))
        scene.disk_and_clock.are()
        scene.over()


@of_a_file("every sync of the disk takes 300 ms", runs=2, needs_compiler=True)
def slow(scene: Scene, chance: Random) -> None:
    """Deliveries are answered in time all the same, for many share a sync."""
    scene.disk_and_clock.are(sync_ms=300)
    with scene.busy(chance) as sent:
        time.sleep(3)
        took = _took(scene, chance)
        time.sleep(1)
    assert 0.3 <= took < 4, f"a delivery was answered after {took:.1f} s"
    assert not sent.answers[REFUSED]
    scene.disk_and_clock.are()


@of_a_file("every sync of the disk takes 6 s", runs=1, needs_compiler=True)
def very_slow(scene: Scene, chance: Random) -> None:
    """Longer than Shopify waits: what was not answered comes again, and is known."""
    with scene.busy(chance) as sent:
        scene.disk_and_clock.are(sync_ms=6000)
        time.sleep(15)
        _is_refused(sent)
        scene.disk_and_clock.are()
        scene.over()


@fault("another process locks the database for 2 s", runs=2, tested=1)
def locked(scene: Scene, chance: Random) -> None:
    """Deliveries wait for it, and are answered in time."""
    with scene.busy(chance) as sent:
        with locking(scene.app.environment["DATABASE_URL"]):
            time.sleep(0.5)
            before = sent.kept
            time.sleep(1.5)
            assert sent.kept == before, "something was kept in a locked database"
        scene.over()
    assert not sent.answers[REFUSED]


@fault("another process locks the database for 40 s", runs=1)
def locked_for_long(scene: Scene, chance: Random) -> None:
    """Longer than the app waits for the lock."""
    with scene.busy(chance) as sent:
        with locking(scene.app.environment["DATABASE_URL"]):
            time.sleep(40)
        scene.over()
    assert sent.answers[REFUSED]


@of_a_file("the database's folder is moved away and back", runs=2)
def moved(scene: Scene, chance: Random) -> None:
    """Open files stay open; what opens the database anew finds nothing there."""
    elsewhere = scene.folder.with_name(f"{scene.folder.name}-elsewhere")
    with scene.busy(chance):
        scene.folder.rename(elsewhere)
        time.sleep(chance.uniform(1.0, 4.0))
        elsewhere.rename(scene.folder)
        scene.over()


@fault("the server of the database cuts every connection", runs=2, tested=1, only="postgresql")
def cut(scene: Scene, chance: Random) -> None:
    """As when it is restarted, or its network goes."""
    url = scene.app.environment["DATABASE_URL"]
    with scene.busy(chance):
        for _ in range(3):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            time.sleep(chance.uniform(0.1, 1.0))
        scene.over()
