"""Shopify's many ways to say no, as the two answers the app knows (Retry, GiveUp) with words for a person."""

from collections.abc import Sequence
from typing import NamedTuple

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from plugin.errors import GiveUp, Retry

REFUSED_FOR_GOOD = {
    400: "Shopify could not read the request (%(status)s): %(answer)s",
    402: "the shop is frozen, for its bill with Shopify is unpaid (%(status)s): %(answer)s",
    403: "Shopify forbids this app to call this shop: the app may need to be installed again (%(status)s): %(answer)s",
    404: "Shopify knows no such shop or API version (%(status)s): %(answer)s",
    423: "Shopify has locked the shop (%(status)s): %(answer)s",
}


class Failure(NamedTuple):
    """One entry of the `errors` of a GraphQL answer."""

    code: str  # "" when Shopify names none
    message: str
    path: tuple[str | int, ...]


class Unsent(Retry):
    """It was certainly not carried out: never sent, or turned away before anything ran."""


class Unknown(Retry):
    """It may have been carried out: the answer was lost or says "internal error"; what came of it is here."""

    def __init__(
        self,
        text: str,
        /,
        *,
        after: float = 1.0,
        data: dict[str, object] | None = None,
        failures: Sequence[Failure] = (),
        **values: object,
    ) -> None:
        super().__init__(text, after=after, **values)
        self.data = data or {}
        self.failures = tuple(failures)


class Unauthorized(GiveUp):
    """The access token is dead: the app was uninstalled, or the token expired or was revoked."""


class Frozen(GiveUp):
    """Shopify has closed the shop for apps, mostly because of an unpaid bill: every call is refused."""


class TooDear(GiveUp):
    """One request costs more than Shopify ever allows: ask for less at once."""


def of_transport(error: requests.RequestException) -> Retry:
    """What a failure on the way means: Unsent when no byte can have reached Shopify."""
    cause = error.args[0] if error.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    if refused or isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return Unsent("Shopify could not be reached (%(how)s)", after=0.5, how=type(error).__name__)
    return Unknown("Shopify's answer was lost (%(how)s)", after=0.5, how=type(error).__name__)


def of_status(response: requests.Response) -> Retry | GiveUp | None:
    """What an HTTP status means; None for 200."""
    status = response.status_code
    if status == 200:
        return None
    if status == 401:
        return Unauthorized("Shopify no longer accepts the access token: open the app from the Shopify admin")
    if status in (429, 430):
        return Unsent("Shopify turned the call away (%(status)s)", after=_after(response, 2.0), status=status)
    if status == 408 or status >= 500:
        return Unknown("Shopify answered %(status)s", after=_after(response, 1.0), status=status)
    text = REFUSED_FOR_GOOD.get(status, "Shopify answered %(status)s: %(answer)s")
    return (Frozen if status in (402, 423) else GiveUp)(text, status=status, answer=_said(response))


def of_errors(failures: Sequence[Failure], data: dict[str, object] | None = None) -> Retry | GiveUp | None:
    """What the `errors` of an answer mean, the gravest first; None without any."""
    by_code = {failure.code: failure.message for failure in reversed(failures)}
    if "INTERNAL_SERVER_ERROR" in by_code:
        return Unknown("Shopify had an internal error", data=data, failures=failures)
    if "MAX_COST_EXCEEDED" in by_code:
        return TooDear("the request costs too much: %(answer)s", answer=by_code["MAX_COST_EXCEEDED"])
    if "ACCESS_DENIED" in by_code:
        return GiveUp("the merchant has not granted this access: %(answer)s", answer=by_code["ACCESS_DENIED"])
    if "SHOP_INACTIVE" in by_code:
        return Frozen("the shop is not active: %(answer)s", answer=by_code["SHOP_INACTIVE"])
    if failures:
        return GiveUp("Shopify refused the request: %(answer)s", answer=failures[0].message)
    return None


def _said(response: requests.Response) -> str:
    try:
        return str(response.json()["errors"])[:200]
    except (requests.JSONDecodeError, KeyError, TypeError):
        return response.reason or "without a word"


def _after(response: requests.Response, otherwise: float) -> float:
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return otherwise
