"""Bodies that come too slowly: a request may take its time, but not hold a thread of the server for ever.

The server reads a body while the app waits for it, and only the end of the connection breaks that off. So whoever takes
too long is hung up on; which of the connections is theirs follows from what the kernel knows of each.
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for a whole body; Shopify itself waits no longer for an answer
LOOK = 0.5  # seconds between two looks at who is being waited for
_CONNECTIONS = "/proc/self/fd"
# Linux' struct tcp_info: 8 bytes, 24 numbers of 4 bytes, then some of 8.
_TCP_INFO = struct.Struct("=8x24I3Q")
_LAST_SENT, _LAST_RECEIVED, _ACKNOWLEDGED = 9, 11, 26


class Quiet(NamedTuple):
    """How long a connection has been quiet, in milliseconds."""

    sent: int  # since we sent something, or since it was opened
    received: int  # since they did
    fresh: bool  # we never sent anything


class Body:
    """A request's body; reading it raises TimeoutError once its sender was hung up on."""

    __slots__ = ("_input", "_reading", "address", "began", "cut_off")

    def __init__(self, given: Any, address: str, reading: set["Body"]) -> None:
        self._input = given
        self._reading = reading
        self.address = address
        self.began = 0.0
        self.cut_off = False

    def read(self, *size: int) -> bytes:
        """As the server's own."""
        self.began = self.began or time.monotonic()
        self._reading.add(self)
        try:
            found: bytes = self._input.read(*size)
        finally:
            self._reading.discard(self)
        if self.cut_off:
            raise TimeoutError("The body came too slowly.")
        return found


class SlowBodies:
    """The WSGI callable `app`, served at `port`, in which every body has `patience` seconds to come."""

    def __init__(self, app: "WSGIApplication", *, port: int, patience: float = PATIENCE) -> None:
        self._app = app
        self._port = port
        self._patience = patience
        self._reading: set[Body] = set()
        threading.Thread(target=self._watch, name="slow-bodies", daemon=True).start()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = Body(environ["wsgi.input"], environ["REMOTE_ADDR"], self._reading)
        return self._app(environ, start_response)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK)
            try:
                self._look(time.monotonic())
            except Exception:
                log.exception("slow bodies could not be looked for")

    def _look(self, now: float) -> None:
        # copy() is one step for the interpreter, so that no request adds itself meanwhile.
        late = [body for body in self._reading.copy() if now - body.began > self._patience]
        if not late:
            return
        for body in late:
            body.cut_off = True
        # Who was not found by the next looks answers within the kernel's own granularity, and is no longer spared.
        sure = all(now - body.began < 2 * self._patience for body in late)
        cut = hang_up({body.address for body in late}, self._port, int(self._patience * 1000), sure=sure)
        log.warning("%d bodies came too slowly (%d connections hung up on)", len(late), cut)


def hang_up(addresses: set[str], port: int, ms: int, *, sure: bool) -> int:
    """Ends reading on those connections from there whose request is unanswered for `ms`; how many these were.

    `sure` spares a connection that may as well be kept alive between two requests.
    """
    cut = 0
    for connection in _connections(port):
        with closing(connection), suppress(OSError):
            if connection.getpeername()[0] not in addresses:
                continue
            quiet = _quiet(connection)
            asked = quiet.fresh or quiet.received < quiet.sent or (not sure and quiet.received == quiet.sent)
            if asked and quiet.sent >= ms:
                # For reading only: the answer that it was too slow still goes out.
                connection.shutdown(socket.SHUT_RD)
                cut += 1
    return cut


def _connections(port: int) -> Iterator[socket.socket]:
    """This process's connections to its own port, each as a copy, which stays the same while it is open."""
    try:
        names = os.listdir(_CONNECTIONS)
    except FileNotFoundError:
        return
    for name in names:
        with suppress(OSError):
            if os.readlink(f"{_CONNECTIONS}/{name}").startswith("socket:"):
                found = socket.socket(fileno=os.dup(int(name)))
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.getsockname()[1] == port:
                    yield found
                else:
                    found.close()


def _quiet(connection: socket.socket) -> Quiet:
    told = _TCP_INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
    # The kernel counts the opening of a connection as one byte.
    return Quiet(sent=told[_LAST_SENT], received=told[_LAST_RECEIVED], fresh=told[_ACKNOWLEDGED] <= 1)
