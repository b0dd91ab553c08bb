"""A history to import: how far an import is, its steps, and lines as Shopify exports them."""

import json
import time
from typing import Any

from plugin.db import imports, shops
from plugin.db.imports import Import
from plugin.usecases.erased import Erased
from plugin.usecases.import_history import import_history
from plugin.usecases.read_history import Reading
from tests.usecases.conftest import Oak


def newest(oak: Oak) -> Import:
    with oak.services.database.read() as tx:
        found = imports.last(tx, oak.shop)
    assert found is not None
    return found


def run(oak: Oak) -> Import:
    """Steps until no further one is asked for."""
    until = time.monotonic() + 20
    while (pause := import_history(oak.services, oak.shop)) is not None:
        assert time.monotonic() < until, newest(oak)
        time.sleep(min(pause, 0.02))
    return newest(oak)


def exported(number: int, customer: int = 7, **more: Any) -> bytes:
    """The line of a counted order."""
    cost = {"shopMoney": {"amount": "20.0", "currencyCode": "EUR"}}
    line = {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "processedAt": "2026-05-01T14:00:00Z",
        "updatedAt": "2026-12-02T14:00:00Z",
        "displayFinancialStatus": "PAID",
        "customer": {"id": f"gid://shopify/Customer/{customer}"},
        "totalPriceSet": cost,
        "currentTotalPriceSet": cost,
        "totalRefundedSet": {"shopMoney": {"amount": "0.0"}},
    }
    return json.dumps(line | more).encode()


def reading(oak: Oak) -> Reading:
    with oak.services.database.write() as tx:
        imports.begin(tx, oak.shop, now=5)
        known = shops.get(tx, oak.shop)
    return Reading(oak.services, known, newest(oak))


def erased(oak: Oak, *names: str) -> None:
    with oak.services.database.write() as tx:
        Erased(oak.services, oak.shop).add(tx, names)
