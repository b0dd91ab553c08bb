"""The app and its shop: settings, scopes, a bulk operation's end, and good-bye."""

from collections.abc import Iterator

from msgspec import Struct

from plugin.core.facts import BulkFinished, ScopesChanged, ShopLeft, ShopSeen
from webhooks.topics.fields import PREFIX
from webhooks.topics.registry import topic


class Shop(Struct):
    """The shop's own settings; what it does not say is empty."""

    name: str | None = None
    iana_timezone: str | None = None
    currency: str | None = None
    primary_locale: str | None = None
    plan_name: str | None = None


class Uninstalled(Struct):
    """Which shop left is in the headers, and here under the signature."""

    myshopify_domain: str | None = None


class Scopes(Struct):
    """What the merchant grants now."""

    current: list[str]


class BulkOperation(Struct):
    """A bulk operation that ended, well or not."""

    admin_graphql_api_id: str


@topic("shop/update", payload=Shop)
def shop_seen(payload: Shop) -> Iterator[ShopSeen]:
    """The shop's settings as they stand."""
    yield ShopSeen(
        name=payload.name or "",
        zone=payload.iana_timezone or "",
        currency=payload.currency or "",
        locale=payload.primary_locale or "",
        plan=payload.plan_name or "",
    )


@topic("app/uninstalled", payload=Uninstalled)
def shop_left(payload: Uninstalled) -> Iterator[ShopLeft]:
    """The app was uninstalled; the token is worthless from here on."""
    yield ShopLeft(payload.myshopify_domain or "")


@topic("app/scopes_update", payload=Scopes)
def scopes_changed(payload: Scopes) -> Iterator[ScopesChanged]:
    """The scopes as granted now, whatever they were before."""
    yield ScopesChanged(tuple(sorted(payload.current)))


@topic("bulk_operations/finish", payload=BulkOperation)
def bulk_finished(payload: BulkOperation) -> Iterator[BulkFinished]:
    """A bulk operation ended; how, is asked of the API."""
    operation = payload.admin_graphql_api_id
    if not operation.startswith(f"{PREFIX}BulkOperation/"):
        raise ValueError(f"{operation!r} is no bulk operation - at `$.admin_graphql_api_id`")
    yield BulkFinished(operation)
