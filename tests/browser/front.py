"""Real host names over TLS on this machine: the app, Shopify's admin and CDN, and a stranger's site.

Chromium is told that every name in the world lies here, so nothing it asks for can leave.
Behind the names stand the app and the simulated Shopify, each at its port, and nothing of their answers is changed.
"""

import ssl
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys.shopify import SHOP

APP, ADMIN, CDN, EVIL = "app.test", "admin.shopify.com", "cdn.shopify.com", "evil.test"
BRIDGE = "/shopifycloud/app-bridge.js"
# Of one hop only (RFC 9110), and those that say how a body travels: it is read whole here.
HOPS = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade", "host"}


class Front:
    """The names' server; `cookies` holds every cookie that came or went."""

    def __init__(self, folder: Path, *, app: str, simulator: str) -> None:
        self.cookies: list[str] = []
        self.bytes: Counter[str] = Counter()  # of bodies as they travelled, by host
        self._behind = {"app": urlsplit(app).netloc, "simulator": urlsplit(simulator).netloc}
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.context = _context(folder)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="front", daemon=True).start()

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()

    def place(self, host: str, path: str) -> tuple[str, str] | None:
        """(address, path) of what stands behind the name; None for a name that nobody here has."""
        if host == APP:
            return self._behind["app"], path
        if host == CDN and path == BRIDGE:
            return self._behind["simulator"], "/_simulator/app-bridge.js"
        if host == ADMIN or host.endswith(".myshopify.com"):
            # The admin's own pages, and the Admin API that it asks for what stands in its frame.
            known = path.startswith(("/_simulator/", f"/{SHOP}/admin/api/"))
            return self._behind["simulator"], path if known else f"/{host}{path}"
        return None


class _Server(ThreadingHTTPServer):
    """Shakes hands in the connection's own thread: one slow browser keeps no other waiting."""

    context: ssl.SSLContext
    request_queue_size = 64

    def finish_request(self, request: "socket | tuple[bytes, socket]", client_address: object) -> None:
        assert not isinstance(request, tuple)
        try:
            with self.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)  # type: ignore[arg-type]  # as the library calls it
        except OSError:
            pass  # a browser that hangs up owes us nothing


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            host = (self.headers["Host"] or "").partition(":")[0]
            front.cookies += self.headers.get_all("Cookie", [])
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/favicon.ico":
                self.answer(204, {}, b"")
            elif host == EVIL:
                self.answer(200, {"Content-Type": "text/html"}, b"<!doctype html><title>evil</title><body></body>")
            elif there := front.place(host, self.path):
                self.pass_on(*there, body)
            else:
                self.answer(404, {}, b"")

        do_GET = do_POST = do_HEAD = handle_any  # noqa: N815 -- the library's names

        def pass_on(self, address: str, path: str, body: bytes) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
            behind = HTTPConnection(address, timeout=60)
            try:
                behind.request(self.command, path, body or None, headers)
                said = behind.getresponse()
                content = said.read()
                front.cookies += said.headers.get_all("Set-Cookie", [])
                front.bytes[(self.headers["Host"] or "").partition(":")[0]] += len(content)
                kept = {name: value for name, value in said.getheaders() if name.lower() not in HOPS}
                self.answer(said.status, kept, content)
            finally:
                behind.close()

        def answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Handler


def _context(folder: Path) -> ssl.SSLContext:
    """A certificate of its own making, which Chromium is told to take."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=2))
    path = folder / "front.pem"
    path.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
