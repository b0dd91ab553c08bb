"""The three compliance topics: what must be told or erased."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct, field

from plugin.core.facts import PrivacyAsked
from webhooks.topics.fields import Id, customer_key
from webhooks.topics.registry import topic


class Person(Struct):
    """Whom it is about; any of it may be missing."""

    id: Id | None = None
    email: str | None = None
    phone: str | None = None


class DataRequest(Struct):
    """A customer asks what is kept of them."""

    shop_domain: str | None = None
    customer: Person | None = None
    orders_requested: list[Id] = field(default_factory=list)


class CustomerRedact(Struct):
    """A customer is to be erased."""

    shop_domain: str | None = None
    customer: Person | None = None
    orders_to_redact: list[Id] = field(default_factory=list)


class ShopRedact(Struct):
    """A shop is to be erased."""

    shop_domain: str | None = None


class About(Struct):
    """The part of a request that says whom it is about."""

    customer: Person | None = None


@topic("customers/data_request", payload=DataRequest)
def data_asked(payload: DataRequest) -> Iterator[PrivacyAsked]:
    """The merchant is to be told what is kept of a customer."""
    orders = tuple(payload.orders_requested)
    yield PrivacyAsked("customers/data_request", _key(payload.customer), orders, payload.shop_domain or "")


@topic("customers/redact", payload=CustomerRedact)
def customer_redact_asked(payload: CustomerRedact) -> Iterator[PrivacyAsked]:
    """A customer and the orders named are to be erased."""
    orders = tuple(payload.orders_to_redact)
    yield PrivacyAsked("customers/redact", _key(payload.customer), orders, payload.shop_domain or "")


@topic("shop/redact", payload=ShopRedact)
def shop_redact_asked(payload: ShopRedact) -> Iterator[PrivacyAsked]:
    """Everything of the shop is to be erased."""
    yield PrivacyAsked("shop/redact", None, (), payload.shop_domain or "")


def called_in(body: bytes) -> tuple[str, ...]:
    """The e-mail address and phone number by which a request calls its person; none when its body is erased."""
    try:
        person = msgspec.json.decode(body, type=About).customer
    except msgspec.MsgspecError:
        return ()
    return tuple(text for text in (person.email, person.phone) if text) if person else ()


def _key(person: Person | None) -> str | None:
    return None if person is None else customer_key(None, person.id)
