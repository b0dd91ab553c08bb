"""Customers: gone, merged, touched, and what they allow."""

from collections.abc import Iterator

from msgspec import Struct

from plugin.core.facts import ConsentSeen, CustomerDeleted, CustomersMerged, CustomerTouched
from webhooks.topics.fields import Id, exact, key, when
from webhooks.topics.registry import topic


class DeletedCustomer(Struct):
    """All that is left of a customer."""

    id: Id | None = None
    admin_graphql_api_id: str | None = None


class Merge(Struct):
    """Two customers becoming one, or failing to."""

    admin_graphql_api_customer_kept_id: str
    admin_graphql_api_customer_deleted_id: str
    status: str


class TagsChanged(Struct, rename="camel"):
    """Whose tags changed, and which; not by whom."""

    customer_id: str
    tags: list[str]


class Consent(Struct):
    """What is allowed, and since when."""

    state: str | None = None
    consent_updated_at: str | None = None


class EmailConsent(Struct):
    """A customer's word on e-mail."""

    customer_id: Id
    email_marketing_consent: Consent | None = None


class SmsConsent(Struct):
    """A customer's word on text messages."""

    id: Id
    sms_marketing_consent: Consent | None = None


@topic("customers/delete", payload=DeletedCustomer)
def customer_deleted(payload: DeletedCustomer) -> Iterator[CustomerDeleted]:
    """Nothing can be tagged there any more."""
    yield CustomerDeleted(f"Customer/{exact(payload.admin_graphql_api_id, payload.id, 'Customer')}")


@topic("customers/merge", payload=Merge)
def customers_merged(payload: Merge) -> Iterator[CustomersMerged]:
    """Only a completed merge is one: a started or failed one leaves both customers as they were."""
    if payload.status == "completed":
        yield CustomersMerged(
            kept=key(payload.admin_graphql_api_customer_kept_id, "Customer"),
            gone=key(payload.admin_graphql_api_customer_deleted_id, "Customer"),
        )


@topic("customer.tags_added", payload=TagsChanged)
def tags_added(payload: TagsChanged) -> Iterator[CustomerTouched]:
    """No author is named and our own late echo looks the same, so this at most asks for a look."""
    yield CustomerTouched(key(payload.customer_id, "Customer"), tuple(payload.tags), added=True)


@topic("customer.tags_removed", payload=TagsChanged)
def tags_removed(payload: TagsChanged) -> Iterator[CustomerTouched]:
    """The same about tags that went."""
    yield CustomerTouched(key(payload.customer_id, "Customer"), tuple(payload.tags), added=False)


@topic("customers_email_marketing_consent/update", payload=EmailConsent)
def email_consent_seen(payload: EmailConsent) -> Iterator[ConsentSeen]:
    """What the customer allows by e-mail."""
    yield _consent(payload.customer_id, "email", payload.email_marketing_consent)


@topic("customers_marketing_consent/update", payload=SmsConsent)
def sms_consent_seen(payload: SmsConsent) -> Iterator[ConsentSeen]:
    """What the customer allows by text message: despite its name this topic is about nothing else."""
    yield _consent(payload.id, "sms", payload.sms_marketing_consent)


def _consent(customer: int, channel: str, consent: Consent | None) -> ConsentSeen:
    if not customer:
        raise ValueError("0 is no customer - at `$.customer_id`")
    said = consent or Consent()
    at = (
        when(f"{channel}_marketing_consent.consent_updated_at", said.consent_updated_at)
        if said.consent_updated_at
        else 0
    )
    return ConsentSeen(f"Customer/{customer}", channel, said.state or "", at)
