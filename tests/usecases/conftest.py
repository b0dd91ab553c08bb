"""Services over a real database with one installed shop, the deliveries it sends, and its history at Shopify."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.config import load
from plugin.db import inbox, shops
from plugin.db.inbox import Delivery
from plugin.db.shops import Credentials
from plugin.services import Services, build
from plugin.simulator import access
from plugin.simulator.merchant import add_customer, add_order
from plugin.simulator.server import serve
from plugin.simulator.state import Line, Shop, World
from plugin.usecases.drain_inbox import drain_inbox

DOMAIN = "oak-ltd.myshopify.com"
SCOPES = ("write_customers", "read_orders", "read_products")
DAY = 86_400_000
NOON = 1_777_644_000_000


class Oak:
    """Oak Ltd: its services, its number, and what arrives from it."""

    def __init__(self, services: Services, nudged: list[tuple[str, int]]) -> None:
        self.services = services
        self.nudged = nudged
        with services.database.write() as tx:
            self.shop = shops.know(tx, DOMAIN)
            given = Credentials(services.box.encrypt("shpat_simulated"), None, None, None)
            shops.install(tx, self.shop, given=given, scopes="read_orders", now=1)
        self.clock = 1000

    def receive(self, topic: str, payload: Any, *, triggered_at: int | None = None, webhook_id: str = "") -> str:
        """Puts one delivery in the inbox."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.clock += 1
        webhook_id = webhook_id or str(uuid.uuid4())
        triggered_at = self.clock if triggered_at is None else triggered_at
        with self.services.database.write() as tx:
            inbox.accept(tx, [Delivery(self.shop, webhook_id, self.clock, topic, triggered_at, body)])
        return webhook_id

    def drain(self) -> None:
        """Works the inbox off."""
        while drain_inbox(self.services, self.shop) is not None:
            pass

    def column(self, sql: str) -> list[Any]:
        """The first column of a query."""
        with self.services.database.read() as tx:
            return [row[0] for row in tx.connection.exec_driver_sql(sql)]

    def kinds(self) -> dict[str, int]:
        """Customer -> kind."""
        with self.services.database.read() as tx:
            return {row[0]: row[1] for row in tx.connection.exec_driver_sql("SELECT customer, kind FROM customers")}

    def parked(self) -> list[str]:
        """Why deliveries were set aside."""
        with self.services.database.read() as tx:
            return [one.reason for one in inbox.parked(tx, self.shop)]


def order(number: int = 1, *, customer: int | None = 7, day: str = "2026-11-01", **more: Any) -> dict[str, Any]:
    """A counted order as app.toml asks for it; `more` overrides fields."""
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "source_name": "web",
        "created_at": f"{day}T12:00:00+00:00",
        "processed_at": f"{day}T12:00:00+00:00",
        "updated_at": f"{day}T12:00:00+00:00",
        "cancelled_at": None,
        "test": False,
        "financial_status": "paid",
        "currency": "EUR",
        "customer": None if customer is None else {"id": customer},
        "company": None,
        "payment_gateway_names": ["shopify_payments"],
        "payment_terms": None,
        "total_price": "20.00",
        "current_total_price": "20.00",
        "total_line_items_price": "20.00",
        "total_discounts": "0.00",
        "discount_codes": [],
        "line_items": [{"id": number * 10, "product_id": number, "quantity": 1, "price": "20.00"}],
        "refunds": [],
        **more,
    }


@pytest.fixture
def oak(tmp_path: Path, given: dict[str, str]) -> Iterator[Oak]:
    """Without a simulator: nothing here calls the shop."""
    del given["shopify_simulator"]
    nudged: list[tuple[str, int]] = []
    services = build(
        load(**{**given, "shopify_api_key": "an-app"}), lambda job, shop, *, after=0.0: nudged.append((job, shop))
    )
    yield Oak(services, nudged)
    services.close()


@pytest.fixture
def world(given: dict[str, str]) -> Iterator[World]:
    """Oak Ltd with three customers, each with one order."""
    made = World(
        api_key="simulated-key",
        secret="simulated-secret",
        app_url="http://127.0.0.1:1",
        scopes=SCOPES,
        api_version=load(**given).app.api_version,
        redirect_urls=("http://127.0.0.1:1/auth/callback",),
        subscriptions={},
        webhooks_uri="http://127.0.0.1:1/webhooks",
    )
    shop = Shop(id=1, domain=DOMAIN, name="Oak Ltd", zone="UTC", currency="EUR", scopes=SCOPES, installed=True)
    for _ in range(3):
        customer = add_customer(shop, at=NOON, joined=False)
        add_order(shop, customer=customer.id, lines=[Line(91, product=31, quantity=1, price=2000)], at=NOON)
    made.shops[DOMAIN] = shop
    server = serve(made)
    yield made
    server.close()


@pytest.fixture
def at_oak(world: World, tmp_path: Path, given: dict[str, str]) -> Iterator[Oak]:
    """Our side of it, with a token that opens the simulated shop."""
    nudged: list[tuple[str, int]] = []
    services = build(
        load(**{**given, "shopify_simulator": world.address}),
        lambda job, shop, *, after=0.0: nudged.append((job, shop)),
    )
    made = Oak(services, nudged)
    token, _ = access.new_token(world.shops[DOMAIN], SCOPES, expiring=True)
    with services.database.write() as tx:
        shops.change(tx, made.shop, token=services.box.encrypt(token))
    yield made
    services.close()
