"""Fresh session tokens for documents: off to a page with nothing but App Bridge, which comes back with one."""

import logging
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from plugin.services import Services
from plugin.shopify.oauth import shop_domain
from plugin.shopify.session_tokens import InvalidToken
from plugin.web.headers import belongs_to

log = logging.getLogger(__name__)

PATH = "/auth/patch-id-token"
AGAIN = "shopify-reload"
SINCE = "bounced"  # when, in unix seconds: whoever has just come from here is not sent again
PAUSE = 30  # seconds


def bounce(refused: InvalidToken, now: int) -> ResponseReturnValue:
    """Sends the current document there; raises `refused` when it has just been there. `now` in UTC milliseconds."""
    since = request.args.get(SINCE, "0")
    if since.isdecimal() and abs(now // 1000 - int(since[:12])) < PAUSE:
        log.warning("A session token fresh from Shopify was refused. %s", refused)
        raise refused
    query = [(name, one) for name, one in request.args.items(multi=True) if name not in ("id_token", AGAIN, SINCE)]
    back = f"{request.path}?{urlencode([*query, (SINCE, now // 1000)])}"
    return redirect(f"{PATH}?{urlencode([*query, (AGAIN, back)])}")


def pages(services: Services) -> Blueprint:
    """GET /auth/patch-id-token: App Bridge reads where to from the address, and reloads that with a session token."""
    blueprint = Blueprint("bounce", __name__)

    @blueprint.get(PATH)
    def page() -> ResponseReturnValue:
        domain = shop_domain(request.args.get("shop", ""))
        given = request.args.get(AGAIN, "")
        back = _own(given, services.settings.app_url)
        if back != given or "id_token" in request.args:
            query = [(name, one) for name, one in request.args.items(multi=True) if name not in ("id_token", AGAIN)]
            return redirect(f"{PATH}?{urlencode([*query, (AGAIN, back)])}")
        belongs_to(domain)
        return render_template("pages/bounce.html")

    return blueprint


def _own(target: str, app_url: str) -> str:
    """The path and query of an address of ours without its session token; anything else is refused."""
    parts = urlsplit(target)
    ours = f"{parts.scheme}://{parts.netloc}" == app_url or not (parts.scheme or parts.netloc)
    odd = "\\" in target or any(letter <= " " for letter in target) or parts.path.startswith("//")
    if not ours or odd or not parts.path.startswith("/") or parts.path == PATH:
        abort(400, f"{AGAIN} must be a page of this app.")
    query = [(name, one) for name, one in parse_qsl(parts.query, keep_blank_values=True) if name != "id_token"]
    return f"{parts.path}?{urlencode(query)}" if query else parts.path
