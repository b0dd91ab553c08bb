"""What one Admin API call sees of a shop, and how it writes ids, moments and money."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from graphql import GraphQLError

from plugin.simulator import access, approval, money
from plugin.simulator.state import Customer, Line, Operation, Order, Refund, Shop, World

WINDOW = 60 * 86_400_000  # `read_orders` without `read_all_orders`
_SCOPES = "https://shopify.dev/api/usage/access-scopes"
_price = lru_cache(maxsize=65_536)(money.text)


class Ref(NamedTuple):
    """Something the simulator knows only by its id: a product, a company, payment terms."""

    type: str
    id: int


class Buyer(NamedTuple):
    """A company location that bought."""

    company: int
    location: int


_NAMES: dict[type, str] = {
    Customer: "Customer",
    Order: "Order",
    Line: "LineItem",
    Refund: "Refund",
    Operation: "BulkOperation",
    Shop: "Shop",
    Buyer: "PurchasingCompany",
}


def type_name(value: object) -> str:
    """The GraphQL type of one of the simulator's objects."""
    return value.type if isinstance(value, Ref) else _NAMES[type(value)]


def gid(kind: str, number: int) -> str:
    """An id as the Admin API writes it."""
    return f"gid://shopify/{kind}/{number}"


def split_gid(text: str) -> tuple[str, int]:
    """("Customer", 1) from its gid; anything that is none is refused as Shopify does, with a GraphQL error."""
    kind, _, number = text.removeprefix("gid://shopify/").partition("/")
    if not text.startswith("gid://shopify/") or not kind.isalpha() or not (number.isascii() and number.isdecimal()):
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "RESOURCE_NOT_FOUND"})
    return kind, int(number)


@lru_cache(maxsize=65_536)  # an order's three moments are mostly one
def moment(ms: int) -> str:
    """UTC milliseconds as the Admin API writes a DateTime: whole seconds, "2026-11-21T00:00:00Z"."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class View:
    """A shop as one call sees it; built and read under `world.lock`.

    `later` collects what must happen once the lock is free: webhooks to send, threads to start.
    """

    def __init__(self, world: World, shop: Shop, *, scopes: Iterable[str] | None = None, bulk: bool = False) -> None:
        self.world = world
        self.shop = shop
        self.bulk = bulk
        self.now = world.now()
        self.scopes = tuple(scopes if scopes is not None else shop.scopes or world.scopes)
        self._may = frozenset(access.with_implied(self.scopes))
        self.later: list[Callable[[], None]] = []
        everything = world.knobs.all_orders or "read_all_orders" in self.scopes
        self._since = None if everything else self.now - WINDOW
        self._by_customer: dict[int, list[Order]] | None = None

    def company_at(self, location: int) -> Ref | None:
        """The company whose location that is; None when nobody ordered for it."""
        bought = (order.company for order in self.shop.orders.values() if order.company is not None)
        return next((Ref("Company", company) for company, where in bought if where == location), None)

    def turn(self) -> list[Callable[[], None]]:
        """Look again, for work that holds the lock in turns: hands over what was to be done later."""
        self.now, self._by_customer = self.world.now(), None
        done, self.later = self.later, []
        return done

    def require(self, scope: str, field: str) -> None:
        """Refuse the field, as a GraphQL error, when the app has not this scope or is not approved for its data."""
        if scope not in self._may:
            required = f"`{scope}` access scope."
            raise GraphQLError(
                f"Access denied for {field} field. Required access: {required}",
                extensions={"code": "ACCESS_DENIED", "documentation": _SCOPES, "requiredAccess": required},
            )
        approval.require_object(self.world.knobs.approved_level, scope)

    def money(self, minor: int) -> str:
        """Minor units of the shop's currency as a decimal string."""
        return _price(minor, self.shop.currency)

    def sees(self, order: Order) -> bool:
        """Whether the app may read this order at all."""
        return self._since is None or order.created_at >= self._since

    def order(self, number: int) -> Order | None:
        """The order, when there is one and the app may read it."""
        order = self.shop.orders.get(number)
        return order if order is not None and self.sees(order) else None

    def orders(self) -> list[Order]:
        """Every order the app may read."""
        everything = self.shop.orders.values()
        return list(everything) if self._since is None else [order for order in everything if self.sees(order)]

    def orders_of(self, customer: int) -> list[Order]:
        """Every order of a customer, also those the app may not read: `numberOfOrders` counts them."""
        if self._by_customer is None:
            self._by_customer = defaultdict(list)
            for order in self.shop.orders.values():
                if order.customer is not None:
                    self._by_customer[order.customer].append(order)
        return self._by_customer.get(customer, [])
