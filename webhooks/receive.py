"""The door: verify the signature over the raw bytes, keep the delivery, answer. Thinking comes later."""

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from plugin.core.moments import moment
from plugin.shopify.signature import Verifier
from plugin.usecases.accept_deliveries import Committer, Ticket

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = 8 * 1024 * 1024  # bytes; orders with thousands of lines reach a few
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com").fullmatch
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_OK = [_TEXT, ("Content-Length", "0")]
_NOTHING = [b""]  # a list: granian sends it in one go, other iterables piece by piece
# Shopify has two header families: classic webhooks, and Events.
_CLASSIC, _EVENTS = "HTTP_X_SHOPIFY_", "HTTP_SHOPIFY_"


class Door:
    """A WSGI callable for Shopify's deliveries; answers 200 only once the row is on disk."""

    def __init__(self, *, verifier: Verifier, committer: Committer, now: Callable[[], int]) -> None:
        self._accepts = verifier.accepts
        self._keep = committer.keep
        self._now = now

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return _say(start_response, "405 Method Not Allowed", "Deliveries are POSTed here.", ("Allow", "POST"))
        try:
            body = _read(environ)
        except TimeoutError:
            return _say(start_response, "408 Request Timeout", "The delivery came too slowly: send it again.")
        if body is None:
            return _say(start_response, "413 Content Too Large", f"A delivery may have {LARGEST} bytes.")
        family = _CLASSIC if "HTTP_X_SHOPIFY_HMAC_SHA256" in environ else _EVENTS
        if not self._accepts(body, environ.get(family + "HMAC_SHA256", "")):
            return _say(start_response, "401 Unauthorized", "The signature is missing or does not match the body.")
        domain = environ.get(family + "SHOP_DOMAIN", "").lower()
        if not _DOMAIN(domain):
            return _say(start_response, "400 Bad Request", "The shop's domain header is missing or not a shop's.")
        if self._keep(self._ticket(environ, family, domain, body)):
            start_response("200 OK", _OK)
            return _NOTHING
        return _say(start_response, "503 Service Unavailable", "Busy: send it again.", ("Retry-After", "5"))

    def _ticket(self, environ: dict[str, Any], family: str, domain: str, body: bytes) -> Ticket:
        topic = environ.get(family + "TOPIC", "")[:64]
        webhook_id = environ.get(family + "WEBHOOK_ID", "")
        if not 0 < len(webhook_id) <= 64:
            # Without a usable id of its own the content is its identity.
            webhook_id = hashlib.sha256(topic.encode() + b"\n" + body).hexdigest()
        try:
            triggered_at = moment(environ[family + "TRIGGERED_AT"])
        except (KeyError, ValueError):
            triggered_at = 0
        return Ticket(
            domain=domain,
            webhook_id=webhook_id,
            received_at=self._now(),
            topic=topic,
            triggered_at=triggered_at,
            body=body,
        )


def mounted(door: Door, path: str, app: "WSGIApplication") -> "WSGIApplication":
    """The door at `path`, with a slash at its end or without, the app everywhere else."""
    paths = {path, f"{path}/"}

    def either(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return door(environ, start_response) if environ["PATH_INFO"] in paths else app(environ, start_response)

    return either


def _read(environ: dict[str, Any]) -> bytes | None:
    announced = environ.get("CONTENT_LENGTH")
    if announced and announced.isdigit():
        size = int(announced)
        if size > LARGEST:
            return None
        body: bytes = environ["wsgi.input"].read(size)
        return body
    # Chunked, or no honest length: read no further than a delivery may go.
    body = environ["wsgi.input"].read(LARGEST + 1)
    return None if len(body) > LARGEST else body


def _say(start_response: "StartResponse", status: str, words: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = words.encode()
    start_response(status, [_TEXT, ("Content-Length", str(len(body))), *headers])
    return [body]
