"""What an app may do at a shop: scopes, codes and access tokens, and when they end (wall-clock ms)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from plugin.simulator.calendar import wall_ms
from plugin.simulator.state import Shop

CODE_LIFE = 60_000
TOKEN_LIFE = 3600  # seconds
REFRESH_LIFE = 7_776_000  # seconds, 90 days


@dataclass(slots=True)
class Authorization:
    """A code that the merchant's consent produced; exchanged once."""

    scopes: tuple[str, ...]
    expires_at: int


@dataclass(slots=True)
class Grant:
    """What stands behind an access token; `expires_at` is None for one that never ends."""

    scopes: tuple[str, ...]
    expires_at: int | None
    refresh_token: str | None = None
    refresh_expires_at: int | None = None


def without_implied(scopes: Iterable[str]) -> tuple[str, ...]:
    """Scopes as Shopify reports them: once each, and no read_x where write_x is granted."""
    wanted = dict.fromkeys(scope.strip() for scope in scopes if scope.strip())
    return tuple(s for s in wanted if not (s.startswith("read_") and f"write_{s.removeprefix('read_')}" in wanted))


def new_code(shop: Shop, scopes: Iterable[str]) -> str:
    """A code for the app to exchange within a minute."""
    code = secrets.token_hex(16)
    shop.grants[code] = Authorization(tuple(scopes), wall_ms() + CODE_LIFE)
    return code


def take_code(shop: Shop, code: str) -> Authorization | None:
    """What the code stands for, once and in time; None otherwise."""
    authorization: Authorization | None = shop.grants.pop(code, None)
    return authorization if authorization and wall_ms() <= authorization.expires_at else None


def new_token(shop: Shop, scopes: tuple[str, ...], *, expiring: bool) -> tuple[str, Grant]:
    """An offline access token; an expiring one lives an hour and comes with a refresh token."""
    token = f"shpat_{secrets.token_hex(16)}"
    grant = Grant(scopes, None)
    if expiring:
        now = wall_ms()
        refresh = f"shprt_{secrets.token_hex(16)}"
        grant = Grant(scopes, now + TOKEN_LIFE * 1000, refresh, now + REFRESH_LIFE * 1000)
    shop.tokens[token] = grant
    return token, grant


def grant_of(shop: Shop, token: str) -> Grant | None:
    """What a token may do; None when it is unknown, revoked or over."""
    grant: Grant | None = shop.tokens.get(token)
    if grant is None or (grant.expires_at is not None and wall_ms() >= grant.expires_at):
        return None
    return grant
