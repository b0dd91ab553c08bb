"""What the other deliveries tell."""

import pytest

from plugin.core.facts import ConsentSeen, CustomerDeleted, CustomersMerged, CustomerTouched, PrivacyAsked, ShopSeen
from plugin.errors import GiveUp
from tests.topics.payloads import Payload, told
from webhooks.topics import topic
from webhooks.topics.app import Scopes

MERGE: Payload = {
    "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
    "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
}


@pytest.mark.parametrize("status", ["in_progress", "requested", "failed"])
def test_only_a_completed_merge_is_one(status: str) -> None:
    assert told("customers/merge", MERGE | {"status": status}) == []
    assert told("customers/merge", MERGE | {"status": "completed"}) == [
        CustomersMerged(kept="Customer/1", gone="Customer/2")
    ]


def test_a_deleted_customer_is_known_by_number_too() -> None:
    assert told("customers/delete", {"id": 12}) == [CustomerDeleted("Customer/12")]


@pytest.mark.parametrize(("name", "added"), [("customer.tags_added", True), ("customer.tags_removed", False)])
def test_a_tag_change_says_which_tags_came_or_went_and_not_by_whom(name: str, added: bool) -> None:
    assert told(name, {"customerId": "gid://shopify/Customer/5", "tags": ["client"]}) == [
        CustomerTouched("Customer/5", ("client",), added=added)
    ]


def test_consent_has_its_channel_and_moment() -> None:
    consent = {"state": "subscribed", "consent_updated_at": "2026-05-01T10:00:00-04:00"}
    email = {"customer_id": 7, "email_marketing_consent": consent | {"opt_in_level": "single_opt_in"}}
    assert told("customers_email_marketing_consent/update", email) == [
        ConsentSeen("Customer/7", "email", "subscribed", 1777644000000)
    ]
    assert told("customers_marketing_consent/update", {"id": 7, "sms_marketing_consent": consent}) == [
        ConsentSeen("Customer/7", "sms", "subscribed", 1777644000000)
    ]
    assert told("customers_marketing_consent/update", {"id": 7, "sms_marketing_consent": None}) == [
        ConsentSeen("Customer/7", "sms", "", 0)
    ]


def test_a_shop_says_what_it_says() -> None:
    payload = {"name": "Anna's Bakery", "iana_timezone": "Europe/Paris", "currency": "EUR", "primary_locale": "fr"}
    assert told("shop/update", payload) == [ShopSeen("Anna's Bakery", "Europe/Paris", "EUR", "fr", "")]


def test_a_request_may_come_without_a_customer() -> None:
    assert told("customers/redact", {"customer": {"email": "oak@example.com"}}) == [
        PrivacyAsked("customers/redact", None, ())
    ]


@pytest.mark.parametrize(
    ("name", "payload", "field"),
    [
        ("customers/merge", {"status": "completed"}, "admin_graphql_api_customer_kept_id"),
        ("customers/merge", MERGE | {"status": "completed", "admin_graphql_api_customer_kept_id": "1"}, "Customer"),
        ("customer.tags_added", {"tags": []}, "customerId"),
        ("customers/delete", {}, "id"),
        ("customers_marketing_consent/update", {}, "id"),
        ("customers_marketing_consent/update", {"id": 0}, "no customer"),
        (
            "customers_email_marketing_consent/update",
            {"customer_id": 1, "email_marketing_consent": {"consent_updated_at": "once"}},
            "email_marketing_consent.consent_updated_at",
        ),
        ("bulk_operations/finish", {"admin_graphql_api_id": "gid://shopify/Order/1"}, "admin_graphql_api_id"),
        ("app/scopes_update", {"current": None}, "current"),
        ("customers/redact", {"orders_to_redact": ["x"]}, "orders_to_redact"),
    ],
)
def test_what_cannot_be_read_names_its_topic_and_field(name: str, payload: Payload, field: str) -> None:
    with pytest.raises(GiveUp, match=f"^{name}: .*{field}"):
        told(name, payload)


def test_a_topic_is_registered_once() -> None:
    with pytest.raises(ValueError, match="app/scopes_update is registered twice"):
        topic("app/scopes_update", payload=Scopes)(lambda payload: [])
