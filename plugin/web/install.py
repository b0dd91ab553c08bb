"""The way in by the authorization-code grant: from Shopify's surfaces to the permission page and back."""

import hmac

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from plugin.db import shops
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify.oauth import check_request
from plugin.usecases.install import ask_permission, install, is_connected


def pages(services: Services) -> Blueprint:
    """GET / and GET /auth/callback."""
    blueprint = Blueprint("install", __name__)
    secrets = services.settings.secrets

    @blueprint.get("/")
    def start() -> ResponseReturnValue:
        if "hmac" not in request.args:
            return render_template("pages/start.html")
        domain = check_request(request.args, secrets=secrets, now=services.now())
        with services.database.read() as tx:
            known = shops.find(tx, domain)
        # With a dead token, or too few scopes, the same way in brings new ones.
        if known is not None and is_connected(services, known):
            return render_template("pages/installed.html", shop=known, development=services.settings.shopify_simulator)
        url, session["state"] = ask_permission(services, domain)
        return redirect(url)

    @blueprint.get("/auth/callback")
    def callback() -> ResponseReturnValue:
        domain = check_request(request.args, secrets=secrets, now=services.now())
        state = request.args.get("state", "")
        # The browser that comes back must be the one that was sent.
        if not hmac.compare_digest(state.encode(), session.pop("state", "").encode()) or not state:
            raise GiveUp("This installation was begun in another browser. Open the app from your Shopify admin again.")
        shop = install(services, domain, code=request.args.get("code", ""), state=state)
        with services.database.read() as tx:
            known = shops.get(tx, shop)
        return render_template("pages/installed.html", shop=known, development=services.settings.shopify_simulator)

    return blueprint
