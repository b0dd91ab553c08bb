"""An export's lines become orders with their products, wherever the lines of an order stand."""

import itertools
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, SelectionSetNode, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.facts import OrderSeen
from plugin.core.orders import merge_products, pack_products
from plugin.errors import GiveUp
from plugin.shopify import history
from plugin.shopify.history import (
    CUSTOMERS,
    CUSTOMERS_AND_NUMBERS,
    ORDERS,
    CustomerTags,
    LateProducts,
    read_customers,
    read_orders,
)

Line = dict[str, Any]


def money(amount: str, **more: str) -> Line:
    return {"shopMoney": {"amount": amount} | more}


def order(number: int, **changes: object) -> Line:
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "processedAt": "2026-05-01T14:00:00Z",
        "updatedAt": "2026-05-02T14:00:00Z",
        "cancelledAt": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "sourceName": "web",
        "customer": {"id": "gid://shopify/Customer/7"},
        "purchasingEntity": {},
        "paymentGatewayNames": ["shopify_payments"],
        "paymentTerms": None,
        "totalPriceSet": money("45.0", currencyCode="USD"),
        "currentTotalPriceSet": money("45.0"),
        "totalRefundedSet": money("0.0"),
        "totalDiscountsSet": money("5.0"),
        "subtotalPriceSet": money("45.0"),
        "discountCodes": ["MAY"],
    } | changes


def item(parent: int, product: int | None, *, quantity: int = 1, plan: str | None = None) -> Line:
    return {
        "id": f"gid://shopify/LineItem/{parent}{product}",
        "quantity": quantity,
        "product": None if product is None else {"id": f"gid://shopify/Product/{product}"},
        "sellingPlan": None if plan is None else {"name": plan},
        "__parentId": f"gid://shopify/Order/{parent}",
    }


def encoded(lines: Iterable[Line]) -> Iterator[bytes]:
    return (json.dumps(line, separators=(",", ":")).encode() for line in lines)


def read(*lines: Line) -> list[OrderSeen | LateProducts]:
    return list(read_orders(encoded(lines)))


def first(*lines: Line) -> OrderSeen:
    seen = read(*lines)[0]
    assert isinstance(seen, OrderSeen)
    return seen


def test_an_order_tells_all_it_says() -> None:
    assert read(order(5001), item(5001, 31, quantity=2), item(5001, None)) == [
        OrderSeen(
            order=5001,
            name="#5001",
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
    ]


def test_an_order_without_a_customer_is_nobodys() -> None:
    assert first(order(1, customer=None, purchasingEntity=None)).customer is None


def test_a_company_order_is_its_locations_and_remembers_who_ordered() -> None:
    location = {"location": {"id": "gid://shopify/CompanyLocation/4"}}
    assert first(order(1, purchasingEntity=location))[2:4] == ("CompanyLocation/4", "Customer/7")


def test_states_are_told_as_deliveries_tell_them() -> None:
    seen = first(
        order(
            1,
            displayFinancialStatus="PARTIALLY_REFUNDED",
            cancelledAt="2026-05-03T00:00:00Z",
            totalRefundedSet=money("12.5"),
            purchasingEntity={"location": {"id": "gid://shopify/CompanyLocation/4"}},
        )
    )
    assert (seen.status, seen.cancelled, seen.refunded, seen.pays_later) == ("partially_refunded", True, 1250, True)
    assert first(order(1, displayFinancialStatus=None)).status == ""
    assert first(order(1, paymentGatewayNames=["Bank Deposit"])).pays_later


def test_a_renewal_is_known_by_its_source_or_a_selling_plan() -> None:
    assert first(order(1, sourceName="subscription_contract")).renewal
    assert first(order(1), item(1, 31), item(1, 32, plan="Monthly")).renewal
    assert not first(order(1, sourceName=None), item(1, 31)).renewal


def test_lines_that_come_late_follow_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 2)
    seen = read(order(1), item(1, 31), order(2), order(3), item(1, 32, plan="Monthly"), item(1, 33), item(3, 34))
    assert [one.order for one in seen] == [1, 2, 3, 1]
    assert seen[0].products == pack_products([31])
    assert seen[2].products == pack_products([34])
    assert seen[3] == LateProducts(order=1, products=pack_products([32, 33]), renewal=True)


def gathered(seen: Iterable[OrderSeen | LateProducts]) -> dict[int, tuple[bytes, bool]]:
    """Each order's products and whether it is a renewal, as the caller merges them."""
    kept: dict[int, tuple[bytes, bool]] = {}
    for one in seen:
        if isinstance(one, OrderSeen):
            assert one.order not in kept
            kept[one.order] = one.products, one.renewal
        else:
            products, renewal = kept[one.order]
            kept[one.order] = merge_products(products, one.products), renewal or one.renewal
    return kept


exports = st.lists(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([None, None, "Monthly"])), max_size=4), max_size=12
)


@given(exports, st.integers(1, 5), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_lines_scattered_behind_their_orders_all_find_them(
    export: list[list[tuple[int, str | None]]], at_once: int, random: Any
) -> None:
    together, scattered = [], []
    for number, items in enumerate(export, 1):
        lines = [item(number, product, plan=plan) for product, plan in items]
        together += [order(number), *lines]
        at = random.randint(0, len(scattered))
        scattered.insert(at, order(number))
        for line in lines:
            scattered.insert(random.randint(at + 1, len(scattered)), line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "AT_ONCE", at_once)
        assert gathered(read(*scattered)) == gathered(read(*together))


def test_memory_does_not_grow_with_the_export() -> None:
    def export(size: int) -> Iterator[bytes]:
        # All the items behind all the orders: the worst order there is.
        items = (item(number, number % 7 + 1) for number in range(1, size))
        return encoded(itertools.chain((order(number) for number in range(1, size)), items))

    def peak(size: int) -> int:
        tracemalloc.start()
        for _ in read_orders(export(size)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(600)
    assert peak(4000) < peak(1500) * 1.2


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b'{"id":', "truncated"),
        (b'{"id":"gid://shopify/Order/1"}', "processedAt"),
        (b'{"quantity":1,"product":{"id":"gid://shopify/Variant/1"},"__parentId":"gid://shopify/Order/1"}', "Product"),
        (b'{"quantity":1,"__parentId":"gid://shopify/Customer/1"}', "Order"),
        (next(encoded([order(1, totalPriceSet=money("much", currencyCode="USD"))])), "no amount"),
        (next(encoded([order(1, processedAt="2026-05-01")])), "no moment"),
        (next(encoded([order(1, customer={"id": "7"})])), "Customer"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_place(broken: bytes, words: str) -> None:
    lines = [*encoded([order(8), item(8, 31)]), b"", broken]
    with pytest.raises(GiveUp, match=rf": line 4: .*({words})"):
        list(read_orders(lines))


def test_a_line_that_cannot_be_read_does_not_end_the_reading() -> None:
    """Whoever asks is told of it, and the rest follows."""
    refused: list[str] = []
    lines = [b"{", *encoded([order(8), item(8, 31)]), b"[]", *encoded([order(9)])]
    assert [one.order for one in read_orders(lines, refused.append)] == [8, 9]
    assert [words.partition(":")[0] for words in refused] == ["line 1", "line 4"]


def test_a_text_that_talks_of_parents_is_still_an_order() -> None:
    assert first(order(1, name='"__parentId":"gid://shopify/Order/9"')).order == 1


def test_customers_come_with_their_tags() -> None:
    lines = [
        {"id": "gid://shopify/Customer/1", "tags": ["VIP", "buyer"]},
        {"id": "gid://shopify/Customer/2", "tags": []},
    ]
    assert list(read_customers(encoded(lines))) == [
        CustomerTags("Customer/1", ("VIP", "buyer")),
        CustomerTags("Customer/2", ()),
    ]
    assert list(read_customers([])) == []


def test_customers_come_with_their_numbers_where_these_were_asked_for() -> None:
    """A newest order that is too old to be shown is null."""
    came, ordered = "2025-03-01T09:00:00Z", {"processedAt": "2026-11-01T12:00:00Z"}
    numbers = {"tags": [], "dataSaleOptOut": False, "createdAt": came}
    lines = [
        {"id": "gid://shopify/Customer/1", **numbers, "numberOfOrders": "7", "lastOrder": ordered},
        {"id": "gid://shopify/Customer/2", **numbers, "numberOfOrders": "0", "lastOrder": None},
    ]
    assert list(read_customers(encoded(lines))) == [
        CustomerTags("Customer/1", (), False, 7, 1_740_819_600_000, 1_793_534_400_000),
        CustomerTags("Customer/2", (), False, 0, 1_740_819_600_000, None),
    ]


@pytest.mark.parametrize(
    "broken", [b"[]", b'{"id":"gid://shopify/Order/1","tags":[]}', b'{"id":"gid://shopify/Customer/1"}']
)
def test_a_customer_that_cannot_be_read_is_named_by_its_place(broken: bytes) -> None:
    with pytest.raises(GiveUp, match=": line 2: "):
        list(read_customers([b'{"id":"gid://shopify/Customer/1","tags":[]}', broken]))


def levels(selection: SelectionSetNode | None) -> tuple[int, int]:
    """How many connections stand in a selection, and how deep they nest."""
    fields = [node for node in (selection.selections if selection else ()) if isinstance(node, FieldNode)]
    below = [(node, levels(node.selection_set)) for node in fields]
    here = [node for node, _ in below if node.selection_set and _has_edges(node)]
    nested = max((depth + (node in here) for node, (_, depth) in below), default=0)
    return len(here) + sum(count for _, (count, _) in below), nested


def _has_edges(field: FieldNode) -> bool:
    selected = field.selection_set.selections if field.selection_set else ()
    return any(isinstance(node, FieldNode) and node.name.value == "edges" for node in selected)


@pytest.mark.parametrize("document", [ORDERS, CUSTOMERS, CUSTOMERS_AND_NUMBERS])
def test_a_document_keeps_to_what_bulk_exports_allow(document: str) -> None:
    """At most five connections, nested two levels deep at most, no variables; the schema is checked elsewhere."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert not operation.variable_definitions
    connections, depth = levels(operation.selection_set)
    assert 1 <= connections <= 5
    assert depth <= 2
