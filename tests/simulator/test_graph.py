"""Reading a simulated shop through the Admin GraphQL API."""

from typing import Any

import pytest

from plugin.simulator import graph
from plugin.simulator.schema import prepare
from tests.simulator.quiet import NOW, Bakery, gid

ORDER = """
    query Order($id: ID!) { order(id: $id) {
        id legacyResourceId name createdAt processedAt updatedAt cancelledAt test confirmed sourceName
        displayFinancialStatus currencyCode customerLocale customer { id }
        purchasingEntity { __typename ... on PurchasingCompany { company { id } location { id } } ... on Node { id } }
        paymentGatewayNames paymentTerms { id } discountCodes discountCode
        totalPriceSet { ...amount } currentTotalPriceSet { ...amount } totalRefundedSet { ...amount }
        totalDiscountsSet { ...amount } totalOutstandingSet { ...amount } subtotalPriceSet { ...amount }
        refunds(first: 5) { id createdAt totalRefundedSet { ...amount } }
        lineItems(first: 5) { nodes {
            id quantity currentQuantity isGiftCard product { id } sellingPlan { name }
            originalUnitPriceSet { ...amount } originalTotalSet { ...amount } discountedTotalSet { ...amount } } }
    } }
    fragment amount on MoneyBag { shopMoney { amount currencyCode } }
"""


def euros(text: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": text, "currencyCode": "EUR"}}


def test_a_shop_and_its_installation_are_shown() -> None:
    query = """{ shop { id name myshopifyDomain currencyCode ianaTimezone primaryDomain { host }
        plan { publicDisplayName partnerDevelopment shopifyPlus } }
        currentAppInstallation { accessScopes { handle } } }"""
    assert Bakery().data(query) == {
        "shop": {
            "id": "gid://shopify/Shop/7",
            "name": "Anna's Bakery",
            "myshopifyDomain": "annas-bakery.myshopify.com",
            "currencyCode": "EUR",
            "ianaTimezone": "Europe/Sofia",
            "primaryDomain": {"host": "annas-bakery.myshopify.com"},
            "plan": {"publicDisplayName": "Basic", "partnerDevelopment": False, "shopifyPlus": False},
        },
        "currentAppInstallation": {
            "accessScopes": [{"handle": one} for one in ("read_customers", "write_customers", "read_orders")]
        },
    }


def test_an_order_is_shown_with_everything_judging_needs() -> None:
    order = Bakery().data(ORDER, id=gid("Order", 12))["order"]
    lines = order.pop("lineItems")["nodes"]
    assert order == {
        "id": "gid://shopify/Order/12",
        "legacyResourceId": "12",
        "name": "#1012",
        "createdAt": "2026-11-08T09:06:40Z",
        "processedAt": "2026-11-08T09:06:40Z",
        "updatedAt": "2026-11-08T09:06:40Z",
        "cancelledAt": None,
        "test": False,
        "confirmed": True,
        "sourceName": "web",
        "displayFinancialStatus": "PARTIALLY_REFUNDED",
        "currencyCode": "EUR",
        "customerLocale": "en",
        "customer": {"id": "gid://shopify/Customer/1"},
        "purchasingEntity": {"__typename": "Customer", "id": "gid://shopify/Customer/1"},
        "paymentGatewayNames": ["shopify_payments"],
        "paymentTerms": None,
        "discountCodes": ["ROLLS"],
        "discountCode": "ROLLS",
        "totalPriceSet": euros("22.50"),
        "currentTotalPriceSet": euros("18.00"),
        "totalRefundedSet": euros("4.50"),
        "totalDiscountsSet": euros("2.50"),
        "totalOutstandingSet": euros("0.00"),
        "subtotalPriceSet": euros("22.50"),
        "refunds": [
            {
                "id": "gid://shopify/Refund/5",
                "createdAt": "2026-11-13T09:06:40Z",
                "totalRefundedSet": euros("4.50"),
            }
        ],
    }
    assert lines[0] == {
        "id": "gid://shopify/LineItem/120",
        "quantity": 2,
        "currentQuantity": 2,
        "isGiftCard": False,
        "product": {"id": "gid://shopify/Product/41"},
        "sellingPlan": None,
        "originalUnitPriceSet": euros("10.00"),
        "originalTotalSet": euros("20.00"),
        "discountedTotalSet": euros("17.50"),
    }
    assert (lines[1]["isGiftCard"], lines[1]["product"]) == (True, None)


def test_a_company_order_names_its_location_and_its_terms() -> None:
    order = Bakery().data(ORDER, id=gid("Order", 13))["order"]
    assert order["purchasingEntity"] == {
        "__typename": "PurchasingCompany",
        "company": {"id": "gid://shopify/Company/21"},
        "location": {"id": "gid://shopify/CompanyLocation/22"},
    }
    assert order["paymentTerms"] == {"id": "gid://shopify/PaymentTerms/31"}
    assert order["totalOutstandingSet"] == euros("22.50")


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "22.50"), ("JPY", "2250"), ("KWD", "2.250")])
def test_money_has_as_many_decimals_as_its_currency(currency: str, amount: str) -> None:
    bakery = Bakery()
    bakery.shop.currency = currency
    total = bakery.data(
        "{ order(id: $id) { totalPriceSet { shopMoney { amount } } } }".replace("$id", '"gid://shopify/Order/11"')
    )
    assert total["order"]["totalPriceSet"]["shopMoney"]["amount"] == amount


def test_customers_count_their_orders_in_text() -> None:
    """UnsignedInt64 travels as a string, so that JavaScript does not round it."""
    nodes = Bakery().data("{ customers(first: 5) { nodes { id tags numberOfOrders amountSpent { amount } } } }")
    assert nodes["customers"]["nodes"] == [
        {
            "id": gid("Customer", 1),
            "tags": ["newsletter", "VIP"],
            "numberOfOrders": "2",
            "amountSpent": {"amount": "40.50"},
        },
        {"id": gid("Customer", 2), "tags": [], "numberOfOrders": "1", "amountSpent": {"amount": "22.50"}},
        {"id": gid("Customer", 3), "tags": ["old"], "numberOfOrders": "0", "amountSpent": {"amount": "0.00"}},
    ]


@pytest.mark.parametrize("sort", ["ID", "CREATED_AT", "UPDATED_AT", "NAME"])
@pytest.mark.parametrize("reverse", [False, True])
def test_pages_lead_through_everything_once(sort: str, reverse: bool) -> None:
    bakery, seen, after = Bakery(), [], None
    query = """query($after: String, $sort: CustomerSortKeys, $reverse: Boolean) {
        customers(first: 2, after: $after, sortKey: $sort, reverse: $reverse) {
            edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    while True:
        page = bakery.data(query, after=after, sort=sort, reverse=reverse)["customers"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == [gid("Customer", number) for number in (1, 2, 3)]


def test_a_customer_who_changes_while_pages_are_read_is_not_lost() -> None:
    """Sorted by the last change, whoever changes moves behind the reader's cursor and is met again there."""
    bakery = Bakery()
    query = """query($after: String) { customers(first: 1, after: $after, sortKey: UPDATED_AT) {
        nodes { id } pageInfo { endCursor } } }"""
    first = bakery.data(query)["customers"]
    bakery.shop.customers[3].updated_at = NOW
    second = bakery.data(query, after=first["pageInfo"]["endCursor"])["customers"]
    third = bakery.data(query, after=second["pageInfo"]["endCursor"])["customers"]
    met = [page["nodes"][0]["id"] for page in (first, second, third)]
    assert met == [gid("Customer", number) for number in (3, 2, 1)]


def test_a_connection_wants_to_know_how_many() -> None:
    assert Bakery().error("{ customers { nodes { id } } }")["message"] == "you must provide one of first or last"
    assert "first must be" in Bakery().error("{ customers(first: 251) { nodes { id } } }")["message"]


@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4Il0="])
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    error = Bakery().error(
        "query($after: String) { customers(first: 1, after: $after) { nodes { id } } }", after=cursor
    )
    assert error["message"].startswith("Invalid cursor")


def test_nodes_come_in_the_order_they_were_asked_for() -> None:
    ids = [gid("Order", 12), gid("Customer", 99), gid("Customer", 1), gid("Product", 41)]
    nodes = Bakery().data("query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=ids)["nodes"]
    assert nodes == [{"id": ids[0], "__typename": "Order"}, None, {"id": ids[2], "__typename": "Customer"}, None]


@pytest.mark.parametrize("text", ["1", "gid://shopify/Customer/x", "gid://other/Customer/1", "gid://shopify/Customer/"])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert (
        Bakery().error("query($id: ID!) { node(id: $id) { id } }", id=text)["message"] == f"Invalid global id '{text}'"
    )


def test_without_all_orders_only_sixty_days_are_readable() -> None:
    """Order 11 is 90 days old: nowhere to be seen, and still counted in `numberOfOrders`."""
    query = """{ orders(first: 9) { nodes { name } } order(id: "gid://shopify/Order/11") { name }
        ordersCount { count }
        node(id: "gid://shopify/Order/11") { id } customer(id: "gid://shopify/Customer/1") {
            numberOfOrders lastOrder { name } orders(first: 9) { nodes { name } } } }"""
    bakery = Bakery(all_orders=False)
    data = bakery.data(query)
    assert data["orders"]["nodes"] == [{"name": "#1013"}, {"name": "#1012"}]
    assert data["ordersCount"]["count"] == 2
    assert (data["order"], data["node"]) == (None, None)
    customer = {"numberOfOrders": "2", "lastOrder": {"name": "#1012"}, "orders": {"nodes": [{"name": "#1012"}]}}
    assert data["customer"] == customer
    bakery.world.knobs.all_orders = True
    assert len(bakery.data(query)["orders"]["nodes"]) == 3
    granted = Bakery(all_orders=False)
    granted.world.scopes += ("read_all_orders",)
    assert len(granted.data(query)["orders"]["nodes"]) == 3


def test_a_last_order_too_old_to_read_is_not_shown() -> None:
    bakery = Bakery(all_orders=False)
    del bakery.shop.orders[12]
    customer = bakery.data('{ customer(id: "gid://shopify/Customer/1") { numberOfOrders lastOrder { id } } }')
    assert customer["customer"] == {"numberOfOrders": "1", "lastOrder": None}


def test_a_document_the_real_api_refuses_is_refused() -> None:
    bakery = Bakery()
    assert bakery.ask("{ shop {") == {"errors": [bakery.error("{ shop {")]}
    assert "Cannot query field 'nose'" in bakery.error("{ shop { nose } }")["message"]
    assert "$id" in bakery.error("query($id: ID!) { node(id: $id) { id } }")["message"]
    assert bakery.error("query A { shop { id } } query B { shop { id } }")["message"].startswith("No operation named")


def test_of_several_operations_the_named_one_runs() -> None:
    bakery = Bakery()
    body = graph.execute(bakery.world, bakery.shop, "query A { shop { id } } query B { shop { name } }", {}, "B")
    assert body["data"] == {"shop": {"name": "Anna's Bakery"}}


def test_a_document_is_parsed_and_validated_once() -> None:
    assert prepare("{ shop { name } }") is prepare("{ shop { name } }")


def test_lists_have_at_most_250_entries() -> None:
    error = Bakery().error("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[gid("Customer", 1)] * 251)
    assert error["message"] == "The input array size of 251 is greater than the maximum allowed of 250."
    assert error["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_counts_say_when_they_stopped_counting() -> None:
    data = Bakery().data(
        "{ all: customersCount { count precision } some: customersCount(limit: 2) { count precision } }"
    )
    assert data == {"all": {"count": 3, "precision": "EXACT"}, "some": {"count": 2, "precision": "AT_LEAST"}}
