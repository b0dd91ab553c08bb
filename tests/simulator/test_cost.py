"""The price of a call and the bucket it is paid from."""

import threading
import time
from typing import Any

import pytest

from plugin.simulator import graph
from plugin.simulator.state import Shop
from tests.simulator.quiet import Bakery, gid

ADD = """mutation Add($id: ID!) { tagsAdd(id: $id, tags: ["client"]) { node { id } userErrors { field message } } }"""

BUYER = """{ order(id: "gid://shopify/Order/%d") { purchasingEntity {
    ... on PurchasingCompany { company { id } } } } }"""


def costs(bakery: Bakery, query: str, **variables: Any) -> tuple[int, int]:
    cost = bakery.ask(query, **variables)["extensions"]["cost"]
    return cost["requestedQueryCost"], cost["actualQueryCost"]


@pytest.mark.parametrize(
    ("query", "requested", "actual"),
    [
        ("{ shop { id name } }", 1, 1),
        ("{ __typename shop { id plan { shopifyPlus } primaryDomain { host } } }", 3, 3),
        ("{ customers(first: 10) { nodes { id } } }", 12, 5),
        ("{ customers(first: 10) { edges { cursor node { id } } pageInfo { hasNextPage } } }", 12, 5),
        ("{ c: customers(first: 10) { e: edges { n: node { id } } } }", 12, 5),
        ("{ customers(first: 10) { nodes { id lastOrder { id } } } }", 22, 7),
        ("{ orders(first: 10) { nodes { id totalPriceSet { shopMoney { amount } } } } }", 32, 11),
        ("{ orders(first: 5) { nodes { id lineItems(first: 3) { nodes { id } } } } }", 2 + 5 * (1 + 2 + 3), 2 + 3 * 5),
        ("query($n: Int = 20) { customers(first: $n) { nodes { id } } }", 22, 5),
        ('{ customer(id: "gid://shopify/Customer/99") { id } }', 1, 0),
        ('{ nodes(ids: ["gid://shopify/Customer/1", "gid://shopify/Customer/99"]) { id } }', 2, 1),
        (BUYER % 13, 3, 3),
        (BUYER % 12, 3, 2),
        ('{ order(id: "gid://shopify/Order/12") { id ...on Order @skip(if: true) { customer { id } } } }', 1, 1),
    ],
)
def test_objects_and_members_cost_points(query: str, requested: int, actual: int) -> None:
    """Scalars are free, an object costs 1, a connection 2 and its members; what was not found is given back."""
    assert costs(Bakery(), query) == (requested, actual)


def test_a_mutation_costs_ten_and_aliases_save_nothing() -> None:
    assert costs(Bakery(), ADD, id=gid("Customer", 1)) == (10, 10)
    two = """mutation { a: tagsAdd(id: "gid://shopify/Customer/1", tags: ["a"]) { userErrors { message } }
        b: tagsAdd(id: "gid://shopify/Customer/99", tags: ["a"]) { userErrors { message } } }"""
    assert costs(Bakery(), two) == (20, 20)


def test_variables_set_the_size() -> None:
    query = "query($n: Int!, $ids: [ID!]!) { customers(first: $n) { nodes { id } } nodes(ids: $ids) { id } }"
    assert costs(Bakery(), query, n=50, ids=[gid("Customer", 1)] * 7) == (59, 12)


def test_an_answer_says_what_is_left() -> None:
    bakery = Bakery(bucket=2000.0, restore_rate=0.001)
    status = bakery.ask("{ customers(first: 10) { nodes { id } } }")["extensions"]["cost"]["throttleStatus"]
    assert status == {"maximumAvailable": 2000.0, "currentlyAvailable": 1995, "restoreRate": 0.001}


def test_an_empty_bucket_throttles_and_executes_nothing() -> None:
    """HTTP 200, no data, the code THROTTLED and the cost; the mutation did not happen."""
    bakery = Bakery(bucket=15.0, restore_rate=0.001)
    assert "data" in bakery.ask(ADD, id=gid("Customer", 1))
    body = bakery.ask(ADD, id=gid("Customer", 2))
    assert body == {
        "errors": [
            {
                "message": "Throttled",
                "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
            }
        ],
        "extensions": {
            "cost": {
                "requestedQueryCost": 10,
                "actualQueryCost": None,
                "throttleStatus": {"maximumAvailable": 15.0, "currentlyAvailable": 5, "restoreRate": 0.001},
            }
        },
    }
    assert bakery.shop.customers[2].tags == []
    assert (bakery.shop.bucket.throttled, round(bakery.shop.bucket.spent)) == (1, 10)


def test_the_bucket_fills_again_with_time() -> None:
    bakery = Bakery(bucket=10.0, restore_rate=200.0)
    assert "data" in bakery.ask(ADD, id=gid("Customer", 1))
    time.sleep(0.06)
    assert "data" in bakery.ask(ADD, id=gid("Customer", 2))


def test_each_shop_has_its_own_bucket() -> None:
    bakery = Bakery(bucket=5.0, restore_rate=0.001)
    other = Shop(8, "oak.myshopify.com", "Oak Ltd")
    five = "{ shop { plan { shopifyPlus } primaryDomain { host } } currentAppInstallation { accessScopes { handle } } }"
    assert "data" in bakery.ask(five)
    assert "data" not in bakery.ask(five)
    assert "data" in graph.execute(bakery.world, other, five)


def test_a_query_over_a_thousand_points_never_runs() -> None:
    bakery = Bakery(bucket=20_000.0)
    body = bakery.ask("{ orders(first: 250) { nodes { lineItems(first: 10) { nodes { id } } } } }")
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert body["errors"][0]["extensions"]["cost"] == 2 + 250 * (1 + 2 + 10)
    assert "data" not in body
    assert bakery.shop.bucket.spent == 0


def test_a_refused_document_costs_nothing() -> None:
    bakery = Bakery()
    bakery.ask("{ shop { nose } }")
    assert bakery.shop.bucket.spent == 0


def test_threads_together_never_spend_more_than_there_is() -> None:
    bakery = Bakery(bucket=100.0, restore_rate=0.0)
    answers: list[bool] = []

    def call() -> None:
        answers.extend("data" in bakery.ask(ADD, id=gid("Customer", 1)) for _ in range(5))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(True), answers.count(False)) == (10, 30)
