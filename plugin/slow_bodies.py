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
GRAIN = 20  # milliseconds by which the kernel's clock may be wrong
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
        self._reading: set[Body] = set()
        self._watch = Watch(port=port, patience=patience)
        threading.Thread(target=self._look, name="slow-bodies", daemon=True).start()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = Body(environ["wsgi.input"], environ["REMOTE_ADDR"], self._reading)
        return self._app(environ, start_response)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK)
            try:
                # copy() is one step for the interpreter, so that no request adds itself meanwhile.
                self._watch.look(self._reading.copy(), time.monotonic())
            except Exception:
                log.exception("slow bodies could not be looked for")


class Watch:
    """Looks again and again at the bodies being read, and hangs up on those that are late."""

    def __init__(self, *, port: int, patience: float) -> None:
        self._port = port
        self._patience = patience
        self._looked = 0.0
        self._unanswered: dict[Any, float] = {}  # since when a connection was seen to wait for an answer

    def look(self, reading: set[Body], now: float) -> int:
        """How many connections were hung up on; `now` in seconds, as `time.monotonic`."""
        # The process was stopped: what came meanwhile is yet to be read.
        seen = self._unanswered if now - self._looked < 4 * LOOK else {}
        self._looked, self._unanswered = now, {}
        slow = [body for body in reading if now - body.began > LOOK]
        if not slow:
            return 0
        # Who was not found for so long answers within the kernel's own granularity, and is no longer spared.
        sure = all(now - body.began < 3 * self._patience for body in slow)
        late = {body.address for body in slow if now - body.began > self._patience}
        cut = 0
        for connection, quiet in unanswered({body.address for body in slow}, self._port, sure=sure):
            with closing(connection), suppress(OSError):
                peer = connection.getpeername()
                since = seen.get(peer, now)
                if quiet.sent < 1000 * (now - since) + GRAIN:
                    since = now  # it was answered, and asks again
                self._unanswered[peer] = since
                if peer[0] in late and now - since > self._patience - 2 * LOOK:
                    for body in slow:
                        body.cut_off |= body.address == peer[0] and body.began < since
                    # For reading only: the answer that it was too slow still goes out.
                    connection.shutdown(socket.SHUT_RD)
                    cut += 1
        if cut:
            log.warning("bodies came too slowly: %d connections were hung up on", cut)
        return cut


def unanswered(addresses: set[str], port: int, *, sure: bool) -> Iterator[tuple[socket.socket, Quiet]]:
    """The connections from there that wait for an answer of ours, for the caller to close.

    `sure` leaves out those that may as well be kept alive between two requests.
    """
    for connection in _connections(port):
        try:
            quiet = _quiet(connection)
            asked = quiet.fresh or quiet.received < quiet.sent or (not sure and quiet.received == quiet.sent)
            if asked and connection.getpeername()[0] in addresses:
                yield connection, quiet
            else:
                connection.close()
        except OSError:
            connection.close()


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
