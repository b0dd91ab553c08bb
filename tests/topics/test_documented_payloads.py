"""Every payload Shopify documents for our topics is understood, whole and trimmed; these are all we ask for."""

import pytest

from plugin.core.facts import (
    BulkFinished,
    ConsentSeen,
    CustomerDeleted,
    CustomerTouched,
    OrderDeleted,
    PrivacyAsked,
    ScopesChanged,
    ShopLeft,
    ShopSeen,
)
from plugin.core.orders import Ignored, why_ignored
from tests.topics.payloads import APP, ORDER_TOPICS, counted, sample, told, trimmed
from webhooks.topics import TOPICS

ORDER = 820982911946154508
DOMAIN = "{shop}.myshopify.com"
TOYS = ShopSeen(name="Super Toys", zone="", currency="USD", locale="en", plan="enterprise")

EXPECTED = {
    "customers/merge": [],
    "customer.tags_added": [CustomerTouched("Customer/1", ("tag1", "tag2"), added=True)],
    "customer.tags_removed": [CustomerTouched("Customer/1", ("tag1", "tag2"), added=False)],
    "app/uninstalled": [ShopLeft()],
    "app/scopes_update": [ScopesChanged(("read_products", "write_products"))],
    "shop/update": [TOYS],
    "bulk_operations/finish": [BulkFinished("gid://shopify/BulkOperation/147595010")],
    "customers/data_request": [
        PrivacyAsked("customers/data_request", "Customer/191167", (299938, 280263, 220458), DOMAIN)
    ],
    "customers/redact": [PrivacyAsked("customers/redact", "Customer/191167", (299938, 280263, 220458), DOMAIN)],
    "shop/redact": [PrivacyAsked("shop/redact", None, (), DOMAIN)],
}


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_documented_payload_is_understood_whole_and_trimmed(topic: str) -> None:
    payload = sample(topic)
    whole, cut = told(topic, payload), told(topic, trimmed(topic, payload))
    assert [type(fact) for fact in whole] == [type(fact) for fact in cut]
    assert whole or topic == "customers/merge"


@pytest.mark.parametrize("topic", sorted(EXPECTED))
def test_a_documented_payload_tells_its_facts(topic: str) -> None:
    assert told(topic, sample(topic)) == EXPECTED[topic]


def test_our_topics_are_those_of_app_toml() -> None:
    asked = [
        name
        for subscription in APP["webhooks"]["subscriptions"]
        for name in subscription.get("topics", []) + subscription.get("compliance_topics", [])
    ]
    assert sorted(asked) == sorted(TOPICS)


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_no_documented_order_counts(topic: str) -> None:
    """They are tests, cancelled and voided all at once: hence the counted variants."""
    (order,) = told(topic, sample(topic))
    assert why_ignored(order) is Ignored.TEST


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_a_counted_variant_counts_whole_and_trimmed(topic: str) -> None:
    payload = counted(topic)
    (whole,), (cut,) = told(topic, payload), told(topic, trimmed(topic, payload))
    assert why_ignored(whole) is Ignored.COUNTED
    assert (whole.order, whole.total, whole.units, len(whole.products)) == (ORDER, 40495, 5, 4)
    # The sample's numbers are rounded, so only the gid, which trimming takes from the customer, is exact.
    assert whole.customer == "Customer/115310627314723954"
    assert cut == whole._replace(customer="Customer/115310627314723950")


def test_a_rounded_number_is_not_trusted_where_the_gid_stands_beside_it() -> None:
    """The samples went through floating point: 820982911946154508 became ...154500."""
    assert sample("orders/create")["id"] != ORDER
    assert told("orders/create", sample("orders/create"))[0].order == ORDER
    assert told("customers/delete", sample("customers/delete")) == [CustomerDeleted("Customer/706405506930370084")]


def test_a_deleted_order_leaves_its_number() -> None:
    assert told("orders/delete", sample("orders/delete")) == [OrderDeleted(820982911946154500)]


def test_a_consent_without_a_moment_is_older_than_any_other() -> None:
    email, sms = "customers_email_marketing_consent/update", "customers_marketing_consent/update"
    assert told(email, sample(email)) == [ConsentSeen("Customer/706405506930370000", "email", "not_subscribed", 0)]
    assert told(sms, sample(sms)) == [ConsentSeen("Customer/706405506930370000", "sms", "", 0)]
