"""Token exchange: a session token becomes an access token, without the merchant having to consent to anything more."""

import httpx
from shopify_app import ShopifyApp

from plugin.core.moments import moment
from plugin.core.words import N_
from plugin.errors import GiveUp, Misconfigured, Retry
from plugin.shopify.oauth import KEYS, Grant, scopes_in, shop_domain
from plugin.shopify.session_tokens import InvalidToken
from plugin.shopify.transport import httpx_transport

TIMEOUT = httpx.Timeout(20.0, connect=5.0)


def exchange(session_token: str, *, shop: str, api_key: str, secret: str, simulator: str | None) -> Grant:
    """An expiring offline token for a session token that was verified; InvalidToken when Shopify wants a fresher one.

    `shop` is the domain that the session token speaks for.
    """
    app = ShopifyApp(client_id=api_key, client_secret=secret)
    told = {"exchangeable": True, "token": session_token, "claims": {"dest": f"https://{shop_domain(shop)}"}}
    with httpx.Client(
        transport=httpx_transport(simulator), timeout=TIMEOUT, event_hooks={"response": [_understand]}
    ) as client:
        result = app.exchange_using_token_exchange("offline", told, expiring=True, http_client=client)
    code, given = result.log.code, result.access_token
    if given is not None:
        return Grant(
            access_token=given.token,
            scopes=scopes_in(given.scope),
            expires_at_ms=moment(given.expires) if given.expires else None,
            refresh_token=given.refresh_token,
            refresh_expires_at_ms=moment(given.refresh_token_expires) if given.refresh_token_expires else None,
        )
    if code == "invalid_subject_token":
        raise InvalidToken(N_("Shopify wants a fresher one"))
    if code == "network_error":
        raise Retry("Shopify could not be reached to connect the shop")
    if code == "invalid_client":
        raise Misconfigured(f"Shopify does not accept this app's key and secret: {KEYS}")
    raise GiveUp(
        "Shopify did not connect the shop (%(why)s): open the app again from the Shopify admin",
        why=result.log.detail.split(".")[0][:200],
    )


def _understand(response: httpx.Response) -> None:
    """Answers that the package would sleep over, or stumble over."""
    if response.status_code == 429 or response.status_code >= 500:
        raise Retry("Shopify answered %(status)s while connecting the shop", status=response.status_code)
    response.read()
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or (response.status_code == 200 and not answer.get("access_token")):
        raise GiveUp(
            "Shopify answered %(status)s without a token: open the app again from the Shopify admin",
            status=response.status_code,
        )
    if answer.get("error") == "app_not_installed":
        raise GiveUp("Shopify says that the app is not installed at this shop: install it there, then open it")
