"""Bulk queries: what may run, what the result looks like, how it ends."""

import zlib
from typing import Any

import pytest

from plugin.simulator import bulk
from plugin.simulator.state import Customer, Line, Order
from tests.simulator.quiet import DAY, NOW, RUN_QUERY, Bakery, gid

MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount } }"
ORDER = f"""
    __typename id name processedAt updatedAt cancelledAt test displayFinancialStatus discountCodes
    customer {{ id tags }} purchasingEntity {{
        __typename ... on PurchasingCompany {{ company {{ id }} location {{ id }} }}
        ...on Customer {{ numberOfOrders lastOrder {{ id }} }} }}
    paymentTerms {{ id }} total: totalPriceSet {MONEY} totalRefundedSet {MONEY} left: currentTotalPriceSet {MONEY}
    refunds(first: 1) {{ ...refund }}"""
LINE = f"id quantity product {{ id legacyResourceId }} sellingPlan {{ name }} originalTotalSet {MONEY}"
REFUND = f"fragment refund on Refund {{ id createdAt totalRefundedSet {MONEY} }}"
ORDERS = "{ orders { edges { node { id lineItems { edges { node { id quantity } } } } } } }"
LOOK = """query($id: ID!) { bulkOperation(id: $id) {
    id type status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl query } }"""


def test_a_bulk_result_is_what_pages_would_have_shown() -> None:
    """The compiled path and graphql-core answer alike, field by field, once children are joined to their parents."""
    bakery = Bakery()
    live = bakery.data(
        f"{{ orders(first: 9) {{ nodes {{ {ORDER} lineItems(first: 9) {{ nodes {{ {LINE} }} }} }} }} }} {REFUND}"
    )
    wanted = live["orders"]["nodes"]
    query = f"{{ orders {{ edges {{ node {{ {ORDER} lineItems {{ edges {{ node {{ {LINE} }} }} }} }} }} }} }} {REFUND}"
    rows = bakery.rows(bakery.ended(bakery.run_query(query)))
    joined: dict[str, dict[str, Any]] = {}
    for row in rows:
        parent = row.pop("__parentId", None)
        if parent is None:
            joined[row["id"]] = row | {"lineItems": {"nodes": []}}
        else:
            joined[parent]["lineItems"]["nodes"].append(row)
    assert list(joined.values()) == wanted


def test_children_stand_on_their_own_lines_behind_their_parent() -> None:
    bakery = Bakery()
    rows = bakery.rows(bakery.ended(bakery.run_query(ORDERS)))
    assert rows[:3] == [
        {"id": gid("Order", 11)},
        {"id": gid("LineItem", 110), "quantity": 2, "__parentId": gid("Order", 11)},
        {"id": gid("LineItem", 111), "quantity": 1, "__parentId": gid("Order", 11)},
    ]
    assert len(rows) == 9


def test_children_may_be_far_from_their_parent() -> None:
    """With groupObjects false Shopify promises only that a child comes later; the knob makes it much later."""
    bakery = Bakery(scatter_children=True)
    query = "{ customers { nodes { id orders { nodes { id lineItems { nodes { id } } } } } } }"
    rows = bakery.rows(bakery.ended(bakery.run_query(query)))
    places = {row["id"]: place for place, row in enumerate(rows)}
    assert [place for place, row in enumerate(rows) if "__parentId" not in row] == [0, 1, 2]
    assert all(places[row["__parentId"]] < place for place, row in enumerate(rows) if "__parentId" in row)
    assert len(rows) == 3 + 3 + 6
    grouped = bakery.rows(bakery.ended(bakery.run_query(query, group=True)))
    assert [row.get("__parentId") for row in grouped[:3]] == [None, gid("Customer", 1), gid("Order", 11)]


def test_arguments_filter_and_sort_but_pages_do_not_matter() -> None:
    bakery = Bakery()
    query = """{ orders(first: 1, query: "customer_id:1", sortKey: ID, reverse: true) {
        nodes { name } pageInfo { endCursor } } }"""
    assert bakery.rows(bakery.ended(bakery.run_query(query))) == [{"name": "#1012"}, {"name": "#1011"}]


def test_the_window_holds_for_bulk_queries_too() -> None:
    bakery = Bakery(all_orders=False)
    rows = bakery.rows(bakery.ended(bakery.run_query("{ orders { nodes { name } } }")))
    assert rows == [{"name": "#1013"}, {"name": "#1012"}]


def test_several_root_connections_follow_each_other() -> None:
    bakery = Bakery()
    rows = bakery.rows(bakery.ended(bakery.run_query("{ customers { nodes { id } } orders { nodes { id } } }")))
    assert [row["id"].split("/")[3] for row in rows] == ["Customer"] * 3 + ["Order"] * 3


def test_an_ended_operation_says_where_its_result_is() -> None:
    bakery = Bakery()
    said = bakery.run_query(ORDERS)
    assert said["bulkOperation"]["status"] == "CREATED"
    operation = bakery.ended(said)
    size = len(b"".join(bulk.result(bakery.world, operation.id)))
    assert bakery.data(LOOK, id=said["bulkOperation"]["id"])["bulkOperation"] == {
        "id": gid("BulkOperation", operation.id),
        "type": "QUERY",
        "status": "COMPLETED",
        "errorCode": None,
        "createdAt": "2026-11-18T09:06:40Z",
        "completedAt": "2026-11-18T09:06:40Z",
        "objectCount": "9",
        "rootObjectCount": "3",
        "fileSize": str(size),
        "url": f"http://127.0.0.1:2/_bulk/{operation.id}.jsonl",
        "partialDataUrl": None,
        "query": ORDERS,
    }


def test_an_empty_result_has_no_address() -> None:
    bakery = Bakery()
    operation = bakery.ended(bakery.run_query('{ orders(query: "id:99") { nodes { id } } }'))
    look = bakery.data(LOOK, id=gid("BulkOperation", operation.id))["bulkOperation"]
    assert (look["status"], look["objectCount"], look["url"], look["fileSize"]) == ("COMPLETED", "0", None, None)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop { id } }", "Bulk queries must contain at least one connection."),
        ("{ orders { edges { node { id ", "Invalid bulk query: syntax error, unexpected end of file"),
        ("{ orders { nodes { nose } } }", "Invalid bulk query: Cannot query field 'nose' on type 'Order'."),
        (
            '{ node(id: "gid://shopify/Order/1") { id } orders { nodes { id } } }',
            "Bulk queries cannot contain a top level `node` or `nodes` field.",
        ),
        (
            "{" + " ".join(f"a{n}: orders {{ nodes {{ id }} }}" for n in range(6)) + "}",
            "Bulk queries cannot contain more than 5 connections.",
        ),
        (
            "{ orders { nodes { name lineItems { nodes { id } } } } }",
            "The parent 'node' field for a nested connection must select the 'id' field without an alias",
        ),
        (
            '{ orders(query: "colour:red") { nodes { id } } }',
            "Invalid search query: the field 'colour' is not simulated",
        ),
        ("query($n: Int) { orders(first: $n) { nodes { id } } }", "Bulk queries cannot have variables."),
        ("{ orders { pageInfo { hasNextPage } } }", "The connection 'orders' selects neither nodes nor edges."),
    ],
)
def test_what_cannot_run_in_bulk_is_refused(query: str, message: str) -> None:
    bakery = Bakery()
    said = bakery.run_query(query)
    (error,) = said["userErrors"]
    assert said["bulkOperation"] is None
    assert (error["field"], error["code"]) == (["query"], "INVALID")
    assert error["message"].startswith(message)
    assert bakery.shop.operations == {}


def test_a_connection_below_a_plain_object_is_refused() -> None:
    query = "{ orders { nodes { id customer { id orders { nodes { id } } } } } }"
    assert "below an object that is no connection" in Bakery().run_query(query)["userErrors"][0]["message"]


def test_a_sixth_operation_at_a_time_is_refused() -> None:
    """Five of each type may run at once, counted for queries and mutations apart."""
    bakery = Bakery(bulk_delay=30.0)
    started = [bakery.run_query(ORDERS)["bulkOperation"]["id"] for _ in range(5)]
    (error,) = bakery.run_query(ORDERS)["userErrors"]
    assert error["code"] == "OPERATION_IN_PROGRESS"
    assert error["message"].startswith(
        f"A bulk query operation for this app and shop is already in progress: {started[0]}"
    )
    for operation in started:
        cancel(bakery, operation)
    assert all(operation.done.wait(10) for operation in bakery.shop.operations.values())
    bakery.world.knobs.bulk_delay = 0.0
    bakery.ended(bakery.run_query(ORDERS))


def cancel(bakery: Bakery, operation: str) -> dict[str, Any]:
    query = """mutation($id: ID!) { bulkOperationCancel(id: $id) {
        bulkOperation { status } userErrors { field message } } }"""
    return bakery.data(query, id=operation)["bulkOperationCancel"]


def test_a_cancelled_operation_ends_with_what_it_had() -> None:
    bakery = Bakery(bulk_delay=30.0)
    started = bakery.run_query(ORDERS)
    assert cancel(bakery, started["bulkOperation"]["id"])["bulkOperation"] == {"status": "CANCELING"}
    operation = bakery.ended(started)
    look = bakery.data(LOOK, id=gid("BulkOperation", operation.id))["bulkOperation"]
    assert (look["status"], look["url"]) == ("CANCELED", None)
    again = cancel(bakery, look["id"])
    assert again["userErrors"] == [
        {"field": None, "message": "A bulk operation cannot be canceled when it is canceled"}
    ]
    assert cancel(bakery, gid("BulkOperation", 1))["userErrors"][0]["field"] == ["id"]


def test_the_end_is_announced() -> None:
    bakery = Bakery()
    operation = bakery.ended(bakery.run_query(ORDERS))
    at = "2026-11-18T09:06:40Z"
    assert bakery.sent == [
        (
            "bulk_operations/finish",
            {
                "admin_graphql_api_id": gid("BulkOperation", operation.id),
                "completed_at": at,
                "created_at": at,
                "error_code": None,
                "status": "completed",
                "type": "query",
            },
        )
    ]


def test_the_end_may_go_unannounced() -> None:
    """The webhook is not guaranteed: whoever waits for it alone waits forever."""
    bakery = Bakery(finish_webhooks=False)
    bakery.ended(bakery.run_query(ORDERS))
    assert bakery.sent == []


def test_operations_are_listed_newest_first() -> None:
    bakery = Bakery()
    ids = [gid("BulkOperation", bakery.ended(bakery.run_query(ORDERS)).id) for _ in range(3)]
    query = """query($q: String, $reverse: Boolean) {
        bulkOperations(first: 9, query: $q, reverse: $reverse) { nodes { id } } }"""

    def listed(**variables: Any) -> list[str]:
        return [node["id"] for node in bakery.data(query, **variables)["bulkOperations"]["nodes"]]

    assert listed() == ids[::-1]
    assert listed(reverse=True, q="status:completed operation_type:query") == ids
    assert listed(q="status:running") == []


def test_a_search_below_the_root_that_nobody_understands_fails_the_operation() -> None:
    bakery = Bakery()
    operation = bakery.ended(
        bakery.run_query('{ customers { nodes { id orders(query: "colour:red") { nodes { id } } } } }')
    )
    assert (operation.status, operation.error_code) == ("FAILED", "INTERNAL_SERVER_ERROR")
    assert bakery.sent[0][1]["status"] == "failed"


def test_a_result_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        bulk.result(Bakery().world, 1)


def test_live_calls_and_new_orders_go_on_while_a_large_bulk_query_runs() -> None:
    """A few thousand orders, in several pieces: the result holds what was there when the operation was asked for."""
    bakery = Bakery(bucket=1e9)
    for number in range(1000, 6000):
        at = NOW - DAY
        bakery.shop.customers[number] = Customer(number, at, at)
        bakery.shop.orders[number] = Order(
            number, f"#{number}", number, at, at, at, 100, [Line(number * 10, 3, 1, 100)]
        )
    said = bakery.run_query(f"{{ orders {{ nodes {{ {ORDER} lineItems {{ nodes {{ {LINE} }} }} }} }} }} {REFUND}")
    operation = bakery.shop.operations[int(said["bulkOperation"]["id"].rpartition("/")[2])]
    turns = 0
    while not operation.done.wait(0.001):
        turns += 1
        with bakery.world.lock:
            bakery.order(100_000 + turns, customer=1, days_ago=1)
            bakery.shop.customers[100_000 + turns] = Customer(100_000 + turns, NOW, NOW)
        assert bakery.data("{ shop { name } }")
    rows = bakery.rows(bakery.ended(said))
    assert turns > 0
    assert len(rows) == operation.objects == 5003 + 5000 + 6
    assert len(operation.pieces) > 1
    assert sum(len(zlib.decompress(piece)) for piece in operation.pieces) == operation.size


def test_asking_for_a_bulk_query_costs_as_much_as_any_mutation() -> None:
    cost = Bakery().ask(RUN_QUERY, query=ORDERS)["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, 10)
