"""Refresh: a refresh token becomes the next pair of tokens, without the merchant."""

import httpx
from shopify_app import ShopifyApp

from plugin.core.moments import moment
from plugin.errors import GiveUp, Misconfigured
from plugin.shopify.exchange import TIMEOUT
from plugin.shopify.failures import Unauthorized, Unsent
from plugin.shopify.oauth import KEYS, Grant, scopes_in
from plugin.shopify.session_tokens import handle_of
from plugin.shopify.transport import httpx_transport

DEAD = "Shopify no longer accepts the app's tokens for this shop"


def refresh(refresh_token: str, *, shop: str, api_key: str, secret: str, simulator: str | None, now: int) -> Grant:
    """The next pair; Unauthorized when the refresh token is dead, Unsent when it may work later. `now` in UTC ms.

    Whoever asks must be the only one: a refresh token works once.
    """
    app = ShopifyApp(client_id=api_key, client_secret=secret)
    # The package asks for nothing when it knows of tokens that have not expired: it is told of none.
    told = {"shop": handle_of(shop), "refresh_token": refresh_token}
    with httpx.Client(
        transport=httpx_transport(simulator), timeout=TIMEOUT, event_hooks={"response": [_understand]}
    ) as client:
        result = app.refresh_token_exchanged_access_token(told, http_client=client)
    given = result.access_token
    if given is None:
        if result.log.code == "network_error":
            raise Unsent("Shopify could not be reached to renew the tokens of %(shop)s", shop=shop)
        raise GiveUp(
            "Shopify did not renew the tokens of %(shop)s: %(answer)s",
            shop=shop,
            answer=result.log.detail.split(".")[0][:200],
        )
    # What Shopify leaves out is over already in the package's words: true of the access token, to be safe.
    refresh_end = moment(given.refresh_token_expires) if given.refresh_token_expires else 0
    return Grant(
        access_token=given.token,
        scopes=scopes_in(given.scope),
        expires_at_ms=moment(given.expires) if given.expires else now,
        refresh_token=given.refresh_token or None,
        refresh_expires_at_ms=refresh_end if refresh_end > now + 1000 else None,
    )


def _understand(response: httpx.Response) -> None:
    """Answers that the package would repeat at once, or take for another."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        raise Unsent("Shopify answered %(status)s while renewing tokens", after=_after(response), status=status)
    response.read()
    try:
        answer = response.json()
    except ValueError:
        answer = None
    error = answer.get("error") if isinstance(answer, dict) else None
    # Shopify's words for a refresh token that is over: "This request requires an active refresh_token".
    over = error == "invalid_request" and "refresh_token" in str(answer.get("error_description"))
    if error == "invalid_client":
        raise Misconfigured(f"Shopify does not accept this app's key and secret: {KEYS}")
    if status == 401 or over or error in ("invalid_grant", "app_not_installed"):
        raise Unauthorized(DEAD)
    if status == 200 and not (isinstance(answer, dict) and answer.get("access_token")):
        raise Unsent("Shopify answered without tokens")
    if not isinstance(answer, dict):
        raise GiveUp("Shopify answered %(status)s while renewing tokens", status=status)


def _after(response: httpx.Response) -> float:
    try:
        return max(1.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return 1.0
