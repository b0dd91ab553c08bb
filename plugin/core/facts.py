"""What a delivery or an import line tells us: plain values that do not mind order or repetition."""

from typing import NamedTuple


class OrderSeen(NamedTuple):
    """An order as it stood at `updated_at`; a newer version replaces an older one.

    Moments are UTC milliseconds, money is minor units of the shop's currency.
    """

    order: int
    name: str
    customer: str | None  # who is judged: "Customer/1", or "CompanyLocation/2" for a company; None: nobody
    ordered_by: str | None  # "Customer/1" where a company location is judged instead, else None
    processed_at: int
    updated_at: int
    test: bool
    cancelled: bool
    status: str  # financial status in lower case: "paid", "partially_refunded", ...; "" when the shop says nothing
    pays_later: bool  # payment terms or a manual gateway: "pending" is then a promise, not a doubt
    total: int  # before refunds and before gift cards or store credit
    current_total: int  # what is left after edits and returns
    refunded: int
    discount: int
    list_total: int  # line items before discounts
    units: int
    has_code: bool  # a discount code was used
    renewal: bool  # billed by a subscription: not a choice made that day
    products: bytes  # see core.orders.pack_products


class OrderDeleted(NamedTuple):
    """The order is gone; its tombstone keeps late versions from reviving it."""

    order: int


class CustomerDeleted(NamedTuple):
    """The customer is gone from the shop; nothing can be tagged there any more."""

    customer: str


class CustomersMerged(NamedTuple):
    """Two customers became one: the orders of `gone` belong to `kept`."""

    kept: str
    gone: str


class CustomerTouched(NamedTuple):
    """Tags of the customer changed at the shop; by whom is not said, so this at most asks for a look."""

    customer: str
    tags: tuple[str, ...] = ()
    added: bool = True  # else removed


class ConsentSeen(NamedTuple):
    """What the customer allowed on one channel ("email" or "sms"), as of `at` (0 when the shop does not say)."""

    customer: str
    channel: str
    state: str
    at: int


class ShopSeen(NamedTuple):
    """The shop's own settings as they stand."""

    name: str
    zone: str
    currency: str
    locale: str
    plan: str


class ShopLeft(NamedTuple):
    """The app was uninstalled."""

    domain: str = ""  # the shop's, from the signed body; "" when it does not say


class ScopesChanged(NamedTuple):
    """The scopes the merchant grants now, sorted."""

    scopes: tuple[str, ...]


class BulkFinished(NamedTuple):
    """A bulk operation ended; `operation` is its gid."""

    operation: str


class PrivacyAsked(NamedTuple):
    """A compliance request: "customers/data_request", "customers/redact" or "shop/redact"."""

    topic: str
    customer: str | None
    orders: tuple[int, ...]
    domain: str = ""  # as in ShopLeft


Fact = (
    OrderSeen
    | OrderDeleted
    | CustomerDeleted
    | CustomersMerged
    | CustomerTouched
    | ConsentSeen
    | ShopSeen
    | ShopLeft
    | ScopesChanged
    | BulkFinished
    | PrivacyAsked
)
