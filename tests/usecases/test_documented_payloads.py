"""Shopify's documented payloads go through door, drain and verdict with nothing parked."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from plugin.core.verdict import Kind
from plugin.shopify.signature import Verifier, body_digest
from plugin.usecases.accept_deliveries import Committer
from tests.topics.payloads import ORDER_TOPICS, Payload, counted, sample, trimmed
from tests.usecases.conftest import Oak
from webhooks.receive import Door
from webhooks.topics import TOPICS

SECRET = "simulated-secret"
OAK = "oak-ltd.myshopify.com"
DOMAINS = {"shop_domain", "myshopify_domain"}
Post = Callable[[str, Payload], int]


@pytest.fixture
def post(oak: Oak) -> Iterator[Post]:
    """Posts a signed delivery at the door; answers with the status."""
    committer = Committer(oak.services.database, lambda shop: None)
    committer.start()
    door = Door(verifier=Verifier((SECRET,)), committer=committer, now=oak.services.now)
    sent = iter(range(10_000))

    def deliver(topic: str, payload: Payload) -> int:
        body = msgspec.json.encode(payload)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_X_SHOPIFY_TOPIC": topic,
            "HTTP_X_SHOPIFY_SHOP_DOMAIN": OAK,
            "HTTP_X_SHOPIFY_WEBHOOK_ID": f"delivery-{next(sent)}",
            "HTTP_X_SHOPIFY_TRIGGERED_AT": "2026-11-21T10:00:00Z",
            "HTTP_X_SHOPIFY_HMAC_SHA256": body_digest(body, SECRET),
        }
        statuses: list[str] = []
        list(door(environ, lambda status, headers, error=None: statuses.append(status)))  # type: ignore[arg-type,return-value]  # WSGI's write callable is not used
        return int(statuses[0].split()[0])

    yield deliver
    committer.stop()


# The uninstall comes last: after it nothing more is worked off for the shop.
@pytest.mark.parametrize("topic", sorted(TOPICS, key=lambda topic: (topic == "app/uninstalled", topic)))
def test_a_documented_payload_is_worked_off_whole_and_trimmed(oak: Oak, post: Post, topic: str) -> None:
    whole = {name: OAK if name in DOMAINS else value for name, value in sample(topic).items()}
    assert [post(topic, payload) for payload in (whole, trimmed(topic, whole))] == [200, 200]
    oak.drain()
    assert oak.parked() == []
    assert oak.column("SELECT count(*) FROM inbox WHERE state IN (1, 3)") == [2]


@pytest.mark.parametrize("cut", [False, True], ids=["whole", "trimmed"])
@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_a_counted_variant_makes_a_buyer_and_its_repetition_a_client(
    oak: Oak, post: Post, topic: str, *, cut: bool
) -> None:
    """The samples themselves are test, cancelled or voided orders: these are the same but counted."""
    # The sample's line items have products; other ones make the second order more than a gift.
    first = counted(topic, customer={"id": 207119551}, processed_at="2026-10-01T12:00:00Z")
    second = counted(
        topic,
        admin_graphql_api_id="gid://shopify/Order/42",
        customer={"id": 207119551},
        processed_at="2026-11-01T12:00:00Z",
        line_items=[{**line, "product_id": 17} for line in first["line_items"]],
    )
    for payload, kind in ((first, Kind.BUYER), (second, Kind.CLIENT)):
        assert post(topic, trimmed(topic, payload) if cut else payload) == 200
        oak.drain()
        assert oak.kinds() == {"Customer/207119551": kind}
    assert oak.parked() == []


def test_the_uncounted_samples_make_nobody_a_buyer(oak: Oak, post: Post) -> None:
    """A test order is kept, and says why it does not count."""
    for topic in ORDER_TOPICS:
        post(topic, sample(topic))
    oak.drain()
    assert set(oak.kinds().values()) <= {Kind.NONE}
    assert 0 not in oak.column("SELECT ignored FROM orders")
