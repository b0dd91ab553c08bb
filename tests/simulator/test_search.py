"""Shopify's search syntax at the simulated shop."""

import pytest

from tests.simulator.quiet import NOW, Bakery

ORDERS = "query($q: String) { orders(first: 9, query: $q, sortKey: ID) { nodes { legacyResourceId } } }"
CUSTOMERS = "query($q: String) { customers(first: 9, query: $q) { nodes { legacyResourceId } } }"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (None, "11 12 13"),
        ("", "11 12 13"),
        ("id:12", "12"),
        ("id:>=12", "12 13"),
        ("id:>11 id:<13", "12"),
        ("id:11 OR id:13", "11 13"),
        ("NOT id:11", "12 13"),
        ("-id:11", "12 13"),
        ("-(id:11 OR id:12)", "13"),
        ("(id:11 OR id:12) AND customer_id:1 AND NOT id:11", "12"),
        ("updated_at:>=2026-11-08T09:06:40Z", "12"),
        ("updated_at:>2026-11-08T09:06:40Z", ""),
        ("updated_at:>='2026-11-08T11:06:40+02:00'", "12"),
        ('processed_at:<"2026-10-29"', "11"),
        ("created_at:2026-11-08", "12"),
        ("created_at:<=2026-10-29T09:06:40Z created_at:>2026-09-01", "13"),
        ("customer_id:2", "13"),
        ("status:any", "11 12 13"),
        ("status:open financial_status:PENDING", "13"),
        ("status:cancelled", ""),
        ("test:false", "11 12 13"),
        ("name:'#1013'", "13"),
        ("source_name:web", "11 12 13"),
    ],
)
def test_orders_are_found(query: str | None, found: str) -> None:
    nodes = Bakery().data(ORDERS, q=query)["orders"]["nodes"]
    assert " ".join(node["legacyResourceId"] for node in nodes) == found


def test_a_cancelled_order_is_not_open() -> None:
    bakery = Bakery()
    bakery.shop.orders[11].cancelled_at = NOW
    assert len(bakery.data(ORDERS, q="status:cancelled")["orders"]["nodes"]) == 1
    assert len(bakery.data(ORDERS, q="status:open")["orders"]["nodes"]) == 2


def test_moments_are_compared_in_whole_seconds() -> None:
    """The API shows whole seconds, so what it shows must find the order again."""
    bakery = Bakery()
    bakery.shop.orders[12].updated_at += 300
    assert len(bakery.data(ORDERS, q="updated_at:>2026-11-08T09:06:40Z")["orders"]["nodes"]) == 0
    assert len(bakery.data(ORDERS, q="updated_at:>=2026-11-08T09:06:40Z")["orders"]["nodes"]) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag:vip", "1"),
        ("tag:'VIP' OR tag:old", "1 3"),
        ("tag_not:vip", "2 3"),
        ("orders_count:>0", "1 2"),
        ("customer_date:<2026-01-01", "1 2 3"),
        ("updated_at:>=2026-11-16T09:06:40Z", "1 2"),
        ("id:2", "2"),
        ("ada", "1 2 3"),
        ("as* ADA", "1 2 3"),
        ("ada.ash.2@example.com", "2"),
        ("as", ""),
        ("ada id:3", "3"),
    ],
)
def test_customers_are_found(query: str, found: str) -> None:
    nodes = Bakery().data(CUSTOMERS, q=query)["customers"]["nodes"]
    assert " ".join(node["legacyResourceId"] for node in nodes) == found


@pytest.mark.parametrize("query", ["*", "a*a", "ada,bo"])
def test_a_word_without_a_field_is_a_word_or_its_beginning(query: str) -> None:
    assert "only a word" in Bakery().error(CUSTOMERS, q=query)["message"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("colour:red", "the field 'colour' is not simulated"),
        ("croissant", "names no field"),
        ("id:eleven", "is not a number"),
        ("updated_at:yesterday", "is not a date or time"),
        ("name:roll*", "prefixes"),
        ("id:11,12", "lists of values"),
        ("status:sleeping", "status:sleeping"),
        ("test:perhaps", "is not possible here"),
        ("name:>a", "is not possible here"),
        ("(id:11", "a parenthesis is not closed"),
        ("id:11)", "a parenthesis too many"),
        ("id:11 OR", "a term is missing"),
        ("NOT", "a term is missing"),
    ],
)
def test_what_is_not_understood_is_said(query: str, why: str) -> None:
    """Shopify ignores unknown terms; a stand-in that did so would hide mistakes."""
    error = Bakery().error(ORDERS, q=query)
    assert error["message"].startswith("Invalid search query: ")
    assert why in error["message"]
