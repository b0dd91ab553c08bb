"""The panel: pages inside the Shopify admin, each of which knows who looks before it runs."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.db import shops
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.session_tokens import InvalidToken, read
from plugin.usecases.install import connect, is_connected
from plugin.usecases.visit import visited
from plugin.web.bounce import bounce
from plugin.web.headers import belongs_to
from plugin.web.languages import N_

# A page joins the menu by a line here: its endpoint, and its name in the menu.
MENU = (
    ("home.page", N_("Home")),
    ("customers.page", N_("Customers")),
    ("activity.page", N_("Activity")),
    ("undo.page", N_("Undo")),
    ("settings.page", N_("Settings")),
)
CARRIED = ("host", "locale")  # what Shopify's admin tells every document, beside the shop


class Visitor(NamedTuple):
    """Who looks: at which shop, and Shopify's number of the person."""

    shop: Shop
    user: str


def visitor() -> Visitor:
    """Who sent the current request; only pages of a `panel` have one."""
    found: Visitor = g.visitor
    return found


def panel(services: Services, name: str, *, strangers: Callable[[], ResponseReturnValue] | None = None) -> Blueprint:
    """A blueprint whose every route runs for a verified visitor of a connected shop only.

    `strangers` answers a document that was opened outside the admin without a token; else it is refused.
    """
    blueprint = Blueprint(name, __name__)

    @blueprint.before_request
    def admit() -> ResponseReturnValue | None:
        header = request.headers.get("Authorization")
        document = header is None and request.method in ("GET", "HEAD")
        embedded = document and request.args.get("embedded") == "1"
        # A form is believed with the header only, which no foreign page can send.
        token = request.args.get("id_token", "") if document else (header or "").removeprefix("Bearer ")
        if document and not token and not embedded and strangers is not None:
            return strangers()
        try:
            g.visitor = _visitor(services, token, opens=embedded)
        except InvalidToken as refused:
            if not embedded:
                raise
            return bounce(refused, services.now())
        return None

    @blueprint.url_defaults
    def carry(_: str, values: dict[str, Any]) -> None:
        # A link that is opened without App Bridge finds its way by these.
        if "visitor" in g:
            given = {name: request.args[name] for name in CARRIED if name in request.args}
            for key, value in {"shop": g.visitor.shop.domain, **given, "embedded": "1"}.items():
                values.setdefault(key, value)

    return blueprint


def menu() -> list[tuple[str, str]]:
    """(endpoint, name in the page's language) of the pages in the menu, for a visitor."""
    here = current_app.view_functions
    return [(endpoint, gettext(name)) for endpoint, name in MENU if endpoint in here] if "visitor" in g else []


def _visitor(services: Services, token: str, *, opens: bool) -> Visitor:
    settings = services.settings
    visit = read(token, api_key=settings.shopify_api_key, secrets=settings.secrets, now=services.now())
    belongs_to(visit.domain)
    if any(named.lower() != visit.domain for named in request.args.getlist("shop")):
        abort(
            403,
            gettext(
                "The address names another shop than Shopify's session token: open the app from your Shopify admin."
            ),
        )
    with services.database.read() as tx:
        known = shops.find(tx, visit.domain)
    if known is None or not is_connected(services, known):
        number = connect(services, visit.domain, session_token=token, locale=request.args.get("locale", ""))
        with services.database.read() as tx:
            known = shops.get(tx, number)
    elif opens:
        visited(services, known.shop, session_token=token)
    return Visitor(known, visit.user)
