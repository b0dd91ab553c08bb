"""Orders: each delivery carries the whole order as it stands now."""

from collections.abc import Iterator

from msgspec import Struct, field

from plugin.core.facts import OrderDeleted, OrderSeen
from plugin.core.orders import manual_gateway, pack_products
from webhooks.topics.fields import Id, customer_key, exact, money, when
from webhooks.topics.registry import topic

RENEWAL_SOURCE = "subscription_contract"


class Customer(Struct, gc=False):
    """Who ordered."""

    id: Id | None = None
    admin_graphql_api_id: str | None = None


class Company(Struct, gc=False):
    """The company location that was ordered for."""

    location_id: Id | None = None


class PaymentTerms(Struct, gc=False):
    """That there are any is all we ask."""


class DiscountCode(Struct, gc=False):
    """That there is one is all we ask."""


class Line(Struct, gc=False):
    """One line of an order."""

    product_id: Id | None = None
    quantity: int = 0


class Transaction(Struct, gc=False):
    """Money that moved with a refund."""

    kind: str
    status: str
    amount: str
    currency: str = ""


class Refund(Struct):
    """Money given back."""

    transactions: list[Transaction] = field(default_factory=list)


class Order(Struct, kw_only=True):
    """The fields of an order that we read."""

    processed_at: str
    updated_at: str
    currency: str
    total_price: str
    id: Id | None = None
    admin_graphql_api_id: str | None = None
    name: str = ""
    source_name: str | None = None
    cancelled_at: str | None = None
    test: bool = False
    financial_status: str | None = None
    customer: Customer | None = None
    company: Company | None = None
    payment_gateway_names: tuple[str, ...] = ()
    payment_terms: PaymentTerms | None = None
    current_total_price: str | None = None
    total_line_items_price: str = "0"
    total_discounts: str = "0"
    discount_codes: list[DiscountCode] = field(default_factory=list)
    line_items: list[Line] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)


class DeletedOrder(Struct):
    """All that is left of an order."""

    id: Id | None = None
    admin_graphql_api_id: str | None = None


@topic("orders/create", "orders/updated", "orders/cancelled", payload=Order)
def order_seen(payload: Order) -> Iterator[OrderSeen]:
    """An order as it stands now; a newer version replaces an older one."""
    currency = payload.currency
    total = money("total_price", payload.total_price, currency)
    current = payload.current_total_price
    current_total = total if current is None else money("current_total_price", current, currency)
    # By position, as naming nineteen arguments takes as long as decoding the order.
    yield OrderSeen(
        exact(payload.admin_graphql_api_id, payload.id, "Order"),
        payload.name,
        *_who(payload),
        when("processed_at", payload.processed_at),
        when("updated_at", payload.updated_at),
        payload.test,
        payload.cancelled_at is not None,
        payload.financial_status or "",
        payload.payment_terms is not None or manual_gateway(payload.payment_gateway_names),
        total,
        current_total,
        _refunded(payload, total, current_total) if payload.refunds else 0,
        money("total_discounts", payload.total_discounts, currency),
        money("total_line_items_price", payload.total_line_items_price, currency),
        sum([line.quantity for line in payload.line_items]),
        bool(payload.discount_codes),
        payload.source_name == RENEWAL_SOURCE,
        pack_products([line.product_id for line in payload.line_items if line.product_id]),
    )


@topic("orders/delete", payload=DeletedOrder)
def order_deleted(payload: DeletedOrder) -> Iterator[OrderDeleted]:
    """The order is gone; no moment comes with it."""
    yield OrderDeleted(exact(payload.admin_graphql_api_id, payload.id, "Order"))


def _who(payload: Order) -> tuple[str | None, str | None]:
    """Who is judged, and who ordered where a company location is judged instead."""
    buyer = payload.customer
    person = None if buyer is None else customer_key(buyer.admin_graphql_api_id, buyer.id)
    if payload.company is not None and payload.company.location_id:
        return f"CompanyLocation/{payload.company.location_id}", person
    return person, None


def _refunded(payload: Order, total: int, current_total: int) -> int:
    moved = [one for refund in payload.refunds for one in refund.transactions]
    given_back = [one for one in moved if one.kind == "refund" and one.status == "success"]
    if any(one.currency not in {"", payload.currency} for one in given_back):
        # In the customer's own currency they do not add up with the order's totals.
        return total if payload.financial_status == "refunded" else max(0, total - current_total)
    return sum(money("refunds[...].transactions[...].amount", one.amount, payload.currency) for one in given_back)
