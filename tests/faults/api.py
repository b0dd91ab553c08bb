"""Shopify's API says no, says nothing, says half of it, or says it in another version."""

import time
from collections.abc import Callable
from random import Random

from tests.faults.scene import Scene
from tests.faults.table import fault
from tests.journeys.app import until

MANY = 10**6
REFUSALS = {402: "frozen", 403: "forbidden", 404: "unknown", 423: "locked"}


def _few(status: int) -> Callable[[Scene, Random], None]:
    def few(scene: Scene, chance: Random) -> None:
        scene.shopify.knobs(api_status=status, api_failures=2)
        scene.deeds(20, chance)
        until("the calls to fail", lambda: not scene.shopify.read("")["knobs"]["api_status"])

    return few


def _outage(status: int) -> Callable[[Scene, Random], None]:
    def outage(scene: Scene, chance: Random) -> None:
        scene.shopify.knobs(api_status=status, api_failures=MANY)
        scene.deeds(20, chance)
        until("a call to fail", lambda: scene.shopify.read("")["knobs"]["api_failures"] < MANY)
        time.sleep(chance.uniform(0.5, 4.0))
        scene.fair()

    return outage


for _status in (429, 502):
    fault(f"the API answers {_status} twice", runs=2)(_few(_status))
for _status in (*REFUSALS, 429, 430, 500, 502, 503, 520):
    _words = REFUSALS.get(_status, "for seconds")
    fault(f"the API answers {_status} ({_words})", runs=2)(_outage(_status))


@fault("the API answers 401 once", runs=2, tested=1)
def unauthorized_once(scene: Scene, chance: Random) -> None:
    """One renewal and one more try."""
    scene.shopify.knobs(api_status=401, api_failures=1)
    scene.deeds(20, chance)
    until("the call to fail", lambda: not scene.shopify.read("")["knobs"]["api_status"])


@fault("the API answers 401 until the merchant opens the app", runs=2)
def unauthorized(scene: Scene, chance: Random) -> None:
    log = scene.app.log_from_here()
    scene.shopify.knobs(api_status=401)
    scene.deeds(20, chance)
    until("the app to say so", lambda: "to reconnect it" in log())
    scene.fair()
    scene.panel()


@fault("a storm of THROTTLED", runs=2)
def throttled(scene: Scene, chance: Random) -> None:
    scene.shopify.knobs(throttle_answers=8)
    scene.deeds(20, chance)
    until("the storm to end", lambda: not scene.shopify.read("")["knobs"]["throttle_answers"])


def _spoilt(knob: str, number: int, **more: float) -> Callable[[Scene, Random], None]:
    def spoilt(scene: Scene, chance: Random) -> None:
        scene.shopify.knobs(**{knob: number}, **more)
        scene.deeds(20, chance)
        until("the answers to be spoilt", lambda: not scene.shopify.read("")["knobs"][knob])

    return spoilt


fault("the API's answers are lost", runs=2)(_spoilt("lose_answers", 3))
fault("half of the API's answers come", runs=2, tested=1)(_spoilt("cut_answers", 2))
fault("half of the API's answers come, for long", runs=2)(_spoilt("cut_answers", 6))
fault("the API's answers come after 35 s", runs=1)(_spoilt("stall_answers", 2, stall=35.0))


@fault("the API speaks another version", runs=2, tested=1)
def another_version(scene: Scene, chance: Random) -> None:
    """It is said in the log, and goes on."""
    scene.shopify.knobs(answer_version="2026-07")
    scene.deeds(20, chance)
    until("the app to notice", lambda: "answers with API version 2026-07" in scene.app.log())
    scene.fair()
