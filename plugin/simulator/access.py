"""What an app may do at a shop: scopes, codes, access and refresh tokens, and when they end (wall-clock ms)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from plugin.simulator.calendar import wall_ms
from plugin.simulator.state import Shop

CODE_LIFE = 60_000
TOKEN_LIFE = 3600  # seconds
REFRESH_LIFE = 7_776_000  # seconds, 90 days
ONLINE_LIFE = 86_399  # seconds


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
    secret: str = ""  # of the app, that minted it: the token dies with it
    user: int | None = None  # an online token's
    used: bool = False


@dataclass(slots=True)
class Renewal:
    """What a refresh token is good for; `replaced_by` is the access token it was traded for."""

    expires_at: int
    secret: str
    replaced_by: str | None = None


def without_implied(scopes: Iterable[str]) -> tuple[str, ...]:
    """Scopes as Shopify reports them: once each, and no read_x where write_x is granted."""
    wanted = dict.fromkeys(scope.strip() for scope in scopes if scope.strip())
    return tuple(s for s in wanted if not (s.startswith("read_") and f"write_{s.removeprefix('read_')}" in wanted))


def with_implied(scopes: Iterable[str]) -> tuple[str, ...]:
    """The same scopes with every read_x that a write_x brings."""
    held = set(scopes)
    return tuple(sorted(held | {f"read_{one.removeprefix('write_')}" for one in held if one.startswith("write_")}))


def covers(granted: Iterable[str], scope: str) -> bool:
    """Whether `granted` holds the scope, or the write scope that implies it."""
    held = set(granted)
    return scope in held or (scope.startswith("read_") and f"write_{scope.removeprefix('read_')}" in held)


def new_code(shop: Shop, scopes: Iterable[str]) -> str:
    """A code for the app to exchange within a minute."""
    code = secrets.token_hex(16)
    shop.grants[code] = Authorization(tuple(scopes), wall_ms() + CODE_LIFE)
    return code


def take_code(shop: Shop, code: str) -> Authorization | None:
    """What the code stands for, once and in time; None otherwise."""
    authorization: Authorization | None = shop.grants.pop(code, None)
    return authorization if authorization and wall_ms() <= authorization.expires_at else None


def new_token(
    shop: Shop,
    scopes: tuple[str, ...],
    *,
    expiring: bool,
    secret: str = "",
    life: int = TOKEN_LIFE,
    refresh_life: int = REFRESH_LIFE,
) -> tuple[str, Grant]:
    """An offline access token; an expiring one comes with the shop's only refresh token: all earlier ones die."""
    token = f"shpat_{secrets.token_hex(16)}"
    grant = Grant(scopes, None, secret=secret)
    if expiring:
        now = wall_ms()
        grant.expires_at, grant.refresh_expires_at = now + life * 1000, now + refresh_life * 1000
        grant.refresh_token = f"shprt_{secrets.token_hex(16)}"
        shop.renewals.clear()
        shop.renewals[grant.refresh_token] = Renewal(grant.refresh_expires_at, secret)
    shop.tokens[token] = grant
    return token, grant


def new_online_token(shop: Shop, scopes: tuple[str, ...], *, user: int, secret: str) -> tuple[str, Grant]:
    """An access token of one user, for a day."""
    token = f"shpua_{secrets.token_hex(16)}"
    shop.tokens[token] = grant = Grant(scopes, wall_ms() + ONLINE_LIFE * 1000, secret=secret, user=user)
    return token, grant


def renewal_of(shop: Shop, refresh_token: str) -> Renewal | None:
    """What a refresh token is good for; None when it is unknown, revoked or over."""
    renewal: Renewal | None = shop.renewals.get(refresh_token)
    return renewal if renewal is not None and wall_ms() < renewal.expires_at else None


def shorten(shop: Shop, seconds: float, *, but: str) -> None:
    """All offline access tokens but one end in `seconds`, if they would live longer."""
    end = wall_ms() + int(seconds * 1000)
    for token, grant in shop.tokens.items():
        if token != but and grant.user is None and grant.expires_at is not None:
            grant.expires_at = min(grant.expires_at, end)


def kill_minted_with(shop: Shop, secret: str) -> int:
    """Everything this secret of the app minted dies with it; how many access tokens did."""
    dead = [token for token, grant in shop.tokens.items() if grant.secret == secret]
    for token in dead:
        del shop.tokens[token]
    for token in [token for token, renewal in shop.renewals.items() if renewal.secret == secret]:
        del shop.renewals[token]
    return len(dead)


def grant_of(shop: Shop, token: str) -> Grant | None:
    """What a token may do; None when it is unknown, revoked or over."""
    grant: Grant | None = shop.tokens.get(token)
    if grant is None or (grant.expires_at is not None and wall_ms() >= grant.expires_at):
        return None
    return grant
