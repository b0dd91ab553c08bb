"""Services over a real database with one installed shop, and the deliveries it sends."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.config import load
from plugin.db import inbox, shops
from plugin.db.inbox import Delivery
from plugin.db.migrate import migrate
from plugin.db.shops import Credentials
from plugin.services import Services, build
from plugin.usecases.drain_inbox import drain_inbox

DAY = 86_400_000


class Oak:
    """Oak Ltd: its services, its number, and what arrives from it."""

    def __init__(self, services: Services, nudged: list[tuple[str, int]]) -> None:
        self.services = services
        self.nudged = nudged
        with services.database.write() as tx:
            self.shop = shops.know(tx, "oak-ltd.myshopify.com")
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
    migrate(services.database)
    yield Oak(services, nudged)
    services.close()
