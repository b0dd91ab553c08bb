"""Whoever sends a body too slowly keeps nobody else waiting, and is hung up on."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from plugin.slow_bodies import PATIENCE
from tests.journeys.app import App
from tests.journeys.journey import Journey

MANY = 200  # slow ones at once


@pytest.fixture
def slow_ones(bakery: Journey) -> Iterator[list[socket.socket]]:
    """Connections to the app that have sent a head each: one in eight in chunks, one in eight a form."""
    with ExitStack() as opened:
        yield [_begun(bakery.app, number, opened) for number in range(MANY)]


def _is_form(place: int) -> bool:
    return place % 8 == 1


def _is_chunked(place: int) -> bool:
    return place % 8 == 0


def _begun(app: App, number: int, opened: ExitStack) -> socket.socket:
    address = urlsplit(app.address)
    made = opened.enter_context(socket.create_connection((address.hostname, address.port), timeout=30))
    path = "/tag-names" if _is_form(number) else "/webhooks"
    length = "Transfer-Encoding: chunked" if _is_chunked(number) else "Content-Length: 1000"
    kind = "Content-Type: application/x-www-form-urlencoded"
    made.sendall(f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{length}\r\n{kind}\r\n\r\n".encode())
    return made


def test_slow_bodies_keep_nobody_waiting_and_are_hung_up_on(bakery: Journey, slow_ones: list[socket.socket]) -> None:
    """There is a thread for each of them, and a limit to their time; a connection kept alive beside them stays."""
    began = time.monotonic()
    for number in range(20):
        asked = time.monotonic()
        bakery.deliver("orders/delete", b'{"id": %d}' % number, f"a quick one {number}")
        assert time.monotonic() - asked < 2
        for place, one in enumerate(slow_ones):
            one.sendall(b"1\r\nx\r\n" if _is_chunked(place) else b"x")
        time.sleep(0.1)
    with closing(HTTPConnection(urlsplit(bakery.app.address).netloc)) as idle:
        assert _status(idle) == 200
        idle.auto_open = 0  # never another connection
        answers = [_answer(one) for one in slow_ones]
        assert time.monotonic() - began < 2 * PATIENCE + 5
        # To a page the body just broke off.
        assert answers == ["400" if _is_form(place) else "408" for place in range(MANY)]
        assert _status(idle) == 200
    assert "bodies came too slowly" in bakery.app.log()
    assert "Traceback" not in bakery.app.log()


def _status(kept: HTTPConnection) -> int:
    kept.request("GET", "/healthz")
    with kept.getresponse() as answer:
        answer.read()
        return answer.status


def _answer(one: socket.socket) -> str:
    """The status, and then the end of the connection."""
    with one.makefile("rb") as told:
        words = told.read().decode()
    return words.split()[1]
