"""One webhook on its way to the app: its headers, its signature, and the POST."""

import base64
import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

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
        # Shopify signs with the oldest secret that was not revoked.
        "X-Shopify-Hmac-Sha256": digest(body, world.old_secret or world.secret),
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": world.api_version,
        # Random, not seeded: a second run against the same app must not look like a repetition of the first.
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": f"{at:%Y-%m-%dT%H:%M:%S}.{now % 1_000_000_000:09d}Z",
        "X-Shopify-Event-Id": action,
    }


def post(session: requests.Session, delivery: Delivery) -> bool:
    """Whether the app answered 2xx within the limit; a redirection is a failure."""
    began = time.monotonic()
    try:
        answer = session.post(
            delivery.url, data=delivery.body, headers=delivery.headers, timeout=(CONNECT, LIMIT), allow_redirects=False
        )
    except requests.RequestException:
        return False
    return 200 <= answer.status_code < 300 and time.monotonic() - began <= LIMIT
