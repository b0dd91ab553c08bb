"""What an app sees of customers that Shopify has not approved for all of their data."""

from typing import Any

import pytest

from plugin.simulator import approval
from plugin.simulator.people import person
from tests.simulator.conftest import Running
from tests.simulator.quiet import Bakery, gid

CUSTOMER = f'customer(id: "{gid("Customer", 1)}")'
TAG = f'mutation {{ tagsAdd(id: "{gid("Customer", 1)}", tags: ["client"]) {{ userErrors {{ message }} }} }}'


def test_an_approved_app_reads_names() -> None:
    assert Bakery().data(f"{{ {CUSTOMER} {{ firstName }} }}") == {"customer": {"firstName": person(1).first}}


def test_below_level_two_a_name_is_null_and_said_to_be_denied() -> None:
    said = Bakery(approved_level=1).ask(f"{{ {CUSTOMER} {{ tags firstName }} }}")
    assert said["data"] == {"customer": {"tags": ["newsletter", "VIP"], "firstName": None}}
    (error,) = said["errors"]
    assert error["message"].startswith("This app is not approved to use the firstName field. See https://shopify.dev/")
    assert (error["extensions"]["code"], error["path"]) == ("ACCESS_DENIED", ["customer", "firstName"])


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (f"{{ {CUSTOMER} {{ id }} }}", "Customer"),
        ("{ customers(first: 1) { nodes { id } } }", "Customer"),
        ("{ orders(first: 1) { nodes { id } } }", "Order"),
        (f'{{ node(id: "{gid("Order", 11)}") {{ id }} }}', "Order"),
        (TAG, "Customer"),
    ],
)
def test_at_level_nought_there_are_no_customers_and_orders(document: str, name: str) -> None:
    bakery = Bakery(approved_level=0)
    error = bakery.error(document)
    assert error["message"].startswith(f"This app is not approved to access the {name} object.")
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert bakery.shop.customers[1].tags == ["VIP", "newsletter"]


@pytest.mark.parametrize(("level", "field"), [(0, "id"), (1, "firstName")])
def test_a_bulk_query_fails_for_what_is_not_approved(level: int, field: str) -> None:
    bakery = Bakery(approved_level=level)
    operation = bakery.ended(bakery.run_query(f"{{ customers {{ nodes {{ id {field} }} }} }}"))
    assert (operation.status, operation.error_code) == ("FAILED", "ACCESS_DENIED")


def test_at_level_nought_no_webhook_tells_of_customers_but_those_of_the_law(running: Running) -> None:
    running.post("/_simulator/knobs", approved_level=0)
    order = running.order("create")
    running.post(f"/_simulator/{running.shop.domain}/customers/{order['customer']}/tags", add=["VIP"])
    running.post(f"/_simulator/{running.shop.domain}/customers/{order['customer']}/redact")
    running.quiet()
    assert running.door.topics() == ["customers/redact"]
    assert running.door.received[0].payload["customer"]["email"]


def test_below_level_two_webhooks_carry_no_names_and_addresses() -> None:
    payload: dict[str, Any] = {"id": 1, "email": "a@b.example", "items": [{"phone": "1", "price": "2.00"}]}
    assert approval.without_personal(2, payload) == payload
    assert approval.without_personal(1, payload) == {
        "id": 1,
        "email": None,
        "items": [{"phone": None, "price": "2.00"}],
    }
