"""The process is killed: at random moments of everything it does, by itself or with its parent, or twice started."""

import os
import re
import signal
import time
from random import Random

from tests.faults.scene import CAKE, SMALL, Scene
from tests.faults.table import fault
from tests.journeys.app import until
from tests.journeys.shopify import SHOP, ours_among

SOME = 500  # customers of a shop whose history is imported
MANY = 1250  # more than the app tags one by one


def _killed(scene: Scene) -> None:
    scene.app.kill()
    scene.over()
    scene.app.start()


@fault("SIGKILL while deliveries are accepted", runs=6, tested=1)
def while_accepting(scene: Scene, chance: Random) -> None:
    with scene.busy(chance):
        for _ in range(2):
            time.sleep(chance.uniform(0.1, 1.5))
            _killed(scene)


@fault("SIGKILL while the inbox is drained", runs=6)
def while_draining(scene: Scene, chance: Random) -> None:
    """A backlog first: an app that only keeps what comes."""
    scene.app.stop()
    scene.app.environment["REGULARS_WORK"] = "off"
    scene.app.start()
    with scene.busy(chance):
        scene.deeds(100, chance)
    del scene.app.environment["REGULARS_WORK"]
    scene.app.stop()
    scene.app.begin()
    time.sleep(chance.uniform(0.8, 2.5))
    _killed(scene)


@fault("SIGKILL while the history is imported", runs=6, customers=SOME)
def while_importing(scene: Scene, chance: Random) -> None:
    """With live orders meanwhile."""
    scene.shopify.knobs(bulk_delay=0.3)
    scene.install()
    time.sleep(chance.uniform(0.0, 1.5))
    scene.app.kill()
    scene.deeds(30, chance)
    scene.over()
    scene.app.start()
    scene.imported()
    assert scene.accept().status_code == 302


@fault("SIGKILL while many tags are written as a file", runs=6, tested=1, customers=MANY)
def while_bulk_tagging(scene: Scene, chance: Random) -> None:
    scene.install()
    scene.imported()
    scene.shopify.knobs(bulk_delay=1.0)
    assert scene.accept().status_code == 302
    time.sleep(chance.uniform(0.0, 2.5))
    scene.app.kill()
    scene.deeds(30, chance)
    scene.over()
    scene.app.start()


@fault("SIGKILL while tags are written one by one", runs=6, tested=1)
def while_syncing(scene: Scene, chance: Random) -> None:
    scene.shopify.knobs(bucket=150.0, restore_rate=60.0)
    scene.deeds(60, chance)
    time.sleep(chance.uniform(0.0, 1.0))
    scene.app.kill()
    scene.fair()
    scene.over()
    scene.app.start()


@fault("SIGKILL while an import is undone", runs=4, customers=SMALL)
def while_undoing(scene: Scene, chance: Random) -> None:
    """What was taken back stays so until it is lifted; then all is as the orders say."""
    _killed_while_undoing(scene, chance, bucket=600.0, restore_rate=200.0)


@fault("SIGKILL while an import is undone as a file", runs=2, customers=MANY)
def while_undoing_in_bulk(scene: Scene, chance: Random) -> None:
    _killed_while_undoing(scene, chance, bulk_delay=2.0)


def _told(scene: Scene, number: str) -> str:
    """What the app says about an undo; its lines are broken anywhere."""
    words = " ".join(scene.app.command("undo", SHOP).stdout.split())
    return words.partition(f"undo {number}, ")[2].partition(" undo ")[0]


def _killed_while_undoing(scene: Scene, chance: Random, **knobs: float) -> None:
    """On a shop of its own: where other faults were, most tags come of later orders, which no undo takes back."""
    scene.tagging()
    scene.shopify.knobs(**knobs)
    before = _tagged(scene)
    told = scene.app.command("undo", SHOP, "--import", "1", "--yes").stdout
    (number,) = re.findall(r"This is undo (\d+)", told)
    time.sleep(chance.uniform(0.5, 3.0))
    scene.app.kill()
    scene.fair()
    scene.app.start()
    until("the undo to be done", lambda: "It is done" in _told(scene, number))
    scene.settled()
    assert _tagged(scene) < before / 2, "most had their tags by that import"
    scene.app.command("undo", SHOP, "--lift", number)
    scene.over()
    until("the tags to come again", lambda: _tagged(scene) == before)


def _tagged(scene: Scene) -> int:
    return sum(bool(ours_among(tags)) for tags in scene.shopify.tags().values())


@fault("the merchant changes our tags, and then SIGKILL", runs=2, tested=1)
def after_edits(scene: Scene, chance: Random) -> None:
    """They stay as the merchant left them, whoever orders what."""
    scene.settled()
    tagged = [
        (one, ours)
        for one, tags in scene.shopify.tags().items()
        if (ours := ours_among(tags)) and one not in scene.vetoed
    ]
    for one, ours in chance.sample(tagged, 3):
        scene.shopify.edit_tags(one, remove=ours)
        scene.vetoed[one] = set()
    time.sleep(chance.uniform(0.0, 1.0))
    _killed(scene)
    scene.settled()
    for one in scene.vetoed:
        scene.shopify.bought(CAKE, customer=one)


@fault("SIGTERM under load", runs=2)
def ended(scene: Scene, chance: Random) -> None:
    with scene.busy(chance):
        time.sleep(chance.uniform(0.1, 1.0))
        assert scene.app.stop() == 0
        scene.over()
        scene.app.start()


@fault("the parent is killed", runs=2)
def without_parent(scene: Scene, chance: Random) -> None:
    """Its worker leaves too, or the next start would be refused."""
    with scene.busy(chance):
        time.sleep(chance.uniform(0.1, 1.0))
        scene.app.kill_main()
        scene.over()
        scene.app.start()


@fault("a second process on the same database", runs=2, tested=1)
def second(scene: Scene, chance: Random) -> None:
    """It is refused in words, and the first serves on."""
    with scene.busy(chance):
        refused = scene.app.command("serve")
    assert refused.returncode == 1
    assert "Another Regulars already serves this database" in refused.stderr


@fault("the process is stopped for ten seconds (SIGSTOP)", runs=2)
def frozen(scene: Scene, chance: Random) -> None:
    """As a laptop that sleeps, or a machine that is moved."""
    with scene.busy(chance):
        processes = scene.app.processes()
        for one in processes:
            os.kill(one, signal.SIGSTOP)
        time.sleep(10)
        for one in processes:
            os.kill(one, signal.SIGCONT)
        scene.over()
        until("the app to answer", lambda: scene.app.get("/healthz").ok)
