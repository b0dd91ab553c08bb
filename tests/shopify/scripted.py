"""A small real HTTP server that answers from a script, to show the client what Shopify does on a bad day."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from plugin.shopify.failures import Unauthorized

SHOP = "annas-bakery.myshopify.com"
VERSION = "2026-10"


class Call(NamedTuple):
    """One request as the server received it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int  # of the caller: equal ports mean one connection kept alive

    def json(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """One answer of the script; `drop`: the connection ends without an answer, `cut`: in the middle of it."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    drop: bool = False
    cut: bool = False


Step = Reply | Callable[[Call], Reply]


class Script:
    """The answers to come, and the calls that came."""

    def __init__(self) -> None:
        self.steps: deque[Step] = deque()
        self.calls: list[Call] = []
        self.address = ""
        self.always: Step | None = None
        self._lock = threading.Lock()

    def then(self, *steps: Step) -> "Script":
        self.steps.extend(steps)
        return self

    def reply_to(self, call: Call) -> Reply:
        with self._lock:
            self.calls.append(call)
            step = self.steps.popleft() if self.steps else self.always
        assert step is not None, f"the script has no answer for call {len(self.calls)} ({call.path})"
        return step if isinstance(step, Reply) else step(call)


def graphql(
    data: Any = None,
    *,
    errors: Any = None,
    cost: float = 10,
    left: float = 1990,
    maximum: float = 2000,
    rate: float = 100,
) -> Reply:
    """A 200 answer of the Admin API with its cost block."""
    status = {"maximumAvailable": maximum, "currentlyAvailable": left, "restoreRate": rate}
    throttled = bool(errors) and errors[0].get("extensions", {}).get("code") == "THROTTLED"
    spent = {"requestedQueryCost": cost, "actualQueryCost": None if throttled else cost, "throttleStatus": status}
    body: dict[str, Any] = {"extensions": {"cost": spent}}
    if data is not None or not throttled:
        body["data"] = data
    if errors:
        body["errors"] = errors
    return Reply(body=json.dumps(body).encode(), headers=(("X-Shopify-API-Version", VERSION),))


def failure(code: str, message: str = "no") -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


THROTTLED = [failure("THROTTLED", "Throttled")]
DROPPED = Reply(drop=True)


@contextmanager
def serving(script: Script) -> Iterator[Script]:
    """The script on a free port of the loopback, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = Call(self.command, self.path, dict(self.headers), body, self.client_address[1])
            reply = script.reply_to(call)
            if reply.drop:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
            self.close_connection = self.close_connection or reply.cut

        do_GET = do_POST = _answer  # noqa: N815 -- the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Tests speak for themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port of the loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OneKey:
    """Keys with one token, for which no other ever comes."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def refused(self, token: str, *, last: bool) -> None:
        raise Unauthorized(f"{token} is the only access token")


class HandClock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds
