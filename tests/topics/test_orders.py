"""What an order delivery tells, field by field."""

from collections.abc import Callable

import msgspec
import pytest

from plugin.core.facts import OrderSeen
from plugin.core.orders import Ignored, pack_products, why_ignored
from plugin.errors import GiveUp
from tests.topics.payloads import Payload, told
from webhooks.topics import translate

ORDER: Payload = {
    "id": 5001,
    "admin_graphql_api_id": "gid://shopify/Order/5001",
    "name": "#1001",
    "source_name": "web",
    "created_at": "2026-05-01T09:00:00-04:00",
    "processed_at": "2026-05-01T10:00:00-04:00",
    "updated_at": "2026-05-02T10:00:00-04:00",
    "cancelled_at": None,
    "test": False,
    "financial_status": "paid",
    "currency": "USD",
    "customer": {"id": 7},
    "company": None,
    "payment_gateway_names": ["shopify_payments"],
    "total_price": "45.00",
    "current_total_price": "45.00",
    "total_line_items_price": "50.00",
    "total_discounts": "5.00",
    "discount_codes": [{"code": "MAY"}],
    "line_items": [
        {"id": 1, "product_id": 31, "quantity": 2, "price": "20.00"},
        {"id": 2, "product_id": None, "quantity": 1, "price": "10.00"},
    ],
    "refunds": [],
}


def refund(*transactions: tuple[str, str, str], **more: str) -> Payload:
    moved = [{"kind": kind, "status": status, "amount": amount, **more} for kind, status, amount in transactions]
    return {"id": 1, "created_at": "2026-05-03T10:00:00-04:00", "transactions": moved}


def seen(**changes: object) -> OrderSeen:
    (fact,) = told("orders/updated", ORDER | changes)
    assert isinstance(fact, OrderSeen)
    return fact


def test_an_order_tells_all_it_says() -> None:
    assert seen() == OrderSeen(
        order=5001,
        name="#1001",
        customer="Customer/7",
        ordered_by=None,
        processed_at=1777644000000,
        updated_at=1777730400000,
        test=False,
        cancelled=False,
        status="paid",
        pays_later=False,
        total=4500,
        current_total=4500,
        refunded=0,
        discount=500,
        list_total=5000,
        units=3,
        has_code=True,
        renewal=False,
        products=pack_products([31]),
    )


@pytest.mark.parametrize("customer", [None, {}, {"id": None}, {"id": 0}])
def test_blank_and_zero_are_no_customer(customer: Payload | None) -> None:
    assert (seen(customer=customer).customer, seen(customer=customer).ordered_by) == (None, None)


def test_a_company_order_is_its_locations_and_remembers_who_ordered() -> None:
    company = {"id": 3, "location_id": 4}
    assert seen(company=company)[2:4] == ("CompanyLocation/4", "Customer/7")
    assert seen(company=company, customer=None)[2:4] == ("CompanyLocation/4", None)
    assert seen(company={"id": 3, "location_id": None})[2:4] == ("Customer/7", None)


def test_pending_with_terms_or_cash_on_delivery_is_a_promise() -> None:
    assert seen(payment_terms={"id": 9}).pays_later
    assert seen(payment_gateway_names=["Cash on Delivery (COD)"]).pays_later
    assert not seen(payment_terms=None, payment_gateway_names=[]).pays_later


def test_only_refunds_that_went_through_are_money_given_back() -> None:
    refunds = [
        refund(("refund", "success", "10.00"), ("refund", "failure", "9.00")),
        refund(("refund", "success", "2.50"), ("void", "success", "7.00")),
    ]
    assert seen(refunds=refunds, financial_status="partially_refunded").refunded == 1250
    assert seen(refunds=[{"id": 1, "created_at": "2026-05-03T10:00:00-04:00"}]).refunded == 0


def test_refunds_in_the_customers_own_currency_are_read_off_the_order() -> None:
    """Sixty Canadian dollars given back on an order of 45 US dollars need not be all of it."""
    refunds = [refund(("refund", "success", "60.00"), currency="CAD")]
    some = seen(refunds=refunds, financial_status="partially_refunded", current_total_price="5.00")
    assert (some.refunded, why_ignored(some)) == (4000, Ignored.COUNTED)
    assert seen(refunds=refunds, financial_status="refunded").refunded == 4500


def test_a_renewal_is_known_by_its_source() -> None:
    assert seen(source_name="subscription_contract").renewal
    assert not seen(source_name=None).renewal


def test_fields_that_may_be_missing_have_a_plain_meaning() -> None:
    lean = {key: ORDER[key] for key in ("id", "processed_at", "updated_at", "currency", "total_price")}
    (fact,) = told("orders/create", lean)
    assert isinstance(fact, OrderSeen)
    assert (fact.current_total, fact.status, fact.customer, fact.products) == (4500, "", None, b"")
    assert why_ignored(fact) is Ignored.UNPAID


def test_a_yen_order_has_no_decimals() -> None:
    prices = dict.fromkeys(["total_price", "current_total_price", "total_line_items_price", "total_discounts"], "1200")
    assert seen(currency="JPY", **prices).total == 1200


BROKEN: dict[str, tuple[Callable[[], Payload], str]] = {
    "no moment": (lambda: {key: value for key, value in ORDER.items() if key != "processed_at"}, "processed_at"),
    "no sense in a moment": (lambda: ORDER | {"updated_at": "yesterday"}, "updated_at"),
    "no sense in an amount": (lambda: ORDER | {"total_price": "plenty"}, "total_price"),
    "an amount as a number": (lambda: ORDER | {"total_price": 45.0}, "total_price"),
    "no sense in a line": (lambda: ORDER | {"line_items": [{"product_id": "x"}]}, "product_id"),
    "no sense in a refund": (lambda: ORDER | {"refunds": [refund(("refund", "success", "x"))]}, "amount"),
    "no id": (lambda: ORDER | {"id": None, "admin_graphql_api_id": None}, "id"),
    "the id of something else": (lambda: ORDER | {"admin_graphql_api_id": "gid://shopify/Customer/1"}, "Order"),
    "an id that no number holds": (lambda: ORDER | {"id": 2**63}, "id"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_order_that_cannot_be_read_names_its_topic_and_field(case: str) -> None:
    payload, field = BROKEN[case]
    with pytest.raises(GiveUp, match=f"^orders/create: .*{field}"):
        told("orders/create", payload())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'"text"', b'{"id": }'])
def test_what_is_no_object_is_given_up(body: bytes) -> None:
    with pytest.raises(GiveUp, match=r"^orders/create: "):
        translate("orders/create", body)


def test_a_topic_nobody_registered_tells_nothing() -> None:
    assert translate("carts/update", b"not even read") == []
    assert translate("orders/paid", msgspec.json.encode(ORDER)) == []
