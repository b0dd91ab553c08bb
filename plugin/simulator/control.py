"""Watching and steering the simulation from outside: its calendar, knobs and play, and what its shops look like."""

import bisect
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from plugin.simulator.simulation import answer, here, json_body, lines, refuse, shop_named
from plugin.simulator.state import Customer, Knobs, Line, Order, Shop

bp = Blueprint("control", __name__, url_prefix="/_simulator")

TOKEN_CALLS = ("codes", "exchanges", "refreshes", "repeated_refreshes", "refused_refreshes")
_TYPES: dict[str, type] = {name: type(value) for name, value in asdict(Knobs()).items()}


@bp.get("/")
def status() -> Response:
    """Everything at a glance: shops with their counts, webhook counters, knobs, calendar, play."""
    sim = here()
    world = sim.world
    with world.lock:
        shops = {domain: _summary(shop) for domain, shop in world.shops.items()}
    return answer(
        {
            "app_url": world.app_url,
            "webhooks_uri": world.webhooks_uri,
            "shops": shops,
            "webhooks": sim.sender.counters(),
            "knobs": asdict(world.knobs),
            "calendar": sim.calendar.reading(),
            "play": sim.player.status(),
        }
    )


@bp.get("/taken.jsonl")
def taken() -> Response:
    """The id of every delivery that the app answered with 2xx."""
    return lines(here().sender.taken())


@bp.get("/calendar")
def calendar() -> Response:
    """What day it is for the shops."""
    return answer(here().calendar.reading())


@bp.post("/calendar")
def set_calendar() -> Response:
    """{"rate": shop-ms per wall-ms, 0 to stand still} and/or {"advance": ms}."""
    sim, wish = here(), json_body()
    try:
        if "advance" in wish:
            sim.calendar.advance(int(wish["advance"]))
        if "rate" in wish:
            sim.calendar.start(rate=float(wish["rate"]))
    except (TypeError, ValueError) as error:
        refuse(400, {"error": str(error)})
    return answer(sim.calendar.reading())


@bp.post("/knobs")
def set_knobs() -> Response:
    """Turn the named knobs; answers with all of them."""
    world, wish = here().world, json_body()
    for name, value in wish.items():
        if name not in _TYPES:
            refuse(400, {"error": f"there is no knob {name}; there are {', '.join(_TYPES)}"})
        if not _fits(value, _TYPES[name]):
            refuse(400, {"error": f"{name} must be a {_TYPES[name].__name__}"})
    with world.lock:
        for name, value in wish.items():
            setattr(world.knobs, name, _TYPES[name](value))
    return answer(asdict(world.knobs))


@bp.post("/play")
def play() -> Response:
    """Start a play: {"days", "rate", "joined", "mishaps", "seed"}, as Player.start."""
    sim, wish = here(), json_body()
    try:
        sim.player.start(**{"days": 7, "rate": 86_400.0, **wish})
    except RuntimeError as error:
        refuse(409, {"error": str(error)})
    except (TypeError, ValueError) as error:
        refuse(400, {"error": str(error)})
    return answer(sim.player.status(), 202)


@bp.get("/play")
def play_status() -> Response:
    """How far the play is."""
    return answer(here().player.status())


@bp.get("/<domain>/customers.jsonl")
def customers(domain: str) -> Response:
    """Every customer: id, tags, joined (made up by the player), consents, data_sale_opt_out, redacted."""
    sim, shop = here(), shop_named(domain)
    with sim.world.lock:
        return lines(_customer_row(customer) for customer in shop.customers.values())


@bp.get("/<domain>/orders.jsonl")
def orders(domain: str) -> Response:
    """Every order with what a verdict could depend on; money in minor units, `day` in the shop's zone."""
    sim, shop = here(), shop_named(domain)
    with sim.world.lock:
        return lines(order_row(shop, order) for order in shop.orders.values())


@bp.get("/<domain>/tag_writes.jsonl")
def tag_writes(domain: str) -> Response:
    """Every tag change an app made; `order` and `placed_at` (wall ms) of the customer's latest live order before it."""
    sim, shop = here(), shop_named(domain)
    with sim.world.lock:
        return lines(_timed_writes(shop))


def order_row(shop: Shop, order: Order) -> dict[str, Any]:
    """An order as the control pages show it."""
    day = datetime.fromtimestamp(order.processed_at / 1000, ZoneInfo(shop.zone)).date()
    return {
        "id": order.id,
        "name": order.name,
        "customer": order.customer,
        "processed_at": order.processed_at,
        "updated_at": order.updated_at,
        "day": day.isoformat(),
        "total": order.total,
        "refunded": sum(refund.amount for refund in order.refunds),
        "status": order.status,
        "cancelled": order.cancelled_at is not None,
        "test": order.test,
        "confirmed": order.confirmed,
        "company": order.company,
        "terms": order.terms,
        "gateways": order.gateways,
        "discount": order.discount,
        "discount_codes": order.discount_codes,
        "source_name": order.source_name,
        "products": [line.product for line in order.lines],
        "lines": [_line_row(line) for line in order.lines],
        "placed_at": shop.placed.get(order.id),
    }


def _customer_row(it: Customer) -> dict[str, Any]:
    row = {"id": it.id, "tags": it.tags, "joined": it.joined, "email": it.email_consent, "sms": it.sms_consent}
    return row | {"data_sale_opt_out": it.data_sale_opt_out, "redacted": it.redacted}


def _line_row(line: Line) -> dict[str, Any]:
    left = line.quantity if line.current_quantity is None else line.current_quantity
    row = {"id": line.id, "product": line.product, "quantity": line.quantity, "current_quantity": left}
    return row | {"price": line.price, "gift_card": line.gift_card, "selling_plan": line.selling_plan}


def _summary(shop: Shop) -> dict[str, Any]:
    return {
        "installed": shop.installed,
        "scopes": shop.scopes,
        "customers": len(shop.customers),
        "joined_customers": sum(customer.joined for customer in shop.customers.values()),
        "orders": len(shop.orders),
        "live_orders": len(shop.placed),
        "tag_writes": len(shop.tag_writes),
        "tokens": len(shop.tokens),
        "token_calls": {name: shop.token_calls[name] for name in TOKEN_CALLS},
    }


def _timed_writes(shop: Shop) -> Iterator[dict[str, Any]]:
    live: dict[int, list[tuple[int, int]]] = {}
    for order, placed_at in shop.placed.items():
        if (known := shop.orders.get(order)) and known.customer is not None:
            live.setdefault(known.customer, []).append((placed_at, order))
    for placed in live.values():
        placed.sort()
    for write in shop.tag_writes:
        before = live.get(write.customer, [])
        place = bisect.bisect_right(before, (write.at, float("inf")))
        latest = before[place - 1] if place else (None, None)
        yield {**asdict(write), "order": latest[1], "placed_at": latest[0]}


def _fits(value: Any, kind: type) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, (int, float) if kind is float else kind)
