"""Deliveries come twice, out of order, late, never, broken, huge, slowly, or in pieces."""

import socket
import time
from random import Random
from urllib.parse import urlsplit

import requests

from plugin.shopify.signature import body_digest
from tests.faults.scene import Scene
from tests.faults.table import fault
from tests.journeys.app import SECRET, until
from tests.journeys.shopify import DAY, SHOP

HUGE = 100 * 1024 * 1024
POISON = (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"id": "7"}', b'{"id": 7, "line_items": 3}', b'{"id": null}')
HOUR = DAY // 24
SLOW = 300


def headers(body: bytes, topic: str, name: str) -> dict[str, str]:
    """What Shopify sends beside a body."""
    return {
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": name,
        "X-Shopify-Hmac-Sha256": body_digest(body, SECRET),
    }


@fault("every delivery comes twice", runs=2, tested=1)
def twice(scene: Scene, chance: Random) -> None:
    scene.shopify.knobs(repeat=1.0)
    scene.deeds(40, chance)
    scene.fair()


@fault("deliveries come out of order, and many twice", runs=3, tested=1)
def shuffled(scene: Scene, chance: Random) -> None:
    scene.shopify.knobs(repeat=0.5, reorder=0.7, seed=chance.randrange(10**6))
    scene.deeds(60, chance)
    scene.fair()


@fault("deliveries come a day late", runs=2, tested=1)
def late(scene: Scene, chance: Random) -> None:
    """The shop's next day has begun by then."""
    scene.shopify.knobs(delay=2.0)
    scene.deeds(20, chance)
    scene.shopify.advance(DAY)
    scene.fair()


@fault("deliveries never come", runs=2)
def missing(scene: Scene, chance: Random) -> None:
    """Nor does Shopify send them again: in the next night the app asks what has changed."""
    known = scene.shopify.bought()["id"]
    until("everything before it to be known", scene.is_settled)
    before = scene.app.status()["orders"]
    scene.shopify.knobs(drop=1.0)
    scene.shopify.order("delete", order=known)
    scene.deeds(20, chance)
    scene.fair()
    assert scene.is_settled()
    assert scene.app.status()["orders"] == before, "the app has heard of something"
    scene.shopify.advance(30 * HOUR)
    until("it to be found", lambda: _found(scene, "missing") and _found(scene, "gone"), instead=scene.app.status)


def _found(scene: Scene, what: str) -> int:
    """How much of that the last reconciliation found."""
    return int((scene.app.status()["reconciliation"] or {what: 0})[what])


@fault("poisoned deliveries", runs=2, tested=1)
def poisoned(scene: Scene, chance: Random) -> None:
    """What cannot be read is set aside for a person; what comes before and after it is worked off."""
    before = scene.app.status()["deliveries"]["parked"]
    for body in POISON:
        scene.tell("orders/create", body)
        scene.deeds(2, chance)
    until("all of them to be looked at", scene.is_settled)
    scene.parked = scene.app.status()["deliveries"]["parked"]
    assert scene.parked - before == len(POISON)


@fault("a delivery of 100 MB", runs=2, tested=1)
def huge(scene: Scene, chance: Random) -> None:
    """Refused, and not kept in memory."""
    before = _memory(scene)
    answer = _send_huge(scene, announced=True)
    assert answer in {None, 413}, answer
    answer = _send_huge(scene, announced=False)
    assert answer in {None, 413}, answer
    scene.deeds(10, chance)
    grown = _memory(scene) - before
    assert grown < 60, f"{grown} MB more"


def _send_huge(scene: Scene, *, announced: bool) -> int | None:
    """The status; None when the app hung up before all was sent."""
    piece = bytes(1024 * 1024)
    pieces = (piece for _ in range(HUGE // len(piece)))
    sent = headers(b"", "orders/create", "a huge one")
    try:
        with requests.Session() as web:
            if announced:
                return web.post(f"{scene.app.address}/webhooks", data=piece * 100, headers=sent, timeout=30).status_code
            return web.post(f"{scene.app.address}/webhooks", data=pieces, headers=sent, timeout=30).status_code
    except requests.ConnectionError:
        return None


def _memory(scene: Scene) -> int:
    """The most memory that the app's processes have had at once, in MB."""
    found = 0
    for one in scene.app.processes():
        with open(f"/proc/{one}/status") as status:
            found += next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return found // 1024


@fault("deliveries that come a byte at a time", runs=2, tested=1)
def slow(scene: Scene, chance: Random) -> None:
    """Hundreds of them at once; everybody else is served meanwhile."""
    body = b'{"id": 77}'
    address = urlsplit(scene.app.address)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers(body, "orders/delete", "a slow one").items())
    head = f"POST /webhooks HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()
    slow_ones = [socket.create_connection((address.hostname, address.port), timeout=10) for _ in range(SLOW)]
    try:
        for one in slow_ones:
            one.sendall(head)
        for number in range(4):
            for one in slow_ones:
                one.sendall(body[number : number + 1])
            began = time.monotonic()
            scene.tell("orders/delete", b'{"id": %d}' % chance.randrange(10**12, 10**13))
            waited = time.monotonic() - began
            assert waited < 4, f"others waited {waited:.1f} s"
            scene.deeds(2, chance)
            time.sleep(0.3)
    finally:
        for one in slow_ones:
            one.close()


@fault("a delivery in chunks", runs=2, tested=1)
def chunked(scene: Scene, chance: Random) -> None:
    number = chance.randrange(10**12, 10**13)
    body = b'{"id": %d}' % number
    sent = headers(body, "orders/delete", f"in chunks {number}")
    pieces = (body[at : at + 3] for at in range(0, len(body), 3))
    answer = scene.app.web.post(f"{scene.app.address}/webhooks", data=pieces, headers=sent, timeout=10)
    assert answer.status_code == 200
    scene.accepted.add(f"in chunks {number}")
