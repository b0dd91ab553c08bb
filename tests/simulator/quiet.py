"""A simulated shop without its server: Anna's Bakery on a calendar that stands still."""

import json
from typing import Any

from plugin.simulator import bulk, graph
from plugin.simulator.state import Customer, Knobs, Line, Operation, Order, Refund, Shop, World
from plugin.simulator.uploads import accept_upload

DAY = 86_400_000
NOW = 1_794_992_800_000  # 2026-11-18T09:06:40Z

RUN_QUERY = """
    mutation Run($query: String!, $group: Boolean! = false) {
        bulkOperationRunQuery(query: $query, groupObjects: $group) {
            bulkOperation { id status } userErrors { field message code } } }"""
RUN_MUTATION = """
    mutation Run($mutation: String!, $path: String!) {
        bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) {
            bulkOperation { id status } userErrors { field message code } } }"""
STAGE = """
    mutation Stage($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) {
        stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }"""
LINES_FILE = {
    "resource": "BULK_MUTATION_VARIABLES",
    "filename": "lines.jsonl",
    "mimeType": "text/jsonl",
    "httpMethod": "POST",
}


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


class Bakery:
    """Three customers: one ordered twice, two once for Oak Ltd, three never. `sent` keeps what was emitted."""

    def __init__(self, **knobs: Any) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.world = World(
            api_key="simulated-key",
            secret="simulated-secret",
            app_url="http://127.0.0.1:1",
            scopes=("read_customers", "write_customers", "read_orders"),
            api_version="2026-10",
            redirect_urls=(),
            subscriptions={},
            webhooks_uri="http://127.0.0.1:1/webhooks",
            address="http://127.0.0.1:2",
            knobs=Knobs(**knobs),
            emit=lambda shop, topic, payload: self.sent.append((topic, payload)),
            now=lambda: NOW,
        )
        self.shop = Shop(7, "annas-bakery.myshopify.com", "Anna's Bakery", zone="Europe/Sofia", currency="EUR")
        self.world.shops[self.shop.domain] = self.shop
        for number, tags in ((1, ["VIP", "newsletter"]), (2, []), (3, ["old"])):
            self.shop.customers[number] = Customer(number, NOW - 500 * DAY, NOW - number * DAY, tags)
        self.order(11, customer=1, days_ago=90)
        self.order(12, customer=1, days_ago=10, status="partially_refunded", refunds=[Refund(5, NOW - 5 * DAY, 450)])
        self.order(13, customer=2, days_ago=20, company=(21, 22), status="pending", terms=31)

    def order(self, number: int, *, customer: int | None, days_ago: int, **fields: Any) -> Order:
        """An order of two rolls at 10.00, 2.50 off, and a gift card of 5.00."""
        at = NOW - days_ago * DAY
        lines = [Line(number * 10, 41, 2, 1000, discount=250), Line(number * 10 + 1, None, 1, 500, gift_card=True)]
        given = {"discount": 250, "discount_codes": ["ROLLS"], "lines": lines} | fields
        order = Order(number, f"#10{number}", customer, at, at, at, 2250, **given)
        self.shop.orders[number] = order
        return order

    def ask(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """The whole body of the answer."""
        return graph.execute(self.world, self.shop, document, variables)

    def data(self, document: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        body = self.ask(document, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def error(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """The only error of an answer."""
        (error,) = self.ask(document, **variables)["errors"]
        return error

    def run_query(self, query: str, *, group: bool = False) -> dict[str, Any]:
        """What bulkOperationRunQuery says."""
        return self.data(RUN_QUERY, query=query, group=group)["bulkOperationRunQuery"]

    def upload(self, *lines: Any) -> str:
        """Stage a file of variables, one JSON value a line; its path."""
        (target,) = self.data(STAGE, input=[LINES_FILE])["stagedUploadsCreate"]["stagedTargets"]
        form = {one["name"]: one["value"] for one in target["parameters"]}
        return accept_upload(self.world, form, b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    def run_mutation(self, mutation: str, path: str) -> dict[str, Any]:
        """What bulkOperationRunMutation says."""
        return self.data(RUN_MUTATION, mutation=mutation, path=path)["bulkOperationRunMutation"]

    def ended(self, said: dict[str, Any]) -> Operation:
        """The operation that was started, once it has ended."""
        assert said["userErrors"] == [], said
        operation = self.shop.operations[int(said["bulkOperation"]["id"].rpartition("/")[2])]
        assert operation.done.wait(30)
        return operation

    def rows(self, operation: Operation) -> list[dict[str, Any]]:
        """The lines of an operation's result."""
        return [json.loads(line) for line in b"".join(bulk.result(self.world, operation.id)).splitlines()]
