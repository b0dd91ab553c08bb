"""A shop installs the app: its tokens are kept sealed, its settings read, its history asked for."""

import secrets
import threading
from collections import defaultdict

from plugin.core.tags import default_names
from plugin.db import looks, reconciliations, shops, states
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify.exchange import exchange
from plugin.shopify.oauth import Grant, covers, missing_scopes, permission_url, trade_code
from plugin.shopify.transport import browser_url

STATE_LIFE = 10 * 60 * 1000  # ms between the permission page and the way back
# Each exchange ends the refresh token of the one before: of two at once the loser's might be kept.
_connecting: dict[str, threading.Lock] = defaultdict(threading.Lock)


class MissingScopes(GiveUp):
    """The merchant has not granted everything the app cannot do without; `scopes` says what is missing."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__(f"Shopify granted less than the app needs: {', '.join(scopes)}.")
        self.scopes = scopes


def is_connected(services: Services, shop: Shop) -> bool:
    """Whether the shop has installed the app, granted all we ask for, and its token has not been refused."""
    with services.database.read() as tx:
        token = shops.credentials(tx, shop.shop).token
    granted = covers(shop.scopes.split(","), services.settings.app.scopes)
    return shop.installed and token is not None and shop.reconnect is None and granted


def may(shop: Shop, scope: str) -> bool:
    """Whether the merchant grants that scope, or one that brings it.

    An optional one is to be looked up here before each use; there is none yet.
    """
    return covers(shop.scopes.split(","), [scope])


def ask_permission(services: Services, domain: str) -> tuple[str, str]:
    """Where to send the merchant to grant our scopes, and the state that must come back, once."""
    settings = services.settings
    state = secrets.token_hex(32)
    with services.database.write() as tx:
        shop = shops.know(tx, domain)
        states.give(tx, shop, state=state, expires_at=services.now() + STATE_LIFE, now=services.now())
    url = permission_url(
        shop=domain,
        api_key=settings.shopify_api_key,
        scopes=settings.app.scopes,
        redirect_uri=f"{settings.app_url}/auth/callback",
        state=state,
    )
    return browser_url(settings.simulator_in_browsers, url), state


def install(services: Services, domain: str, *, code: str, state: str) -> int:
    """Trades the code of the permission page for tokens; GiveUp says why not. Returns the shop's number."""
    settings, now = services.settings, services.now()
    with services.database.write() as tx:
        shop = shops.know(tx, domain)
        known = states.take(tx, shop, state=state, now=now)
    if not known:
        raise GiveUp(
            "This installation link was used already or is too old. Open the app from your Shopify admin again."
        )
    with _connecting[domain]:
        grant = trade_code(
            services.web,
            shop=domain,
            api_key=settings.shopify_api_key,
            secret=settings.secrets[0],
            code=code,
            now=now,
        )
        return _keep(services, domain, grant)


def connect(services: Services, domain: str, *, session_token: str, locale: str = "") -> int:
    """Exchanges a verified session token for tokens, unless the shop is connected already. Returns its number.

    `locale` is the language of whoever opens the app: a shop that was never installed gets its tag names by it.
    """
    settings = services.settings
    with _connecting[domain]:
        with services.database.read() as tx:
            known = shops.find(tx, domain)
        if known is not None and is_connected(services, known):
            return known.shop
        grant = exchange(
            session_token,
            shop=domain,
            api_key=settings.shopify_api_key,
            secret=settings.secrets[0],
            simulator=settings.shopify_simulator,
        )
        return _keep(services, domain, grant, locale)


def _keep(services: Services, domain: str, grant: Grant, locale: str = "") -> int:
    """Keeps what a shop granted and starts the work; MissingScopes when it is too little."""
    now = services.now()
    given, scopes = services.keyring.sealed(grant, now=now), ",".join(grant.scopes)
    missing = missing_scopes(services.settings.app.scopes, grant.scopes)
    with services.database.write() as tx:
        shop = shops.know(tx, domain)
        if not missing:
            if shops.get(tx, shop).installed_at is None:
                buyer, client = default_names(locale)
                # The shop's own language is told by shop/update only; till then it is that of who opens the app.
                shops.change(tx, shop, buyer_tag=buyer, client_tag=client, locale=locale[:16] or "en")
            shops.install(tx, shop, given=given, scopes=scopes, now=now)
            # The import brings in whatever there is.
            reconciliations.end(tx, shop, reason="the app was installed anew", now=now)
            shops.change(tx, shop, next_sweep_at=0, next_reconcile_at=0, reconciled_to=None, reconcile_for=None)
            looks.ask_refused(tx, shop, now=now)
        elif shops.get(tx, shop).installed:
            # These tokens have ended the ones before them.
            shops.keep_tokens(tx, shop, given=given, scopes=scopes, now=now)
    if missing:
        raise MissingScopes(missing)
    # It reads the shop's settings first: what fails there is tried again.
    services.nudge("import", shop)
    services.nudge("drain", shop)
    return shop
