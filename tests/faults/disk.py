"""The disk is full, slow or gone, and the database is locked by somebody else."""

import errno
import resource
import sqlite3
import time
from contextlib import closing
from random import Random

from tests.faults.scene import Scene
from tests.faults.table import fault

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@fault("no file may grow (RLIMIT_FSIZE)", runs=3, tested=1)
def may_not_grow(scene: Scene, chance: Random) -> None:
    """What an exhausted quota is for the app, without the rights to set one up."""
    with scene.busy(chance):
        for one in scene.app.processes():
            resource.prlimit(one, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        time.sleep(chance.uniform(1.0, 3.0))
        for one in scene.app.processes():
            resource.prlimit(one, resource.RLIMIT_FSIZE, NO_LIMIT)
        scene.over()


@fault("the disk is full (ENOSPC)", runs=3, tested=1, needs_compiler=True)
def full(scene: Scene, chance: Random) -> None:
    with scene.busy(chance):
        scene.disk_and_clock.are(write_error=errno.ENOSPC)
        time.sleep(chance.uniform(1.0, 3.0))
        scene.disk_and_clock.are()
        scene.over()


@fault("the disk is gone and comes back (EIO)", runs=3, needs_compiler=True)
def gone(scene: Scene, chance: Random) -> None:
    with scene.busy(chance):
        scene.disk_and_clock.are(write_error=errno.EIO, read_error=errno.EIO)
        time.sleep(chance.uniform(1.0, 6.0))
        scene.disk_and_clock.are()
        scene.over()


@fault("every sync of the disk takes 300 ms", runs=2, needs_compiler=True)
def slow(scene: Scene, chance: Random) -> None:
    """Deliveries are answered in time all the same, for many share a sync."""
    scene.disk_and_clock.are(sync_ms=300)
    with scene.busy(chance):
        time.sleep(5)
    scene.disk_and_clock.are()


@fault("every sync of the disk takes 6 s", runs=1, needs_compiler=True)
def very_slow(scene: Scene, chance: Random) -> None:
    """Longer than Shopify waits: what was not answered comes again, and is known."""
    with scene.busy(chance):
        scene.disk_and_clock.are(sync_ms=6000)
        time.sleep(15)
        scene.disk_and_clock.are()
        scene.over()


@fault("another process locks the database for 2 s", runs=2, tested=1)
def locked(scene: Scene, chance: Random) -> None:
    _lock(scene, chance, 2)


@fault("another process locks the database for 40 s", runs=1)
def locked_for_long(scene: Scene, chance: Random) -> None:
    """Longer than the app waits for the lock."""
    _lock(scene, chance, 40)


def _lock(scene: Scene, chance: Random, seconds: float) -> None:
    with scene.busy(chance):
        with closing(sqlite3.connect(scene.database, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        scene.over()


@fault("the database's folder is moved away and back", runs=2)
def moved(scene: Scene, chance: Random) -> None:
    """Open files stay open; what opens the database anew finds nothing there."""
    elsewhere = scene.folder.with_name(f"{scene.folder.name}-elsewhere")
    with scene.busy(chance):
        scene.folder.rename(elsewhere)
        time.sleep(chance.uniform(1.0, 4.0))
        elsewhere.rename(scene.folder)
        scene.over()
