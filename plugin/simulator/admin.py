"""A shop's admin, as far as an app needs one: the merchant's consent, then the app in a frame."""

import time
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.simulator import installation, session_tokens
from plugin.simulator.signature import host_of, signed
from plugin.simulator.simulation import answer, here, refuse, shop_named
from plugin.simulator.state import Shop

PAGES = Path(__file__).parent / "pages"

bp = Blueprint("admin", __name__, template_folder=str(PAGES))


@bp.get("/_simulator/<any('app-bridge', 'admin'):name>.js")
def script(name: str) -> Response:
    """app-bridge.js, which a page of the app loads instead of Shopify's; admin.js, which answers it."""
    script = (PAGES / f"{name}.js").read_text(encoding="utf-8")
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-store"})


@bp.get("/_simulator/<domain>/app_url")
def app_url(domain: str) -> Response:
    """{"url": what the frame would load}, for tests without a browser; ?path=/x, ?locale=fr, ?user=2, more goes along.

    409 while the merchant has not agreed to all required scopes: POST .../admin does that.
    """
    world, shop = here().world, shop_named(domain)
    query = request.args.to_dict()
    with world.lock:
        if lacking := installation.missing(world, shop):
            refuse(409, {"error": f"the merchant has not granted {', '.join(lacking)}"})
        installation.drop_undeclared(world, shop)
    return answer({"url": _framed(shop, query.pop("path", "/"), query)})


@bp.route("/_simulator/<domain>/admin", defaults={"page": ""}, methods=["GET", "POST"])
@bp.route("/_simulator/<domain>/admin/<path:page>", methods=["GET", "POST"])
def admin(domain: str, page: str) -> AnyResponse | str:
    """The app in its frame, at this page of it; before that, where it is needed, the question whether it may.

    A POST is the merchant's yes. ?locale=fr and ?user=2 say who looks; all else goes to the app.
    """
    world, shop = here().world, shop_named(domain)
    with world.lock:
        if request.method == "POST":
            installation.agree(world, shop, world.scopes)
            return redirect(request.full_path.rstrip("?"), 303)
        if lacking := installation.missing(world, shop):
            return render_template("consent.html", app=world.app_name, shop=shop, scopes=lacking)
        installation.drop_undeclared(world, shop)
    query = request.args.to_dict()
    return render_template(
        "admin.html",
        app=world.app_name,
        shop=shop,
        src=_framed(shop, f"/{page}", query),
        told={"domain": shop.domain, "app": world.app_url, "user": int(query.get("user", 1))},
    )


@bp.route("/<domain>/admin/apps/<app>/", defaults={"page": ""}, strict_slashes=False)
@bp.route("/<domain>/admin/apps/<app>/<path:page>")
def app_page(domain: str, app: str, page: str) -> AnyResponse:
    """Where an app sends a browser that it wants back inside the admin: by its key or its handle."""
    world, shop = here().world, shop_named(domain)
    if app not in {world.api_key, world.app_handle}:
        refuse(404, {"errors": "Not Found"})
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"/_simulator/{shop.domain}/admin/{page}".rstrip("/") + query)


@bp.route("/admin.shopify.com/store/<handle>/apps/<app>/", defaults={"page": ""}, strict_slashes=False)
@bp.route("/admin.shopify.com/store/<handle>/apps/<app>/<path:page>")
def store_page(handle: str, app: str, page: str) -> AnyResponse:
    """The same, as admin.shopify.com writes it."""
    return app_page(f"{handle}.myshopify.com", app, page)


def _framed(shop: Shop, path: str, more: dict[str, Any]) -> str:
    world, user = here().world, int(more.get("user", 1))
    query = {
        **{name: value for name, value in more.items() if name != "user"},
        "embedded": "1",
        "host": host_of(shop.domain),
        "id_token": session_tokens.mint(world, shop, user=user),
        "locale": more.get("locale", shop.locale),
        "session": session_tokens.session_of(world, shop, user),
        "shop": shop.domain,
        "timestamp": str(int(time.time())),
    }
    return f"{world.app_url}{path}?{signed(query, world.signing_secret)}"
