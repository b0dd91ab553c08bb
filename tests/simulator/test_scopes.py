"""What an app without a scope may not see or do, and how it gives scopes back."""

import pytest

from plugin.simulator import bulk
from tests.simulator.quiet import Bakery, gid

REVOKE = """
    mutation Revoke($scopes: [String!]!) { appRevokeAccessScopes(scopes: $scopes) {
        revoked { handle } userErrors { field message code } } }"""
TAG = 'mutation { tagsAdd(id: "gid://shopify/Customer/1", tags: ["client"]) { userErrors { message } } }'


def bakery(*scopes: str) -> Bakery:
    made = Bakery()
    made.shop.installed, made.shop.scopes = True, scopes
    return made


@pytest.mark.parametrize(
    ("scope", "document", "field", "lacking"),
    [
        ("read_orders", "{ customers(first: 1) { nodes { id } } }", "customers", "read_customers"),
        ("read_orders", "{ customersCount { count } }", "customersCount", "read_customers"),
        ("read_orders", f'{{ customer(id: "{gid("Customer", 1)}") {{ id }} }}', "customer", "read_customers"),
        ("read_orders", f'{{ node(id: "{gid("Customer", 1)}") {{ id }} }}', "node", "read_customers"),
        ("read_orders", "{ orders(first: 1) { nodes { customer { id } } } }", "customer", "read_customers"),
        ("read_customers", "{ orders(first: 1) { nodes { id } } }", "orders", "read_orders"),
        ("read_customers", f'{{ order(id: "{gid("Order", 11)}") {{ id }} }}', "order", "read_orders"),
        ("read_customers", "{ customers(first: 1) { nodes { lastOrder { id } } } }", "lastOrder", "read_orders"),
        ("read_customers", TAG, "tagsAdd", "write_customers"),
    ],
)
def test_a_field_whose_scope_is_missing_is_denied(scope: str, document: str, field: str, lacking: str) -> None:
    error = bakery(scope).error(document)
    assert error["message"] == f"Access denied for {field} field. Required access: `{lacking}` access scope."
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["path"][-1] == field


def test_nothing_is_tagged_without_the_scope() -> None:
    shop = bakery("read_customers")
    assert shop.ask(TAG)["data"] == {"tagsAdd": None}
    assert shop.shop.customers[1].tags == ["VIP", "newsletter"]


def test_a_write_scope_brings_the_read_scope() -> None:
    assert bakery("write_customers").data("{ customersCount { count } }") == {"customersCount": {"count": 3}}


@pytest.mark.parametrize(
    "query", ["{ orders { nodes { id } } }", "{ customers { nodes { id orders { nodes { id } } } } }"]
)
def test_a_bulk_query_fails_for_a_missing_scope(query: str) -> None:
    shop = bakery("read_customers")
    operation = shop.ended(shop.run_query(query))
    assert (operation.status, operation.error_code) == ("FAILED", "ACCESS_DENIED")


def test_a_bulk_mutation_says_so_line_by_line() -> None:
    shop = bakery("read_customers")
    path = shop.upload({"id": gid("Customer", 1), "tags": ["client"]})
    mutation = "mutation T($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { message } } }"
    (row,) = shop.rows(shop.ended(shop.run_mutation(mutation, path)))
    assert row["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_an_optional_scope_can_be_given_back() -> None:
    shop = bakery("write_customers", "read_orders", "read_discounts")
    shop.world.optional_scopes = ("read_discounts",)
    said = shop.data(REVOKE, scopes=["read_discounts"])["appRevokeAccessScopes"]
    assert said == {"revoked": [{"handle": "read_discounts"}], "userErrors": []}
    assert shop.shop.scopes == ("write_customers", "read_orders")
    assert [topic for topic, _ in shop.sent] == ["app/scopes_update"]


@pytest.mark.parametrize(
    ("scope", "code"),
    [("read_customers", "CANNOT_REVOKE_REQUIRED_SCOPES"), ("read_themes", "CANNOT_REVOKE_UNDECLARED_SCOPES")],
)
def test_other_scopes_cannot_be_given_back(scope: str, code: str) -> None:
    shop = bakery("write_customers", "read_orders")
    said = shop.data(REVOKE, scopes=[scope])["appRevokeAccessScopes"]
    assert (said["revoked"], said["userErrors"][0]["code"]) == (None, code)
    assert shop.sent == []


def test_one_denied_bulk_query_too_many_is_refused_like_any_other() -> None:
    shop = bakery("read_customers")
    shop.world.knobs.bulk_delay = 20.0
    running = [shop.run_query("{ customers { nodes { id } } }") for _ in range(bulk.AT_ONCE)]
    (error,) = shop.run_query("{ orders { nodes { id } } }")["userErrors"]
    assert error["code"] == "OPERATION_IN_PROGRESS"
    for operation in shop.shop.operations.values():
        operation.cancel.set()
    assert {shop.ended(one).status for one in running} == {"CANCELED"}
