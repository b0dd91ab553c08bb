"""Webhooks as Shopify sends them, received by a real server."""

import base64
import hashlib
import hmac
import time
import tomllib

import pytest

from plugin.simulator import delivery, webhooks
from plugin.simulator.run import APP_TOML
from tests.simulator.conftest import BAKERY, Running


def paths_of(value: object, prefix: str = "") -> set[str]:
    """Every dotted path to a leaf; lists map through."""
    if isinstance(value, list):
        return set().union(*(paths_of(member, prefix) for member in value)) if value else {prefix.rstrip(".")}
    if isinstance(value, dict):
        return set().union(*(paths_of(part, f"{prefix}{name}.") for name, part in value.items()))
    return {prefix.rstrip(".")}


def test_the_signature_is_shopifys() -> None:
    """A known vector, with a letter beyond ASCII."""
    assert delivery.digest('{"id":1,"note":"café"}'.encode(), "hush") == "foEjqc88nIdg5LAnXXzRsDrJnpNZJKbyPLSa9+F3LXU="


def test_an_order_arrives_signed_and_with_every_header(running: Running) -> None:
    running.order("create", total=1230)
    running.quiet()
    (got,) = running.door.of("orders/create")
    secret = running.world.secret.encode()
    signature = base64.b64encode(hmac.new(secret, got.raw, hashlib.sha256).digest()).decode()
    assert got.headers["X_SHOPIFY_HMAC_SHA256"] == signature
    assert got.headers["X_SHOPIFY_SHOP_DOMAIN"] == BAKERY
    assert got.headers["X_SHOPIFY_API_VERSION"] == "2026-10"
    assert got.headers["X_SHOPIFY_TRIGGERED_AT"].endswith("Z")
    assert len(got.id) == 36


def test_the_old_secret_signs_as_long_as_it_is_not_revoked(running: Running) -> None:
    running.world.old_secret = "simulated-older-secret"
    running.order("create")
    running.quiet()
    got = running.door.of("orders/create")[0]
    assert got.headers["X_SHOPIFY_HMAC_SHA256"] == delivery.digest(got.raw, "simulated-older-secret")


def test_an_order_carries_the_fields_of_app_toml_and_nothing_else(running: Running) -> None:
    """Names and addresses of the customer are in the whole payload, and never asked for."""
    tables = tomllib.loads(APP_TOML.read_text())["webhooks"]["subscriptions"]
    wanted = next(set(table["include_fields"]) for table in tables if "orders/updated" in table.get("topics", ()))
    made = running.order("create", total=5000, discount_codes=["FLASH20"], discount=500, company=[3, 4], terms=9)
    running.quiet()  # two deliveries on their way at once may arrive in either order
    running.order("refund", order=made["id"])
    running.quiet()
    payload = running.door.of("orders/updated")[-1].payload
    assert paths_of(payload) == wanted
    assert b"example.com" not in running.door.received[0].raw


def test_webhooks_of_one_action_share_its_id(running: Running) -> None:
    """Each has its own webhook id, and the X-Shopify-Event-Id of what the merchant did."""
    running.order("create")
    running.quiet()
    first, second = running.door.received
    assert first.headers["X_SHOPIFY_EVENT_ID"] == second.headers["X_SHOPIFY_EVENT_ID"]
    assert first.id != second.id


def test_an_equal_trimmed_payload_is_sent_once(running: Running) -> None:
    """Only for the same topic and resource, and only in quick succession."""
    for _ in range(3):
        running.world.emit(running.shop, "orders/updated", {"id": 7, "name": "#1001", "note": time.time()})
    running.world.emit(running.shop, "orders/updated", {"id": 8, "name": "#1001"})
    running.world.emit(running.shop, "orders/updated", {"id": 7, "name": "#1002"})
    running.quiet()
    assert len(running.door.received) == 3
    assert running.server.sender.counters()["debounced"] == 2


def test_topics_the_app_did_not_ask_for_are_not_sent(running: Running) -> None:
    running.world.emit(running.shop, "orders/paid", {"id": 1})
    running.shop.installed = False
    running.world.emit(running.shop, "orders/create", {"id": 1})
    assert running.server.sender.quiet()
    assert running.door.received == []


@pytest.mark.parametrize("status", [302, 401, 500])
def test_anything_but_2xx_is_tried_again_with_the_same_id(running: Running, status: int) -> None:
    running.world.knobs.retry_scale = 0.0001
    running.door.statuses = [status, status]
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    running.quiet()
    assert [it.status for it in running.door.received] == [status, status, 200]
    assert len({(it.id, it.raw) for it in running.door.received}) == 1
    counters = running.server.sender.counters()
    assert (counters["failed"], counters["retried"], counters["sent"]) == (2, 2, 1)


def test_after_eight_retries_a_webhook_is_given_up(running: Running) -> None:
    running.world.knobs.retry_scale = 0.00001
    running.door.statuses = [500] * 20
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    running.quiet()
    assert len(running.door.received) == 9
    assert running.server.sender.counters()["given_up"] == 1


def test_the_eight_retries_take_four_hours() -> None:
    assert sum(webhooks.FIRST_RETRY * 2**tries for tries in range(webhooks.RETRIES)) == pytest.approx(4 * 3600)


def test_an_answer_after_the_limit_is_a_failure(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is Shopify's five seconds, shortened here so that the test need not wait for it."""
    assert delivery.LIMIT == 5.0
    monkeypatch.setattr(delivery, "LIMIT", 0.05)
    running.world.knobs.retry_scale = 0.001
    running.door.seconds = 0.2
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    time.sleep(0.1)
    running.door.seconds = 0.0
    running.quiet()
    assert running.server.sender.counters()["failed"] >= 1
    assert running.server.sender.counters()["sent"] == 1


def test_an_app_that_is_down_is_tried_again_until_it_is_up(running: Running) -> None:
    running.world.knobs.retry_scale = 0.001
    up, running.world.webhooks_uri = running.world.webhooks_uri, "http://127.0.0.1:9/webhooks"
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    assert not running.server.sender.wait_quiet(0.1)
    assert running.server.sender.counters()["failed"] >= 1
    running.world.webhooks_uri = up
    running.world.emit(running.shop, "orders/delete", {"id": 2})
    deadline = time.monotonic() + 5
    while not running.door.received and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [it.payload for it in running.door.received] == [{"id": 2}]


def test_repeated_webhooks_have_the_same_id(running: Running) -> None:
    running.world.knobs.repeat = 1.0
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    running.quiet()
    assert len(running.door.received) == 2
    assert len({it.id for it in running.door.received}) == 1


def test_reordered_webhooks_come_after_later_ones(running: Running) -> None:
    running.world.knobs.reorder = 0.5
    for number in range(30):
        running.world.emit(running.shop, "orders/delete", {"id": number})
    running.quiet()
    arrived = [it.payload["id"] for it in running.door.received]
    assert sorted(arrived) == list(range(30))
    assert arrived != sorted(arrived)


def test_the_seed_decides_which_webhooks_are_dropped(running: Running) -> None:
    running.world.knobs.drop = 0.5
    for number in range(40):
        running.world.emit(running.shop, "orders/delete", {"id": number})
    running.quiet()
    dropped = running.server.sender.counters()["dropped"]
    assert 5 < dropped < 35
    assert len(running.door.received) == 40 - dropped
    arrived = {it.payload["id"] for it in running.door.received}

    again = webhooks.Sender(running.world, threads=1)
    for number in range(100, 140):
        running.world.emit(running.shop, "orders/delete", {"id": number})
    assert again.wait_quiet(10)
    again.close()
    assert {it.payload["id"] for it in running.door.received} - arrived == {number + 100 for number in arrived}


def test_delayed_webhooks_wait(running: Running) -> None:
    running.world.knobs.delay = 0.2
    running.world.emit(running.shop, "orders/delete", {"id": 1})
    assert not running.server.sender.wait_quiet(0.1)
    running.quiet()
    assert len(running.door.received) == 1
