"""Who answers each field of the shop, its customers and its orders; the same answers serve live and bulk queries."""

from typing import Any

from plugin.simulator.schema import fields
from plugin.simulator.state import Customer, Line, Order
from plugin.simulator.view import Buyer, Ref, View, gid, moment

# A MoneyBag travels as its minor units; both of its sides are in the shop's currency.
fields("MoneyBag", shopMoney=lambda v, it, a: it, presentmentMoney=lambda v, it, a: it)
fields("MoneyV2", amount=lambda v, it, a: v.money(it), currencyCode=lambda v, it, a: v.shop.currency)

for _kind in ("Product", "Company", "CompanyLocation", "PaymentTerms"):
    fields(_kind, id=lambda v, it, a: gid(it.type, it.id), legacyResourceId=lambda v, it, a: str(it.id))

fields("Company", name=lambda v, it, a: f"Trading House {it.id}")
fields("CompanyLocation", name=lambda v, it, a: f"Branch {it.id}", company=lambda v, it, a: v.company_at(it.id))

fields(
    "Shop",
    id=lambda v, it, a: gid("Shop", it.id),
    name=lambda v, it, a: it.name,
    myshopifyDomain=lambda v, it, a: it.domain,
    currencyCode=lambda v, it, a: it.currency,
    enabledPresentmentCurrencies=lambda v, it, a: [it.currency],
    ianaTimezone=lambda v, it, a: it.zone,
    contactEmail=lambda v, it, a: _owner(it.domain),
    email=lambda v, it, a: _owner(it.domain),
    plan=lambda v, it, a: it.plan,
    primaryDomain=lambda v, it, a: it,
    url=lambda v, it, a: f"https://{it.domain}",
)
fields(
    "ShopPlan",
    publicDisplayName=lambda v, it, a: it.replace("_", " ").title(),
    partnerDevelopment=lambda v, it, a: it == "partner_test",
    shopifyPlus=lambda v, it, a: it == "shopify_plus",
)
fields(
    "Domain",
    id=lambda v, it, a: gid("Domain", it.id),
    host=lambda v, it, a: it.domain,
    sslEnabled=lambda v, it, a: True,
    url=lambda v, it, a: f"https://{it.domain}",
)
fields(
    "AppInstallation",
    id=lambda v, it, a: gid("AppInstallation", it.id),
    accessScopes=lambda v, it, a: list(v.scopes),
)
fields("AccessScope", handle=lambda v, it, a: it, description=lambda v, it, a: it.replace("_", " ").capitalize())

fields(
    "Customer",
    id=lambda v, it, a: gid("Customer", it.id),
    legacyResourceId=lambda v, it, a: str(it.id),
    createdAt=lambda v, it, a: moment(it.created_at),
    updatedAt=lambda v, it, a: moment(it.updated_at),
    firstName=lambda v, it, a: it.person.first,
    lastName=lambda v, it, a: it.person.last,
    displayName=lambda v, it, a: it.person.name,
    locale=lambda v, it, a: it.locale,
    state=lambda v, it, a: "DISABLED",
    tags=lambda v, it, a: sorted(it.tags, key=str.casefold),
    dataSaleOptOut=lambda v, it, a: it.data_sale_opt_out,
    productSubscriberStatus=lambda v, it, a: it.subscriber,
    numberOfOrders=lambda v, it, a: str(len(v.orders_of(it.id))),
    amountSpent=lambda v, it, a: sum(_kept(order) for order in v.orders_of(it.id) if _counts(order)),
    lastOrder=lambda v, it, a: _last_order(v, it),
)
fields(
    "Order",
    id=lambda v, it, a: gid("Order", it.id),
    legacyResourceId=lambda v, it, a: str(it.id),
    name=lambda v, it, a: it.name,
    createdAt=lambda v, it, a: moment(it.created_at),
    processedAt=lambda v, it, a: moment(it.processed_at),
    updatedAt=lambda v, it, a: moment(it.updated_at),
    cancelledAt=lambda v, it, a: None if it.cancelled_at is None else moment(it.cancelled_at),
    test=lambda v, it, a: it.test,
    confirmed=lambda v, it, a: it.confirmed,
    sourceName=lambda v, it, a: it.source_name,
    displayFinancialStatus=lambda v, it, a: it.status.upper() or None,
    currencyCode=lambda v, it, a: v.shop.currency,
    presentmentCurrencyCode=lambda v, it, a: v.shop.currency,
    customer=lambda v, it, a: v.shop.customers.get(it.customer),
    customerLocale=lambda v, it, a: _locale(v, it),
    purchasingEntity=lambda v, it, a: Buyer(*it.company) if it.company else v.shop.customers.get(it.customer),
    paymentGatewayNames=lambda v, it, a: list(it.gateways),
    paymentTerms=lambda v, it, a: None if it.terms is None else Ref("PaymentTerms", it.terms),
    discountCode=lambda v, it, a: it.discount_codes[0] if it.discount_codes else None,
    discountCodes=lambda v, it, a: list(it.discount_codes),
    totalPriceSet=lambda v, it, a: it.total,
    currentTotalPriceSet=lambda v, it, a: _kept(it),
    netPaymentSet=lambda v, it, a: _kept(it) - _outstanding(it),
    totalRefundedSet=lambda v, it, a: _refunded(it),
    totalDiscountsSet=lambda v, it, a: it.discount,
    totalOutstandingSet=lambda v, it, a: _outstanding(it),
    subtotalPriceSet=lambda v, it, a: it.total - _shipping(it),
    currentSubtotalPriceSet=lambda v, it, a: max(0, _kept(it) - _shipping(it)),
    refunds=lambda v, it, a: it.refunds[: a.get("first")],
)
fields(
    "Refund",
    id=lambda v, it, a: gid("Refund", it.id),
    legacyResourceId=lambda v, it, a: str(it.id),
    createdAt=lambda v, it, a: moment(it.created_at),
    totalRefundedSet=lambda v, it, a: it.amount,
)
fields(
    "LineItem",
    id=lambda v, it, a: gid("LineItem", it.id),
    quantity=lambda v, it, a: it.quantity,
    currentQuantity=lambda v, it, a: it.quantity if it.current_quantity is None else it.current_quantity,
    isGiftCard=lambda v, it, a: it.gift_card,
    product=lambda v, it, a: None if it.product is None else Ref("Product", it.product),
    sellingPlan=lambda v, it, a: {"name": "Delivered every month"} if it.selling_plan else None,
    originalUnitPriceSet=lambda v, it, a: it.price,
    originalTotalSet=lambda v, it, a: it.price * it.quantity,
    discountedTotalSet=lambda v, it, a: it.price * it.quantity - it.discount,
    totalDiscountSet=lambda v, it, a: it.discount,
)
fields(
    "PurchasingCompany",
    company=lambda v, it, a: Ref("Company", it.company),
    location=lambda v, it, a: Ref("CompanyLocation", it.location),
)


def _owner(domain: str) -> str:
    return f"owner@{domain.removesuffix('.myshopify.com')}.example.com"


def _counts(order: Order) -> bool:
    return not order.test and order.cancelled_at is None


def _refunded(order: Order) -> int:
    return sum(refund.amount for refund in order.refunds)


def _kept(order: Order) -> int:
    return order.total - _refunded(order)


def _outstanding(order: Order) -> int:
    return _kept(order) if order.status in {"pending", "authorized"} and order.cancelled_at is None else 0


def _goods(line: Line) -> int:
    return line.price * line.quantity


def _shipping(order: Order) -> int:
    return max(0, order.total - (sum(map(_goods, order.lines)) - order.discount))


def _locale(view: View, order: Order) -> str:
    customer = view.shop.customers.get(order.customer) if order.customer is not None else None
    return view.shop.locale if customer is None else customer.locale


def _last_order(view: View, customer: Customer) -> Any:
    """The newest order, or none when it is too old to be read: an app without all orders never sees it elsewhere."""
    last = max(view.orders_of(customer.id), key=lambda it: (it.processed_at, it.id), default=None)
    return last if last is not None and view.sees(last) else None
