"""One webhook on its way to the app: its headers, its signature, and the POST."""

import base64
import hashlib
import hmac
import http.client
import socket
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from plugin.simulator.state import World

LIMIT = 5.0  # seconds Shopify waits for the whole answer
CONNECT = 1.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook; retries and repeats carry the same body and headers to the same address."""

    topic: str
    url: str
    headers: dict[str, str]
    body: bytes
    tries: int = 0


def digest(body: bytes, secret: str) -> str:
    """The X-Shopify-Hmac-Sha256 of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(world: World, domain: str, topic: str, body: bytes, action: str) -> dict[str, str]:
    """The classic webhook headers; `action` names the merchant's act that caused it, moments go by the wall clock."""
    now = time.time_ns()
    at = datetime.fromtimestamp(now // 1_000_000_000, UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": digest(body, world.signing_secret),
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": world.api_version,
        # Random, not seeded: a second run against the same app must not look like a repetition of the first.
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": f"{at:%Y-%m-%dT%H:%M:%S}.{now % 1_000_000_000:09d}Z",
        "X-Shopify-Event-Id": action,
    }


class Wire:
    """A thread's kept-alive connection to the app; http.client, for `requests` would cost most of a delivery's time."""

    def __init__(self) -> None:
        self._to = ("", "")
        self._open: http.client.HTTPConnection | None = None

    def post(self, delivery: Delivery) -> bool:
        """Whether the app answered 2xx within the limit; a redirection is a failure."""
        began = time.monotonic()
        try:
            status = self._post(delivery)
        except (OSError, http.client.HTTPException):
            self.close()
            return False
        return 200 <= status < 300 and time.monotonic() - began <= LIMIT

    def _post(self, delivery: Delivery) -> int:
        parts = urlsplit(delivery.url)
        if self._open is None or self._to != (parts.scheme, parts.netloc):
            self._connect(parts.scheme, parts.netloc)
        assert self._open is not None  # noqa: S101 -- just connected
        target = parts.path or "/"
        try:
            self._open.request("POST", target, delivery.body, delivery.headers)
            answer = self._open.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The app may close an idle connection at any time: that is no failed delivery.
            self._connect(parts.scheme, parts.netloc)
            self._open.request("POST", target, delivery.body, delivery.headers)
            answer = self._open.getresponse()
        answer.read()
        return answer.status

    def _connect(self, scheme: str, netloc: str) -> None:
        self.close()
        made = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        connection = made(netloc, timeout=CONNECT)
        connection.connect()
        connection.sock.settimeout(LIMIT)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open, self._to = connection, (scheme, netloc)

    def close(self) -> None:
        """Hangs up."""
        if self._open is not None:
            self._open.close()
            self._open = None
