"""What the law lets customers and shops ask for, over HTTP."""

from typing import Any

import pytest

from plugin.simulator import delivery
from plugin.simulator.access import new_token
from plugin.simulator.people import person
from tests.material import require, webhook_sample, webhook_samples
from tests.simulator.conftest import BAKERY, Running


@pytest.fixture
def anna(running: Running) -> int:
    """The id of the bakery's one customer."""
    return next(iter(running.shop.customers))


def tell(running: Running, path: str, **wish: Any) -> None:
    answer = running.post(f"/_simulator/{BAKERY}/{path}", **wish)
    assert answer.status_code == 200, answer.text


def told(running: Running, topic: str) -> dict[str, Any]:
    """The payload of the only webhook of this topic, which is signed like every other."""
    running.quiet()
    (got,) = running.door.of(topic)
    assert got.headers["X_SHOPIFY_HMAC_SHA256"] == delivery.digest(got.raw, running.world.secret)
    assert got.headers["X_SHOPIFY_SHOP_DOMAIN"] == BAKERY
    payload: dict[str, Any] = got.payload
    return payload


def asked(running: Running, document: str, **variables: Any) -> Any:
    token, _ = new_token(running.shop, running.world.scopes, expiring=True)
    url = f"{running.server.address}/{BAKERY}/admin/api/2026-10/graphql.json"
    body = {"query": document, "variables": variables}
    return running.session.post(url, json=body, headers={"X-Shopify-Access-Token": token}, timeout=10).json()["data"]


def test_a_data_request_names_the_customer_and_their_orders(running: Running, anna: int) -> None:
    orders = [running.order("create", customer=anna)["id"] for _ in range(2)]
    running.order("create")
    tell(running, f"customers/{anna}/data_request")
    who = person(anna)
    assert told(running, "customers/data_request") == {
        "shop_id": 1,
        "shop_domain": BAKERY,
        "customer": {"id": anna, "email": who.email, "phone": who.phone},
        "orders_requested": orders,
        "data_request": {"id": 1},
    }


def test_a_redacted_customer_loses_name_and_address(running: Running, anna: int) -> None:
    order = running.order("create", customer=anna)["id"]
    tell(running, f"customers/{anna}/redact", orders=[order])
    payload = told(running, "customers/redact")
    assert payload["customer"] == {"id": anna, "email": person(anna).email, "phone": person(anna).phone}
    assert payload["orders_to_redact"] == [order]
    who = asked(running, "query ($id: ID!) { customer(id: $id) { firstName displayName } }", id=gid(anna))["customer"]
    assert who == {"firstName": None, "displayName": "Redacted"}
    (row,) = running.rows("customers")
    assert (row["redacted"], row["email"], row["sms"]) == (True, "redacted", "redacted")


def test_a_customer_who_was_deleted_may_be_redacted(running: Running, anna: int) -> None:
    tell(running, f"customers/{anna}/delete")
    tell(running, f"customers/{anna}/redact")
    assert told(running, "customers/redact")["customer"]["id"] == anna


@pytest.mark.parametrize("path", ["customers/1/data_request", "customers/1/redact", "redact"])
def test_the_law_reaches_an_app_that_has_left(running: Running, path: str) -> None:
    tell(running, "uninstall")
    tell(running, path)
    running.quiet()
    assert len(running.door.topics()) == 2


@pytest.mark.parametrize(
    ("topic", "path"),
    [
        ("customers/data_request", "customers/1/data_request"),
        ("customers/redact", "customers/1/redact"),
        ("shop/redact", "redact"),
    ],
)
def test_the_payloads_are_those_documented(running: Running, topic: str, path: str) -> None:
    require(webhook_samples)
    tell(running, path)
    assert shape(told(running, topic)) == shape(webhook_sample(topic))


def test_the_sale_of_data_is_forbidden_by_the_customer(running: Running, anna: int) -> None:
    document = "query ($id: ID!) { customer(id: $id) { dataSaleOptOut } }"
    assert asked(running, document, id=gid(anna)) == {"customer": {"dataSaleOptOut": False}}
    tell(running, f"customers/{anna}/data_sale", opt_out=True)
    assert asked(running, document, id=gid(anna)) == {"customer": {"dataSaleOptOut": True}}
    assert running.rows("customers")[0]["data_sale_opt_out"] is True


@pytest.mark.parametrize(
    ("path", "wish", "status"),
    [
        ("customers/1/data_sale", {"opt_out": True}, 404),
        ("customers/1/data_sale", {}, 400),
        ("customers/1/redact", {"orders": "all"}, 400),
        ("customers/1/data_request", {"orders": ["#1001"]}, 400),
    ],
)
def test_an_impossible_wish_is_refused(running: Running, path: str, wish: dict[str, Any], status: int) -> None:
    assert running.post(f"/_simulator/{BAKERY}/{path}", **wish).status_code == status
    assert running.door.received == []


def gid(customer: int) -> str:
    return f"gid://shopify/Customer/{customer}"


def shape(payload: dict[str, Any]) -> dict[str, Any]:
    """The names in a payload, and of those within it."""
    return {name: shape(value) if isinstance(value, dict) else None for name, value in payload.items()}
