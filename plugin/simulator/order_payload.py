"""A whole order as Shopify's webhooks carry it: the REST shape, built from the simulator's state."""

from collections.abc import Iterator

from plugin.simulator import money
from plugin.simulator.payloads import Payload, moment
from plugin.simulator.state import Customer, Line, Order, Refund, Shop


def order(shop: Shop, it: Order) -> Payload:
    """A whole order as orders/create, orders/updated and orders/cancelled carry it (REST shape, API 2026-10)."""
    goods = sum(line.price * line.quantity for line in it.lines)
    refunded = sum(refund.amount for refund in it.refunds)
    current = it.total - refunded
    shipping = max(0, it.total - (goods - it.discount))
    who = shop.customers.get(it.customer) if it.customer is not None else None
    number = int(it.name.lstrip("#")) if it.name.lstrip("#").isdecimal() else it.id
    return {
        "id": it.id,
        "admin_graphql_api_id": f"gid://shopify/Order/{it.id}",
        "app_id": 580111,
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": "customer" if it.cancelled_at is not None else None,
        "cancelled_at": None if it.cancelled_at is None else moment(it.cancelled_at, shop),
        "closed_at": None,
        "company": None if it.company is None else {"id": it.company[0], "location_id": it.company[1]},
        "confirmed": it.confirmed,
        "contact_email": None if who is None else who.person.email,
        "created_at": moment(it.created_at, shop),
        "currency": shop.currency,
        "current_subtotal_price": money.text(max(0, current - shipping), shop.currency),
        "current_total_discounts": money.text(it.discount, shop.currency),
        **_priced("current_total_price", current, shop),
        "customer": None if who is None else _customer(shop, who),
        "customer_locale": shop.locale if who is None else who.locale,
        "discount_applications": list(_discounts(shop, it)),
        "discount_codes": [
            {"code": code, "amount": money.text(it.discount, shop.currency), "type": "fixed_amount"}
            for code in it.discount_codes
        ],
        "email": "" if who is None else who.person.email or "",
        "financial_status": it.status,
        "fulfillment_status": None,
        "fulfillments": [],
        "line_items": [_line(shop, line) for line in it.lines],
        "name": it.name,
        "note": None,
        "note_attributes": [],
        "number": number - 1000,
        "order_number": number,
        "payment_gateway_names": list(it.gateways),
        "payment_terms": None if it.terms is None else {"id": it.terms, "payment_terms_type": "net", "due_in_days": 30},
        "phone": None,
        "presentment_currency": shop.currency,
        "processed_at": moment(it.processed_at, shop),
        "refunds": [_refund(shop, it, refund) for refund in it.refunds],
        "source_name": it.source_name,
        **_priced("subtotal_price", it.total - shipping, shop),
        "tags": "",
        "tax_lines": [],
        "taxes_included": False,
        "test": it.test,
        **_priced("total_discounts", it.discount, shop),
        **_priced("total_line_items_price", goods, shop),
        "total_outstanding": money.text(_outstanding(it, current), shop.currency),
        **_priced("total_price", it.total, shop),
        "total_shipping_price_set": _set(shipping, shop),
        **_priced("total_tax", 0, shop),
        "updated_at": moment(it.updated_at, shop),
        "user_id": None,
    }


def _set(minor: int, shop: Shop) -> Payload:
    amount = {"amount": money.text(minor, shop.currency), "currency_code": shop.currency}
    return {"shop_money": amount, "presentment_money": amount}


def _priced(name: str, minor: int, shop: Shop) -> Payload:
    return {name: money.text(minor, shop.currency), f"{name}_set": _set(minor, shop)}


def _outstanding(it: Order, current: int) -> int:
    return current if it.status in {"pending", "authorized"} and it.cancelled_at is None else 0


def _customer(shop: Shop, who: Customer) -> Payload:
    made_up = who.person
    return {
        "id": who.id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{who.id}",
        "created_at": moment(who.created_at, shop),
        "updated_at": moment(who.updated_at, shop),
        "first_name": made_up.first,
        "last_name": made_up.last,
        "email": made_up.email,
        "phone": made_up.phone,
        "state": "disabled",
        "verified_email": True,
        "currency": shop.currency,
    }


def _line(shop: Shop, line: Line) -> Payload:
    return {
        "id": line.id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line.id}",
        "current_quantity": line.quantity if line.current_quantity is None else line.current_quantity,
        "gift_card": line.gift_card,
        **_priced("price", line.price, shop),
        "product_exists": line.product is not None,
        "product_id": line.product,
        "quantity": line.quantity,
        "requires_shipping": not line.gift_card,
        "taxable": False,
        "title": "Gift card" if line.gift_card else f"Product {line.product or ''}".strip(),
        "total_discount": money.text(line.discount, shop.currency),
        "variant_id": None,
    }


def _discounts(shop: Shop, it: Order) -> Iterator[Payload]:
    value = {"value": money.text(it.discount, shop.currency), "value_type": "fixed_amount", "target_type": "line_item"}
    for code in it.discount_codes:
        yield {"type": "discount_code", "code": code, "title": code, **value}
    if it.discount and not it.discount_codes:
        yield {"type": "automatic", "title": "Sale", **value}


def _refund(shop: Shop, it: Order, refund: Refund) -> Payload:
    prices = {line.id: line.price for line in it.lines}
    return {
        "id": refund.id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund.id}",
        "order_id": it.id,
        "created_at": moment(refund.created_at, shop),
        "processed_at": moment(refund.created_at, shop),
        "note": None,
        "order_adjustments": [],
        "transactions": [
            {
                "id": refund.id + 1,
                "order_id": it.id,
                "kind": "refund",
                "status": "success",
                "amount": money.text(refund.amount, shop.currency),
                "currency": shop.currency,
                "gateway": it.gateways[0] if it.gateways else "manual",
            }
        ],
        "refund_line_items": [
            {
                "id": refund.id + 2 + place,
                "line_item_id": line,
                "quantity": quantity,
                "subtotal": money.text(prices.get(line, 0) * quantity, shop.currency),
            }
            for place, (line, quantity) in enumerate(refund.lines)
        ],
    }
