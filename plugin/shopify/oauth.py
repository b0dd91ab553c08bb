"""Install by the authorization code grant; the only module that uses ShopifyAPI.

ShopifyAPI keeps its settings on the class, for the whole process. Here every call gets a session of its own with its
own key or secret, and none is ever activated.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from hmac import compare_digest
from typing import Any, NamedTuple

import requests
import shopify
from shopify.api_access import ApiAccessError

from plugin.errors import GiveUp, Misconfigured, Retry
from plugin.shopify.signature import query_digest

SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
ADMIN = re.compile(r"admin\.shopify\.com/store/[a-z0-9][a-z0-9-]*")
FRESH = 90  # seconds a signed request is good for; ShopifyAPI alone would allow a day
TIMEOUT = (5, 20)
KEYS = "check SHOPIFY_API_KEY and SHOPIFY_API_SECRET"


class Grant(NamedTuple):
    """What a shop gave us; moments are UTC milliseconds, None where Shopify said nothing."""

    access_token: str
    scopes: tuple[str, ...]
    expires_at_ms: int | None
    refresh_token: str | None
    refresh_expires_at_ms: int | None


def shop_domain(text: str) -> str:
    """The shop's domain in lower case; GiveUp unless all of `text` is one."""
    domain = text.lower()
    if not text.isascii() or not SHOP.fullmatch(domain):
        raise GiveUp("%(text)s is not a shop: it must read like annas-bakery.myshopify.com", text=repr(text[:100]))
    return domain


def permission_url(*, shop: str, api_key: str, scopes: Iterable[str], redirect_uri: str, state: str) -> str:
    """Where the merchant is asked for permission."""
    session = shopify.Session(shop_domain(shop), "unstable")  # a version must be named, though the URL has none
    session.api_key = api_key
    return str(session.create_permission_url(list(scopes), redirect_uri, state))


def check_request(params: Mapping[str, str], *, secrets: Sequence[str], now: int) -> str:
    """The shop a signed OAuth request speaks for; `now` in UTC milliseconds. GiveUp when it is forged, old or no shop.

    `state` is the caller's to check: only the caller knows which one it gave out.
    """
    shop = shop_domain(params.get("shop", ""))
    if not any(_signed(params, secret) for secret in secrets if secret):
        raise GiveUp("the request was not signed by Shopify for this app: open the app again from the Shopify admin")
    stamp = params.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now / 1000 - int(stamp)) > FRESH:
        raise GiveUp(
            "the request is older than %(most)s seconds: open the app again from the Shopify admin", most=FRESH
        )
    return shop


def admin_url(host: str, *, shop: str, api_key: str) -> str:
    """Where the shop's admin shows the app; `host` is Shopify's parameter of that name, and may be anything at all."""
    try:
        place = base64.b64decode(host + "=" * (-len(host) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        place = ""
    if not ADMIN.fullmatch(place):
        place = f"{shop_domain(shop)}/admin"
    return f"https://{place}/apps/{api_key}"


def _signed(params: Mapping[str, str], secret: str) -> bool:
    # Shopify's libraries spell "%", "&" and "=" inside values differently; Shopify sends none of them today.
    session: Any = type("SignedSession", (shopify.Session,), {"secret": secret})
    given = params.get("hmac", "").encode(errors="replace")
    ours = query_digest(params, secret).encode()
    return bool(session.validate_hmac({**params})) or compare_digest(ours, given)


def missing_scopes(needed: Iterable[str], granted: Iterable[str]) -> tuple[str, ...]:
    """The scopes of `needed` that `granted` does not cover ("write_x" covers "read_x"), sorted."""
    try:
        have = shopify.ApiAccess(list(granted))
        return tuple(sorted(scope for scope in needed if not have.covers(shopify.ApiAccess(scope))))
    except ApiAccessError as error:
        raise GiveUp(f"Shopify's scopes cannot be read: {error}") from error


def scopes_in(text: str) -> tuple[str, ...]:
    """The scopes that Shopify lists in one text, sorted."""
    return tuple(sorted({scope.strip() for scope in text.split(",")} - {""}))


def covers(granted: Iterable[str], needed: Iterable[str]) -> bool:
    """True when everything in `needed` is granted."""
    return not missing_scopes(needed, granted)


def trade_code(session: requests.Session, *, shop: str, api_key: str, secret: str, code: str, now: int) -> Grant:
    """The code from the callback for an expiring offline token; `now` in UTC milliseconds. A code works once."""
    url = f"https://{shop_domain(shop)}/admin/oauth/access_token"
    form = {"client_id": api_key, "client_secret": secret, "code": code, "expiring": "1"}
    try:
        response = session.post(
            url, data=form, headers={"Accept": "application/json"}, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        raise Retry(
            "Shopify could not be reached to finish the installation (%(why)s):"
            " open the app again from the Shopify admin",
            why=str(error),
        ) from error
    return _grant(_token_answer(response), now)


def _token_answer(response: requests.Response) -> dict[str, Any]:
    if response.status_code == 429 or response.status_code >= 500:
        raise Retry(
            "Shopify answered %(status)s while finishing the installation: open the app again from the Shopify admin",
            status=response.status_code,
        )
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise GiveUp(
            "Shopify answered %(status)s without a token: open the app again from the Shopify admin",
            status=response.status_code,
        )
    if answer.get("error") == "invalid_client" or response.status_code == 401:
        raise Misconfigured(f"Shopify does not accept this app's key and secret: {KEYS}")
    if response.status_code != 200 or not answer.get("access_token"):
        said = answer.get("error_description") or answer.get("error") or f"status {response.status_code}"
        raise GiveUp(
            "Shopify did not accept the installation code (%(why)s): open the app again from the Shopify admin",
            why=str(said)[:200],
        )
    return answer


def _grant(answer: dict[str, Any], now: int) -> Grant:
    def moment(field: str) -> int | None:
        seconds = answer.get(field)
        return None if seconds is None else now + int(seconds) * 1000

    return Grant(
        access_token=str(answer["access_token"]),
        scopes=scopes_in(str(answer.get("scope", ""))),
        expires_at_ms=moment("expires_in"),
        refresh_token=answer.get("refresh_token"),
        refresh_expires_at_ms=moment("refresh_token_expires_in"),
    )
