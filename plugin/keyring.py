"""The keys to the shops' APIs: a token that is fresh at every call, whose successor one worker at a time fetches.

Shopify's tokens for an application alone have no refresh token and no merchant who brings one. They would be another
`_next` here, and change three places: `_read` and `usecases.install.is_connected`, which ask for a kept token, and
`usecases.rotate._renew`, which asks for a refresh token.
"""

import logging
import time
from collections.abc import Callable

from plugin.config import Settings
from plugin.db import shops, tokens
from plugin.db.engine import Database
from plugin.db.shops import Credentials
from plugin.db.tokens import Access
from plugin.errors import GiveUp
from plugin.shopify.failures import Unauthorized, Unsent
from plugin.shopify.oauth import Grant
from plugin.shopify.refresh import DEAD, refresh
from plugin.shopify.tokens import TokenBox, Undecipherable, fingerprint

log = logging.getLogger(__name__)

EARLY = 60_000  # ms before its end a token is over for us: a call takes 35 s at most
LEASE = 60_000  # ms one worker has to fetch a pair; it takes 25 s at most, so whoever needs longer is gone
PATIENCE = 30.0  # seconds that others wait for it
GLANCE = 0.05  # seconds until they look again
REFRESH_LIFE = 90 * 86_400_000  # ms that Shopify gives a refresh token, should it not say so
OPEN_APP = "open the app from the shop's admin to reconnect it"
REFUSED = f"{DEAD}: {OPEN_APP}."
LOST = f"its tokens were encrypted with a key that ENCRYPTION_KEYS does not list: {OPEN_APP}."


class Unreadable(Unauthorized):
    """The tokens may well be good, but our key to them is lost: the shop itself has refused nothing."""


class Keyring:
    """Every shop's tokens; may be shared by threads, and the database by processes."""

    def __init__(self, database: Database, box: TokenBox, settings: Settings, now: Callable[[], int]) -> None:
        self._database = database
        self._box = box
        self._settings = settings
        self._now = now

    def token(self, shop: int) -> str:
        """An access token that outlives the next call; Unauthorized when only the merchant can bring one."""
        access = self._read(shop)
        if not _is_fresh(access, self._now()):
            access = self.renew(shop, pair=access.pair)
        return self._opened(access)

    def refused(self, shop: int, token: str, *, last: bool) -> None:
        """Shopify refused `token`: returns when there is another one to try, Unauthorized when there is none."""
        access = self._read(shop)
        if self._opened(access) != token:
            return
        if last:
            self._disconnect(access, REFUSED)
        else:
            self.renew(shop, pair=access.pair)

    def renew(self, shop: int, *, pair: int) -> Access:
        """What comes after that pair: fetched here, or by whoever was faster."""
        until = time.monotonic() + PATIENCE
        while (access := self._read(shop)).pair == pair:
            lease = self._now() + LEASE
            with self._database.write() as tx:
                ours = tokens.begin(tx, shop, pair=pair, now=self._now(), until=lease)
            if ours:
                self._fetch(access, lease)
            elif time.monotonic() > until:
                raise Unsent(
                    "another worker has been renewing the tokens of %(shop)s for long", after=5.0, shop=access.domain
                )
            else:
                time.sleep(GLANCE)
        return access

    def sealed(self, grant: Grant, *, now: int) -> Credentials:
        """A pair as it is kept; `now`, when it was asked for, in UTC ms."""
        renewable = grant.refresh_token is not None
        return Credentials(
            token=self._box.encrypt(grant.access_token),
            token_expires_at=grant.expires_at_ms,
            refresh_token=grant.refresh_token and self._box.encrypt(grant.refresh_token),
            refresh_expires_at=grant.refresh_expires_at_ms or (now + REFRESH_LIFE if renewable else None),
            minted_by=fingerprint(self._settings.secrets[0]),
        )

    def _read(self, shop: int) -> Access:
        with self._database.read() as tx:
            access = tokens.read(tx, shop)
        if not access.installed or access.token is None:
            raise GiveUp("%(shop)s has not installed the app, or left: open the app there once.", shop=access.domain)
        if access.reconnect is not None:
            raise _closed(access.domain, access.reconnect)
        return access

    def _fetch(self, access: Access, lease: int) -> None:
        """Puts the next pair in the place of this one: no transaction is open meanwhile, and it has one of its own."""
        now, shop, pair = self._now(), access.shop, access.pair
        try:
            grant = self._next(access, now)
        except (Unauthorized, Undecipherable) as dead:
            self._disconnect(access, REFUSED if isinstance(dead, Unauthorized) else LOST)
            return
        except BaseException:
            # Whatever came in between, the pair is what it was: whoever needs it next tries again.
            with self._database.write() as tx:
                tokens.end(tx, shop, pair=pair, until=lease)
            raise
        given = self.sealed(grant, now=now)
        with self._database.write() as tx:
            shops.keep_tokens(tx, shop, given=given, scopes=",".join(grant.scopes), now=now, instead_of=pair)

    def _next(self, access: Access, now: int) -> Grant:
        if access.refresh_token is None:
            raise Unauthorized(DEAD)
        return refresh(
            self._box.decrypt(access.refresh_token),
            shop=access.domain,
            api_key=self._settings.shopify_api_key,
            secret=self._settings.secrets[0],
            simulator=self._settings.shopify_simulator,
            now=now,
        )

    def _opened(self, access: Access) -> str:
        try:
            return self._box.decrypt(access.token or "")
        except Undecipherable:
            self._disconnect(access, LOST)
            raise Unsent("the tokens of %(shop)s have just become others", after=GLANCE, shop=access.domain) from None

    def _disconnect(self, access: Access, reason: str) -> None:
        """Unauthorized, which the shop's row says from now on; returns when there is another pair by now."""
        with self._database.write() as tx:
            dead = tokens.disconnect(tx, access.shop, pair=access.pair, reason=reason)
        if dead:
            log.warning("%s: %s", access.domain, reason)
            raise _closed(access.domain, reason)


class ShopKeys:
    """One shop's tokens, for the client of its API."""

    def __init__(self, keyring: Keyring, shop: int) -> None:
        self._keyring = keyring
        self._shop = shop

    def token(self) -> str:
        """An access token that outlives the next call."""
        return self._keyring.token(self._shop)

    def refused(self, token: str, *, last: bool) -> None:
        """Shopify refused it; returns when another may be tried."""
        self._keyring.refused(self._shop, token, last=last)


def _closed(domain: str, reason: str) -> Unauthorized:
    return (Unreadable if reason == LOST else Unauthorized)("%(shop)s: %(why)s", shop=domain, why=reason)


def _is_fresh(access: Access, now: int) -> bool:
    if access.token_expires_at is None:
        # Of a pair it is over, to be safe; alone it is good until Shopify refuses it.
        return access.refresh_token is None
    return access.token_expires_at - EARLY > now
