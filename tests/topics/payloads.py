"""Shopify's documented payloads: whole, trimmed to the fields app.toml asks for, and hand-made orders that count."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from plugin.core.facts import Fact
from tests.material import require, webhook_sample
from webhooks.topics import translate

Payload = dict[str, Any]

APP = tomllib.loads((Path(__file__).parents[2] / "app.toml").read_text())
ORDER_TOPICS = ["orders/create", "orders/updated", "orders/cancelled"]

COUNTED: Payload = {
    "cancelled_at": None,
    "test": False,
    "confirmed": True,
    "financial_status": "paid",
    "total_price": "404.95",
    "current_total_price": "404.95",
    "payment_gateway_names": ["shopify_payments"],
}


def sample(topic: str) -> Payload:
    """The documented payload, to change at will; the test is skipped where it cannot be fetched."""
    return require(lambda: webhook_sample(topic))


def told(topic: str, payload: Payload) -> list[Fact]:
    """The facts in a delivery with this payload."""
    return translate(topic, msgspec.json.encode(payload))


def counted(topic: str = "orders/create", **changes: object) -> Payload:
    """The documented order made one that counts."""
    return sample(topic) | COUNTED | changes


def fields_of(topic: str) -> list[str] | None:
    """The fields app.toml asks for; None: all."""
    for subscription in APP["webhooks"]["subscriptions"]:
        if topic in subscription.get("topics", []):
            fields: list[str] | None = subscription.get("include_fields")
            return fields
    return None


def trimmed(topic: str, payload: Payload) -> Payload:
    """What Shopify sends of a payload when only some fields are asked for."""
    fields = fields_of(topic)
    return payload if fields is None else _only(payload, [field.split(".") for field in fields])


def _only(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_only(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    below = {name: [path[1:] for path in paths if path[0] == name] for name in value}
    return {name: value[name] if [] in rest else _only(value[name], rest) for name, rest in below.items() if rest}
