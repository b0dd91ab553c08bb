"""Which connections are hung up on when a body comes too slowly; `journeys/test_slow_bodies.py` has it happen."""

import io
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from plugin.slow_bodies import Body, hang_up

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


def test_only_unanswered_connections_from_there_are_hung_up_on(listening: socket.socket) -> None:
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
        assert hang_up({HERE}, port, 60_000, sure=True) == 0
        assert hang_up({HERE}, port + 1, 10, sure=True) == 0
        assert hang_up({HERE}, port, 10, sure=True) == 3
        cut = {"first": first, "later": later, "idle": idle, "silent": silent, "other": other}
        assert [name for name, line in cut.items() if line.is_cut] == ["first", "later", "silent"]
        first.here.sendall(b"HTTP/1.1 408 Request Timeout")
        assert first.there.recv(100)


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
