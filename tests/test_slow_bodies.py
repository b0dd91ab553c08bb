"""Which connections are hung up on when a body comes too slowly; `journeys/test_slow_bodies.py` has it happen."""

import io
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from plugin.slow_bodies import LOOK, Body, Watch, unanswered

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
APART = 0.05  # seconds; more than the kernel's clock needs to tell two moments apart

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is asked here")


class Line:
    """A connection from `address`, and its end at the server."""

    def __init__(self, listening: socket.socket, address: str, opened: ExitStack) -> None:
        port = listening.getsockname()[1]
        self.there = opened.enter_context(socket.create_connection((HERE, port), source_address=(address, 0)))
        self.here = opened.enter_context(listening.accept()[0])
        self.here.settimeout(1)

    def asks(self) -> None:
        """Half a request."""
        self.there.sendall(b"POST /webhooks")
        assert self.here.recv(100)
        time.sleep(APART)

    def is_answered(self) -> None:
        """And the answer has come."""
        self.here.sendall(b"HTTP/1.1 200 OK")
        assert self.there.recv(100)
        time.sleep(APART)

    @property
    def is_cut(self) -> bool:
        """Whether the server reads an end."""
        self.here.setblocking(False)
        try:
            return self.here.recv(1) == b""
        except BlockingIOError:
            return False


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port of our own."""
    with socket.create_server((HERE, 0)) as made:
        yield made


def found(addresses: set[str], port: int) -> set[Any]:
    """Where those connections come from that wait for an answer."""
    peers = set()
    for connection, _ in unanswered(addresses, port, sure=True):
        with connection:
            peers.add(connection.getpeername())
    return peers


def test_only_unanswered_connections_from_there_are_found(listening: socket.socket) -> None:
    with ExitStack() as opened:
        first, later, idle, silent, other = (
            Line(listening, address, opened) for address in (HERE, HERE, HERE, HERE, ELSEWHERE)
        )
        for line in (first, later, idle, other):
            line.asks()
        for line in (later, idle):
            line.is_answered()
        later.asks()
        port = listening.getsockname()[1]
        assert found({HERE}, port + 1) == set()
        assert found({HERE}, port) == {line.there.getsockname() for line in (first, later, silent)}


def test_whoever_asks_just_now_on_a_connection_kept_alive_is_not_hung_up_on(listening: socket.socket) -> None:
    """A request counts from when it was seen first, not from the answer before it."""
    patience = 4 * LOOK
    with ExitStack() as opened:
        slow, busy = Line(listening, HERE, opened), Line(listening, HERE, opened)
        watch = Watch(port=listening.getsockname()[1], patience=patience)
        body = Body(None, HERE, set())
        body.began = began = time.monotonic()
        cut = []
        busy.asks()
        busy.is_answered()
        slow.asks()
        while not cut or not cut[-1]:
            assert time.monotonic() - began < 10
            time.sleep(LOOK)
            busy.asks()
            cut.append(watch.look({body}, time.monotonic()))
            busy.is_answered()
        assert cut[-1] == 1
        assert (slow.is_cut, busy.is_cut, body.cut_off) == (True, False, True)
        assert time.monotonic() - began > patience
        slow.here.sendall(b"HTTP/1.1 408 Request Timeout")
        assert slow.there.recv(100)


def test_after_the_process_was_stopped_nobody_is_hung_up_on_at_once(listening: socket.socket) -> None:
    """What came meanwhile is yet to be read."""
    with ExitStack() as opened:
        Line(listening, HERE, opened).asks()
        watch = Watch(port=listening.getsockname()[1], patience=1.0)
        body = Body(None, HERE, set())
        body.began = 100.0
        assert [watch.look({body}, now) for now in (100.0 + LOOK, 101.0, 120.0)] == [0, 0, 0]


def test_who_is_hung_up_on_while_being_read_is_told_so() -> None:
    reading: set[Body] = set()
    body = Body(io.BytesIO(b"[]"), HERE, reading)
    assert body.read(1) == b"["
    assert reading == set()

    class Slow:
        def read(self, *_: Any) -> bytes:
            (one,) = reading
            one.cut_off = True
            return b""

    with pytest.raises(TimeoutError, match="too slowly"):
        Body(Slow(), HERE, reading).read()
    assert reading == set()
