"""Order webhooks as Shopify sends them whole: 5.6 to 10.1 KB of JSON, every one an order that counts."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

SHOP = "annas-bakery.myshopify.com"
SECRET = "simulated-secret"
TOPIC = "orders/create"
VERSION = "2026-10"
CUSTOMERS = 200_000
LAST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
FIRST_ORDER = 5_000_000_000_000
FIRST_CUSTOMER = 7_000_000_000_000
PRODUCTS = (
    "Rye loaf",
    "Oat biscuit",
    "Poppy roll",
    "Walnut bread",
    "Plum cake",
    "Seed cracker",
    "Honey bun",
    "Spelt loaf",
)
LINES = (1, 1, 1, 2, 2, 2, 3, 6)


def bodies(count: int, *, first: int = 1, customers: int = CUSTOMERS, seed: int = 7) -> Iterator[bytes]:
    """`count` raw request bodies, numbered from `first` on, placed at random in the year before `LAST_DAY`."""
    chance = random.Random(seed)
    for number in range(first, first + count):
        yield json.dumps(order(number, customers=customers, chance=chance), separators=(",", ":")).encode()


def signature(body: bytes) -> str:
    """What Shopify puts into X-Shopify-Hmac-Sha256."""
    return base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()


def order(number: int, *, customers: int, chance: random.Random) -> dict[str, Any]:
    """One paid order of one to six lines by one of `customers` customers."""
    identity = FIRST_ORDER + number
    customer = chance.randrange(1, customers + 1)
    placed = (LAST_DAY - timedelta(seconds=chance.randrange(365 * 86_400))).isoformat(timespec="seconds")
    lines = [_line(identity * 10 + place, chance=chance) for place in range(chance.choice(LINES))]
    total = f"{sum(float(line['price']) for line in lines):.2f}"
    return {
        "id": identity,
        "admin_graphql_api_id": f"gid://shopify/Order/{identity}",
        **_ALWAYS,
        "cart_token": f"{chance.getrandbits(128):032x}",
        "checkout_id": identity + 7,
        "checkout_token": f"{chance.getrandbits(128):032x}",
        "confirmation_number": f"R{chance.getrandbits(32):08X}",
        "contact_email": f"customer{customer}@example.com",
        "created_at": placed,
        "email": f"customer{customer}@example.com",
        "name": f"#{number}",
        "number": number,
        "order_number": number + 1000,
        "order_status_url": f"https://{SHOP}/orders/{chance.getrandbits(128):032x}/authenticate",
        "processed_at": placed,
        "token": f"{chance.getrandbits(128):032x}",
        "total_weight": 400 * len(lines),
        "updated_at": placed,
        **dict.fromkeys(_TOTALS, total),
        **{f"{name}_set": _money(total) for name in _TOTALS},
        "billing_address": _address(customer),
        "customer": _customer(customer, placed=placed),
        "line_items": lines,
        "shipping_address": _address(customer),
    }


def _money(amount: str) -> dict[str, Any]:
    one = {"amount": amount, "currency_code": "EUR"}
    return {"shop_money": one, "presentment_money": one}


_TOTALS = ("current_subtotal_price", "current_total_price", "subtotal_price", "total_line_items_price", "total_price")
_ZEROES = ("current_total_discounts", "current_total_tax", "total_discounts", "total_tax")
_NULLS = (  # one word a line would fill the screen
    "browser_ip cancel_reason cancelled_at closed_at company current_total_additional_fees_set"
    " current_total_duties_set device_id fulfillment_status location_id note original_total_additional_fees_set"
    " original_total_duties_set payment_terms phone po_number reference user_id"
)
_EMPTY = "discount_applications discount_codes fulfillments note_attributes refunds returns shipping_lines tax_lines"
_ALWAYS: dict[str, Any] = {
    **dict.fromkeys(_NULLS.split()),
    **{name: [] for name in _EMPTY.split()},
    "app_id": 580111,
    "buyer_accepts_marketing": False,
    "client_details": {"accept_language": "en", "browser_height": None, "browser_ip": None, "browser_width": None},
    "confirmed": True,
    "currency": "EUR",
    "customer_locale": "en",
    "duties_included": False,
    "estimated_taxes": False,
    "financial_status": "paid",
    "landing_site": "/",
    "payment_gateway_names": ["shopify_payments"],
    "presentment_currency": "EUR",
    "referring_site": "",
    "source_name": "web",
    "tags": "",
    "tax_exempt": False,
    "taxes_included": True,
    "test": False,
    "total_outstanding": "0.00",
    "total_shipping_price_set": _money("0.00"),
    "total_tip_received": "0.00",
    **dict.fromkeys(_ZEROES, "0.00"),
    **{f"{name}_set": _money("0.00") for name in _ZEROES},
}


def _address(customer: int) -> dict[str, Any]:
    return {
        "first_name": "Customer",
        "address1": f"{customer} Mill Lane",
        "phone": None,
        "city": "Oakham",
        "zip": "1000",
        "province": None,
        "country": "Belgium",
        "last_name": str(customer),
        "address2": None,
        "company": None,
        "latitude": 50.84,
        "longitude": 4.35,
        "name": f"Customer {customer}",
        "country_code": "BE",
        "province_code": None,
    }


def _customer(customer: int, *, placed: str) -> dict[str, Any]:
    identity = FIRST_CUSTOMER + customer
    return {
        "id": identity,
        "created_at": placed,
        "updated_at": placed,
        "first_name": "Customer",
        "last_name": str(customer),
        "state": "disabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": f"customer{customer}@example.com",
        "phone": None,
        "currency": "EUR",
        "tax_exemptions": [],
        "admin_graphql_api_id": f"gid://shopify/Customer/{identity}",
        "default_address": {"id": identity + 1, "customer_id": identity, "default": True, **_address(customer)},
    }


def _line(identity: int, *, chance: random.Random) -> dict[str, Any]:
    product = chance.randrange(len(PRODUCTS))
    price = f"{chance.randrange(250, 4000) / 100:.2f}"
    return {
        "id": identity,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{identity}",
        "attributed_staffs": [],
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": 400,
        "name": PRODUCTS[product],
        "price": price,
        "price_set": _money(price),
        "product_exists": True,
        "product_id": 8_000_000_000_000 + product,
        "properties": [],
        "quantity": 1,
        "requires_shipping": True,
        "sku": f"BAKE-{product:04d}",
        "taxable": True,
        "title": PRODUCTS[product],
        "total_discount": "0.00",
        "total_discount_set": _money("0.00"),
        "variant_id": 9_000_000_000_000 + product,
        "variant_inventory_management": "shopify",
        "variant_title": None,
        "vendor": "Anna's Bakery",
        "tax_lines": [],
        "duties": [],
        "discount_allocations": [],
    }
