"""A bulk export of orders as Shopify writes it: JSON lines, each order followed by its items. Kept in the cache."""

import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.bodies import FIRST_CUSTOMER, FIRST_ORDER, LAST_DAY
from benchmarks.servers import CACHE
from plugin.shopify.history import ORDERS

ORDERS_A_CUSTOMER = 1_000_000 / 351_316
ITEMS = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3)  # of an order: 1.73 on average
PRODUCTS = 2_000
SECONDS = 730 * 86_400


def exported(orders: int) -> Path:
    """The file with so many orders; made anew when the document that asks for it has changed."""
    mark = hashlib.sha256(f"{orders}{ORDERS}".encode()).hexdigest()[:12]
    path = CACHE / "exported" / f"{orders}-{mark}.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{orders}-*"):
            old.unlink()
        half_done = path.with_suffix(".new")
        with half_done.open("wb", buffering=1 << 20) as file:
            for line in _lines(orders):
                file.write(line.encode())
        half_done.rename(path)
    return path


def _lines(orders: int) -> Iterator[str]:
    chance = random.Random(5)
    customers = max(1, round(orders / ORDERS_A_CUSTOMER))
    for number in range(1, orders + 1):
        order = f"gid://shopify/Order/{FIRST_ORDER + number}"
        customer = FIRST_CUSTOMER + chance.randrange(1, customers + 1)
        at = f"{LAST_DAY - timedelta(seconds=chance.randrange(SECONDS)):%Y-%m-%dT%H:%M:%SZ}"
        yield _order(order, number, customer=customer, at=at, total=f"{chance.randrange(500, 20_000) / 100:.2f}")
        for place in range(chance.choice(ITEMS)):
            yield _item(f"{FIRST_ORDER + number}{place}", order, product=chance.randrange(PRODUCTS))


def _order(order: str, number: int, *, customer: int, at: str, total: str) -> str:
    return (
        f'{{"id":"{order}","name":"#{number}","processedAt":"{at}","updatedAt":"{at}","cancelledAt":null,"test":false,'
        f'"displayFinancialStatus":"PAID","sourceName":"web","customer":{{"id":"gid://shopify/Customer/{customer}"}},'
        '"purchasingEntity":{},"paymentGatewayNames":["shopify_payments"],"paymentTerms":null,'
        f'"totalPriceSet":{{"shopMoney":{{"amount":"{total}","currencyCode":"EUR"}}}},'
        f'"currentTotalPriceSet":{{"shopMoney":{{"amount":"{total}"}}}},'
        '"totalRefundedSet":{"shopMoney":{"amount":"0.0"}},"totalDiscountsSet":{"shopMoney":{"amount":"0.0"}},'
        f'"subtotalPriceSet":{{"shopMoney":{{"amount":"{total}"}}}},"discountCodes":[]}}\n'
    )


def _item(item: str, order: str, *, product: int) -> str:
    return (
        f'{{"id":"gid://shopify/LineItem/{item}","quantity":1,'
        f'"product":{{"id":"gid://shopify/Product/{8_000_000_000_000 + product}"}},"sellingPlan":null,'
        f'"__parentId":"{order}"}}\n'
    )
