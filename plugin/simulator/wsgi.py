"""A small HTTP/1.1 server for a WSGI callable: threads, kept-alive connections, answers that can be lost on purpose.

Flask's own development server closes the connection after every answer, which Shopify does not.
"""

import http.server
import io
import socket
import socketserver
import sys
import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

LOST = "simulator.lost"  # an application that sets this key of its environ answers nothing: the connection is closed
CUT = "simulator.cut"  # and with this one only half of its answer, which must be in one piece


class HttpServer(socketserver.ThreadingTCPServer):
    """Serves `app` on (host, port); `close()` ends every connection and thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: Any) -> None:
        self.app = app
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        super().__init__(address, _Connection)
        self._acceptor = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._acceptor.start()

    def opened(self, connection: socket.socket) -> None:
        """A connection's thread has started with it."""
        with self._lock:
            self._open[connection] = threading.current_thread()

    def closed(self, connection: socket.socket) -> None:
        """A connection's thread is done with it."""
        with self._lock:
            self._open.pop(connection, None)

    def close(self) -> None:
        """Stop listening, end all connections, wait for their threads."""
        self.shutdown()
        self._acceptor.join()
        self.server_close()
        with self._lock:
            still_open = dict(self._open)
        for connection, thread in still_open.items():
            _hang_up(connection)
            thread.join(10)


class _Connection(http.server.BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: without this every answer waits 40 ms
    wbufsize = 64 * 1024

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def handle_one_request(self) -> None:
        self.close_connection = True
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            if self.headers.get("Transfer-Encoding"):
                self.send_error(411)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer(self._environ(body))
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
        pass

    def _answer(self, environ: dict[str, Any]) -> None:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            begun[:] = [(status, headers)]

        parts: Iterable[bytes] = self.server.app(environ, start_response)
        try:
            if environ.get(LOST):
                self.close_connection = True
                _hang_up(self.connection)
                return
            status, headers = begun[0]
            if environ.get(CUT):
                (whole,) = parts
                self._send(status, headers, [whole[: len(whole) // 2]])
                self.wfile.flush()
                self.close_connection = True
                _hang_up(self.connection)
                return
            self._send(status, headers, parts)
        finally:
            getattr(parts, "close", lambda: None)()

    def _send(self, status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]) -> None:
        code, _, words = status.partition(" ")
        self.send_response(int(code), words)
        for name, value in headers:
            self.send_header(name, value)
        bodiless = self.command == "HEAD" or int(code) in {204, 304}
        chunked = not bodiless and not any(name.lower() == "content-length" for name, _ in headers)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            if part and not bodiless:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
