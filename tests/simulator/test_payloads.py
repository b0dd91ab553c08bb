"""The REST shape of what webhooks carry."""

import pytest

from plugin.simulator import merchant, money, order_payload, payloads
from plugin.simulator.state import Line, Order, Shop

NOON = 1_795_280_400_000  # 2026-11-21T17:00:00Z


@pytest.fixture
def shop() -> Shop:
    return Shop(1, "annas-bakery.myshopify.com", "Anna's Bakery")


def bread(shop: Shop, **details: object) -> Order:
    anna = merchant.add_customer(shop, at=NOON, joined=False)
    lines = [Line(1, 77, 2, 450), Line(2, None, 1, 330)]
    return merchant.add_order(shop, customer=anna.id, lines=lines, at=NOON, **details)


def test_moments_are_whole_seconds_in_the_shops_zone(shop: Shop) -> None:
    assert payloads.moment(NOON + 999, shop) == "2026-11-21T12:00:00-05:00"


def test_an_order_says_what_it_is_made_of(shop: Shop) -> None:
    said = order_payload.order(shop, bread(shop))
    assert said["admin_graphql_api_id"] == f"gid://shopify/Order/{said['id']}"
    assert said["name"] == "#1001"
    assert said["total_price"] == said["total_line_items_price"] == said["current_total_price"] == "12.30"
    assert said["total_outstanding"] == "0.00"
    assert [(line["product_id"], line["quantity"]) for line in said["line_items"]] == [(77, 2), (None, 1)]
    assert said["cancelled_at"] is said["company"] is said["payment_terms"] is None


def test_the_customer_is_a_made_up_person(shop: Shop) -> None:
    said = order_payload.order(shop, bread(shop))["customer"]
    assert said["email"].endswith("@example.com")
    assert said["first_name"]


def test_an_order_without_a_customer_has_an_empty_email(shop: Shop) -> None:
    order = merchant.add_order(shop, customer=None, lines=[], at=NOON, total=100)
    said = order_payload.order(shop, order)
    assert (said["customer"], said["email"]) == (None, "")


def test_an_unpaid_order_is_outstanding(shop: Shop) -> None:
    assert order_payload.order(shop, bread(shop, status="pending"))["total_outstanding"] == "12.30"


def test_discounts_say_how_they_came_about(shop: Shop) -> None:
    by_code = order_payload.order(shop, bread(shop, discount=100, discount_codes=["FLASH20"]))
    assert by_code["discount_codes"] == [{"code": "FLASH20", "amount": "1.00", "type": "fixed_amount"}]
    assert [it["type"] for it in by_code["discount_applications"]] == ["discount_code"]
    automatic = order_payload.order(shop, bread(shop, discount=100))
    assert [it["type"] for it in automatic["discount_applications"]] == ["automatic"]
    assert automatic["total_price"] == "11.30"


def test_a_refund_lowers_the_current_total_only(shop: Shop) -> None:
    order = bread(shop)
    merchant._add_refund(shop, order, NOON + 5000, 330)
    said = order_payload.order(shop, order)
    assert (said["total_price"], said["current_total_price"]) == ("12.30", "9.00")
    (refund,) = said["refunds"]
    assert refund["created_at"] == "2026-11-21T12:00:05-05:00"
    assert [(t["kind"], t["status"], t["amount"]) for t in refund["transactions"]] == [("refund", "success", "3.30")]


@pytest.mark.parametrize(("minor", "currency", "text"), [(1230, "USD", "12.30"), (5, "JPY", "5"), (1, "KWD", "0.001")])
def test_money_has_its_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert money.text(minor, currency) == text
