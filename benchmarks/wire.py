"""What the load puts on the wire: ready-made requests, kept-alive connections, and when an answer is whole."""

import os
import socket
import time
from collections.abc import Iterator

from benchmarks import bodies

ID_LENGTH = 36
ANSWER_TIMEOUT = 30.0


class Webhook:
    """The bytes of one request; `again` gives it a delivery id nobody has seen."""

    def __init__(self, body: bytes, *, port: int) -> None:
        head = (
            f"POST /webhooks HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Shopify-Topic: {bodies.TOPIC}\r\n"
            f"X-Shopify-Shop-Domain: {bodies.SHOP}\r\nX-Shopify-Api-Version: {bodies.VERSION}\r\n"
            "X-Shopify-Triggered-At: 2026-11-01T00:00:00.000000000Z\r\n"
            f"X-Shopify-Hmac-Sha256: {bodies.signature(body)}\r\nX-Shopify-Webhook-Id: "
        ).encode()
        self.place = slice(len(head), len(head) + ID_LENGTH)
        self.data = bytearray(head + b"-" * ID_LENGTH + b"\r\n\r\n" + body)

    def again(self, delivery: bytes) -> bytearray:
        self.data[self.place] = delivery
        return self.data


class Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(None)  # a time-out costs one poll a call; a request fits the send buffer
        self.answer = b""
        self.sent_at = 0.0

    def send(self, request: bytearray) -> None:
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> str:
        """The status code once the whole answer is here, "" while it is not, "closed" when the server hung up."""
        try:
            chunk = self.socket.recv(65_536)
        except ConnectionError:
            chunk = b""
        if not chunk:
            return "closed"
        self.answer += chunk
        return self.answer[9:12].decode() if complete(self.answer) else ""


def complete(answer: bytes) -> bool:
    """Whether an HTTP answer, its body included, has arrived."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = answer[:end].lower()
    place = head.find(b"\r\ncontent-length:")
    if place >= 0:
        return len(answer) >= end + 4 + int(head[place + 17 :].split(b"\r\n", 1)[0])
    return b"\r\ntransfer-encoding: chunked" not in head or answer.endswith(b"0\r\n\r\n")


def delivery_ids() -> Iterator[bytes]:
    """Random version 4 UUIDs, a thousand at a time."""
    while True:
        text = os.urandom(16_000).hex()
        for at in range(0, len(text), 32):
            one = text[at : at + 32]
            yield f"{one[:8]}-{one[8:12]}-4{one[13:16]}-a{one[17:20]}-{one[20:]}".encode()
