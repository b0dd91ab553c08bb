"""Which orders count: every case that an order alone decides."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.facts import OrderSeen
from plugin.core.orders import (
    MOST_PRODUCTS,
    Ignored,
    manual_gateway,
    merge_products,
    pack_products,
    unpack_products,
    why_ignored,
)

PAID = OrderSeen(
    order=1,
    name="#1001",
    customer="Customer/1",
    ordered_by=None,
    processed_at=0,
    updated_at=0,
    test=False,
    cancelled=False,
    status="paid",
    pays_later=False,
    total=5000,
    current_total=5000,
    refunded=0,
    discount=0,
    list_total=5000,
    units=1,
    has_code=False,
    renewal=False,
    products=b"",
)

CASES = [
    ("paid", {}, Ignored.COUNTED),
    ("authorized", {"status": "authorized"}, Ignored.COUNTED),
    ("partially paid", {"status": "partially_paid"}, Ignored.COUNTED),
    ("partially refunded", {"status": "partially_refunded", "current_total": 2000, "refunded": 3000}, Ignored.COUNTED),
    ("pending on delivery or net 30", {"status": "pending", "pays_later": True}, Ignored.COUNTED),
    ("pending", {"status": "pending"}, Ignored.UNPAID),
    ("unknown payment", {"status": ""}, Ignored.UNPAID),
    ("a status nobody told us of", {"status": "dreaming", "pays_later": True}, Ignored.UNPAID),
    ("test", {"test": True}, Ignored.TEST),
    ("test and cancelled", {"test": True, "cancelled": True}, Ignored.TEST),
    ("cancelled", {"cancelled": True}, Ignored.CANCELLED),
    ("cancelled while net 30", {"cancelled": True, "status": "pending", "pays_later": True}, Ignored.CANCELLED),
    ("voided", {"status": "voided"}, Ignored.VOIDED),
    ("expired", {"status": "expired"}, Ignored.EXPIRED),
    ("refunded", {"status": "refunded"}, Ignored.REFUNDED),
    ("refunded in parts", {"status": "partially_refunded", "refunded": 5000}, Ignored.REFUNDED),
    (
        "all returned, a fee kept",
        {"status": "partially_refunded", "current_total": 0, "refunded": 4500},
        Ignored.REFUNDED,
    ),
    ("given away", {"total": 0, "current_total": 0, "discount": 5000}, Ignored.ZERO),
    ("everything edited away", {"current_total": 0}, Ignored.ZERO),
    ("paid with a gift card", {"discount": 0, "total": 5000}, Ignored.COUNTED),
    ("a customer unknown", {"customer": None}, Ignored.COUNTED),
]


@pytest.mark.parametrize(("changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_order_counts_or_says_why_not(changes: dict[str, object], expected: Ignored) -> None:
    assert why_ignored(PAID._replace(**changes)) is expected


def test_stored_reasons_keep_their_numbers() -> None:
    assert [(reason.name, reason.value) for reason in Ignored] == [
        ("COUNTED", 0), ("TEST", 1), ("CANCELLED", 2), ("VOIDED", 3), ("EXPIRED", 4),
        ("REFUNDED", 5), ("ZERO", 6), ("UNPAID", 7), ("DELETED", 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Cash on Delivery (COD)",
        "cash_on_delivery",
        "COD",
        "Bank Deposit",
        "bank-deposit",
        "Money Order",
        "manual",
        "Bank transfer",
    ],
)
def test_a_gateway_settled_by_hand_is_known_in_its_usual_spellings(name: str) -> None:
    assert manual_gateway(("visa", name))


@pytest.mark.parametrize(
    "names", [(), ("shopify_payments",), ("visa", "bogus"), ("paypal", "gift_card"), ("Codfish Pay",)]
)
def test_other_gateways_are_not(names: tuple[str, ...]) -> None:
    assert not manual_gateway(names)


ids = st.lists(st.integers(1, 2**53), max_size=100)


@given(ids)
@settings(deadline=None)
def test_products_come_back_sorted_and_once_each(products: list[int]) -> None:
    packed = pack_products(products)
    assert unpack_products(packed) == tuple(sorted({id_ % 2**32 for id_ in products})[:MOST_PRODUCTS])
    assert pack_products(random.Random(1).sample(products * 2, len(products) * 2)) == packed


@given(ids, ids, ids)
@settings(deadline=None)
def test_merging_products_minds_neither_order_nor_repetition(a: list[int], b: list[int], c: list[int]) -> None:
    one, two, three = map(pack_products, (a, b, c))
    assert merge_products(one, two) == merge_products(two, one) == pack_products(a + b)
    assert merge_products(merge_products(one, two), three) == merge_products(one, merge_products(two, three))
    assert merge_products(one, one) == one


def test_packed_products_are_four_little_endian_bytes_each() -> None:
    assert pack_products([0x1_0000_0001, 2]) == b"\1\0\0\0\2\0\0\0"
    assert pack_products([]) == b""
