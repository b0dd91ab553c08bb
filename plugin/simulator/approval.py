"""Protected customer data, in Shopify's three levels: 0 no customers, 1 without names and addresses, 2 everything."""

from typing import Any

from graphql import GraphQLError

_DOCS = "https://shopify.dev/docs/apps/launch/protected-customer-data"
_OBJECTS = {"customers": "Customer", "orders": "Order"}  # by what a scope is about
PERSONAL = {"Customer": frozenset({"firstName", "lastName", "displayName"})}
_PERSONAL_IN_WEBHOOKS = frozenset(
    ("email", "email_address", "contact_email", "phone", "first_name", "last_name", "addresses", "default_address")
)
_PROTECTED = ("orders/", "refunds/", "customers_", "customer.")
_PROTECTED_CUSTOMERS = frozenset({"customers/create", "customers/update", "customers/purchasing_summary"})


def require_object(level: int, scope: str) -> None:
    """Refuse, as a GraphQL error, what this scope is for when the app may see no customers."""
    name = _OBJECTS.get(scope.partition("_")[2])
    if name is not None and level < 1:
        raise _denied(f"This app is not approved to access the {name} object.")


def require_personal(level: int, field: str) -> None:
    """Refuse a name or an address, as a GraphQL error, to an app that may not see such."""
    if level < 2:
        raise _denied(f"This app is not approved to use the {field} field.")


def may_be_told(level: int, topic: str) -> bool:
    """Whether an app of this level can subscribe to the topic."""
    return level >= 1 or not (topic.startswith(_PROTECTED) or topic in _PROTECTED_CUSTOMERS)


def without_personal(level: int, payload: Any) -> Any:
    """A webhook's payload as an app of this level gets it: names and addresses are null below level 2."""
    if level >= 2:
        return payload
    if isinstance(payload, dict):
        return {
            name: None if name in _PERSONAL_IN_WEBHOOKS else without_personal(level, value)
            for name, value in payload.items()
        }
    return [without_personal(level, one) for one in payload] if isinstance(payload, list) else payload


def _denied(words: str) -> GraphQLError:
    return GraphQLError(
        f"{words} See {_DOCS} for more details.", extensions={"code": "ACCESS_DENIED", "documentation": _DOCS}
    )
