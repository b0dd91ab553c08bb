"""Installation by the authorization-code grant, as a merchant's browser and the app's server meet it."""

import time

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from plugin.simulator import access, installation
from plugin.simulator.signature import host_of, signed
from plugin.simulator.simulation import here, shop_named
from plugin.simulator.state import Shop

bp = Blueprint("oauth", __name__)


@bp.get("/_simulator/<domain>/install")
def install(domain: str) -> AnyResponse:
    """Where a merchant lands who clicks "Install" in the App Store: at the app, with a signed query."""
    world = here().world
    return redirect(f"{world.app_url}?{_signed_query(shop_named(domain))}")


@bp.route("/<domain>/admin/oauth/authorize", methods=["GET", "POST"])
def authorize(domain: str) -> AnyResponse | str:
    """The page that asks the merchant; consent, or an earlier consent to the same scopes, sends the browser back."""
    world, shop = here().world, shop_named(domain)
    wish = request.args
    if wish.get("client_id") != world.api_key:
        return _oauth_error("invalid_request: Could not find Shopify API application with api_key")
    if wish.get("redirect_uri") not in world.redirect_urls:
        return _oauth_error("invalid_request: The redirect_uri is not whitelisted")
    scopes = access.without_implied(wish["scope"].split(",") if wish.get("scope") else world.scopes)
    with world.lock:
        if request.method == "GET" and not (shop.installed and set(scopes) <= set(shop.scopes)):
            return render_template("consent.html", app=world.app_name, shop=shop, scopes=scopes)
        installation.agree(world, shop, scopes)
        code = access.new_code(shop, scopes)
    state = {"state": wish["state"]} if "state" in wish else {}
    return redirect(f"{wish['redirect_uri']}?{_signed_query(shop, code=code, **state)}")


def _signed_query(shop: Shop, **more: str) -> str:
    query = {"host": host_of(shop.domain), "shop": shop.domain, "timestamp": str(int(time.time())), **more}
    return signed(query, here().world.signing_secret)


def _oauth_error(words: str) -> Response:
    return Response(f"Oauth error {words}", 400, mimetype="text/plain")
