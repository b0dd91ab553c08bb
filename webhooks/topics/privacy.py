"""The three compliance topics: what must be told or erased."""

from collections.abc import Iterator

from msgspec import Struct, field

from plugin.core.facts import PrivacyAsked
from webhooks.topics.fields import Id, customer_key
from webhooks.topics.registry import topic


class Person(Struct):
    """Whom it is about; the id may be missing."""

    id: Id | None = None


class DataRequest(Struct):
    """A customer asks what is kept of them."""

    customer: Person | None = None
    orders_requested: list[Id] = field(default_factory=list)


class CustomerRedact(Struct):
    """A customer is to be erased."""

    customer: Person | None = None
    orders_to_redact: list[Id] = field(default_factory=list)


class ShopRedact(Struct):
    """A shop is to be erased; which one is in the headers."""


@topic("customers/data_request", payload=DataRequest)
def data_asked(payload: DataRequest) -> Iterator[PrivacyAsked]:
    """The merchant is to be told what is kept of a customer."""
    yield PrivacyAsked("customers/data_request", _key(payload.customer), tuple(payload.orders_requested))


@topic("customers/redact", payload=CustomerRedact)
def customer_redact_asked(payload: CustomerRedact) -> Iterator[PrivacyAsked]:
    """A customer and the orders named are to be erased."""
    yield PrivacyAsked("customers/redact", _key(payload.customer), tuple(payload.orders_to_redact))


@topic("shop/redact", payload=ShopRedact)
def shop_redact_asked(_: ShopRedact) -> Iterator[PrivacyAsked]:
    """Everything of the shop is to be erased."""
    yield PrivacyAsked("shop/redact", None, ())


def _key(person: Person | None) -> str | None:
    return None if person is None else customer_key(None, person.id)
