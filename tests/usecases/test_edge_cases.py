"""What is not as usual, from the delivery to the kind: one row a rule."""

from typing import Any, NamedTuple

import pytest

from plugin.core.verdict import Kind
from tests.usecases.conftest import Oak, order

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE
FIRST, LATER = "2026-11-01", "2026-11-20"
CAKE = [{"id": 990, "product_id": 1, "quantity": 1, "price": "20.00"}]  # the product of order 1


class Case(NamedTuple):
    """Orders as Shopify tells them, and what Anna (customer 7) is after all of them."""

    orders: list[dict[str, Any]]
    kind: Kind


def refunded(number: int, *, amount: str, left: str) -> dict[str, Any]:
    """What a refund changes about an order."""
    money = {"transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}]}
    status = "refunded" if left == "0.00" else "partially_refunded"
    return order(
        number, day=LATER, updated_at="2026-11-23T12:00:00Z", financial_status=status, current_total_price=left,
        refunds=[money],
    )  # fmt: skip


CASES = {
    "the usual: two days, two products": Case([order(1), order(2, day=LATER)], CLIENT),
    "a test order never counts": Case([order(1), order(2, day=LATER, test=True)], BUYER),
    "a cancelled one does not, also when it is cancelled later": Case(
        [
            order(1),
            order(2, day=LATER),
            order(2, day=LATER, cancelled_at="2026-11-21T12:00:00Z", updated_at="2026-11-21T12:00:00Z"),
        ],
        BUYER,
    ),
    "a voided payment does not": Case([order(1), order(2, day=LATER, financial_status="voided")], BUYER),
    "a full refund takes the order back": Case(
        [order(1), order(2, day=LATER), refunded(2, amount="20.00", left="0.00")], BUYER
    ),
    "a partial one does not": Case([order(1), order(2, day=LATER), refunded(2, amount="5.00", left="15.00")], CLIENT),
    "nothing was charged: a sample, a replacement": Case(
        [order(1), order(2, day=LATER, total_price="0.00", current_total_price="0.00", total_discounts="20.00")], BUYER
    ),
    "paid with a gift card": Case([order(1), order(2, day=LATER, payment_gateway_names=["gift_card"])], CLIENT),
    "pending without terms": Case([order(1), order(2, day=LATER, financial_status="pending")], BUYER),
    "pending, cash on delivery": Case(
        [
            order(1),
            order(2, day=LATER, financial_status="pending", payment_gateway_names=["Cash on Delivery (COD)"]),
        ],
        CLIENT,
    ),
    "two orders of one day, or one that was split": Case(
        [order(1), order(2, processed_at=f"{FIRST}T23:59:00Z")], BUYER
    ),
    "a later day is told first": Case([order(2, day=LATER), order(1)], CLIENT),
    "the same product again, for somebody else perhaps": Case([order(1), order(2, day=LATER, line_items=CAKE)], BUYER),
    "at the till, with the customer named": Case(
        [order(1, source_name="pos"), order(2, day=LATER, source_name="pos")], CLIENT
    ),
    "at the till, nobody named": Case([order(1, source_name="pos", customer=None)], NONE),
    "at the till, named later": Case(
        [
            order(1),
            order(2, day=LATER, source_name="pos", customer=None),
            order(2, day=LATER, source_name="pos", updated_at="2026-11-21T12:00:00Z"),
        ],
        CLIENT,
    ),
    "no customer is no customer 0": Case([order(1), order(2, day=LATER, customer=0)], BUYER),
    "for a company: the location's verdict is the person's": Case(
        [order(number, day=day, company={"id": 3, "location_id": 4}) for number, day in ((1, FIRST), (2, LATER))],
        CLIENT,
    ),
    "one alone and one for a company: neither is enough": Case(
        [order(1), order(2, day=LATER, company={"id": 3, "location_id": 4})], BUYER
    ),
    "renewals weigh one each, though they bring nothing new": Case(
        [
            order(1, source_name="subscription_contract"),
            order(2, day=LATER, source_name="subscription_contract", line_items=CAKE),
        ],
        CLIENT,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_anna_is(oak: Oak, case: str) -> None:
    """Told one by one, in that order."""
    orders, kind = CASES[case]
    for number, one in enumerate(orders):
        oak.receive("orders/updated", one, webhook_id=f"w-{number}")
        oak.drain()
    assert oak.parked() == []
    assert oak.kinds().get("Customer/7", NONE) == kind


def test_renewals_feed_no_gap(oak: Oak) -> None:
    """Billing days are no choice: the usual gap stays the shop's."""
    for number, day in enumerate(("2026-09-01", "2026-10-01", "2026-11-01"), 1):
        oak.receive("orders/updated", order(number, day=day, source_name="subscription_contract"))
    oak.drain()
    assert oak.column("SELECT usual_gap FROM customers") == [60.0]
    assert oak.column("SELECT occasions FROM customers") == [3]
