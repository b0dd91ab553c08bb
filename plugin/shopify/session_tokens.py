"""Session tokens: who looks at the panel, as Shopify's admin vouches for it. The only reader of these tokens.

Shopify's package `shopifyapp` checks signature, audience and times. It accepts a token that lacks claims, or whose
issuer is another shop, and names shops without their domain; what is missing there is done here.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shopify_app import ShopifyApp
from shopify_app.types import RequestInput

from plugin.core.words import N_
from plugin.errors import GiveUp
from plugin.shopify.oauth import shop_domain

LEEWAY = 10  # seconds by which clocks may differ, as in Shopify's own libraries
MOMENTS = ("exp", "nbf", "iat")
TEXTS = ("aud", "iss", "dest", "sub", "jti", "sid")
REASONS = {"expired_id_token": N_("it has expired"), "invalid_aud": N_("it was made for another app")}


class InvalidToken(GiveUp):
    """The session token is missing, forged, over, or not for us: a fresh one may do."""

    def __init__(self, why: str) -> None:
        text = N_("Shopify's session token was not accepted (%(why)s): open the app again from the Shopify admin.")
        super().__init__(text, why=why)


class Visit(NamedTuple):
    """What a session token says: the shop's domain, Shopify's number of the person, and the token itself."""

    domain: str
    user: str
    token: str


def read(token: str, *, api_key: str, secrets: Sequence[str], now: int) -> Visit:
    """Whom the token speaks for; `secrets` current first, `now` in UTC milliseconds. InvalidToken says why not."""
    headers = {"Authorization": f"Bearer {token}"}
    asked = RequestInput(method="GET", url="https://app/", headers=headers, body="")
    result = _library(api_key, *secrets).verify_app_home_req(asked, "/")
    if not result.ok or result.id_token is None:
        raise InvalidToken(REASONS.get(result.log.code, N_("it is not one of Shopify's for this app")))
    claims = result.id_token.claims
    _check(claims, now)
    domain = _domain(result.shop or "")
    if claims["dest"].lower() != f"https://{domain}":
        raise InvalidToken(N_("its shop is not a shop's address"))
    issuer = urlsplit(claims["iss"])
    if (issuer.scheme, issuer.netloc.lower()) != ("https", domain):
        raise InvalidToken(N_("it was issued by another shop"))
    return Visit(domain, claims["sub"], token)


@cache
def _library(api_key: str, secret: str, old: str | None = None) -> ShopifyApp:
    return ShopifyApp(client_id=api_key, client_secret=secret, old_client_secret=old)


def handle_of(domain: str) -> str:
    """A shop's domain as the package calls the shop: "annas-bakery"."""
    return shop_domain(domain).removesuffix(".myshopify.com")


def _domain(handle: str) -> str:
    """The package's "annas-bakery" as the domain that everything else of ours speaks of."""
    try:
        return shop_domain(f"{handle}.myshopify.com")
    except GiveUp as error:
        raise InvalidToken(N_("its shop is not a shop's address")) from error


def _check(claims: dict[str, Any], now: int) -> None:
    numbers = all(type(claims.get(name)) in (int, float) for name in MOMENTS)
    if not numbers or not all(isinstance(claims.get(name), str) and claims[name] for name in TEXTS):
        raise InvalidToken(N_("it lacks something that Shopify's tokens have"))
    if now / 1000 > claims["exp"] + LEEWAY:
        raise InvalidToken(N_("it has expired"))
    if now / 1000 < max(claims["nbf"], claims["iat"]) - LEEWAY:
        raise InvalidToken(N_("it is not valid yet; a clock is wrong"))
