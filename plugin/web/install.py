"""The way in by the authorization-code grant: from Shopify's surfaces to the permission page and back."""

import hmac
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from plugin.db import shops
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify.oauth import admin_url, check_request
from plugin.shopify.transport import browser_url
from plugin.usecases.install import ask_permission, install, is_connected


def way_in(services: Services) -> Callable[[], ResponseReturnValue]:
    """Answers whoever opens the app's address outside the admin: into the admin, to the permission page, or nowhere."""

    def answer() -> ResponseReturnValue:
        if "hmac" not in request.args:
            return render_template("pages/start.html")
        domain = _signed_by(services)
        with services.database.read() as tx:
            known = shops.find(tx, domain)
        if known is not None and is_connected(services, known):
            return redirect(_admin(services, domain))
        return redirect(f"/auth/begin?{request.query_string.decode()}")

    return answer


def pages(services: Services) -> Blueprint:
    """GET /auth/begin and GET /auth/callback; between them the browser keeps the state in a cookie for /auth only."""
    blueprint = Blueprint("install", __name__)

    @blueprint.get("/auth/begin")
    def begin() -> ResponseReturnValue:
        url, session["state"] = ask_permission(services, _signed_by(services))
        session.permanent = True  # that is: as long as the state is good for, not as long as the browser runs
        return redirect(url)

    @blueprint.get("/auth/callback")
    def callback() -> ResponseReturnValue:
        domain = _signed_by(services)
        state, sent = request.args.get("state", ""), session.get("state", "")
        session.clear()
        # The browser that comes back must be the one that was sent.
        if not hmac.compare_digest(state.encode(), sent.encode()) or not state:
            raise GiveUp("This installation was begun in another browser. Open the app from your Shopify admin again.")
        install(services, domain, code=request.args.get("code", ""), state=state)
        return redirect(_admin(services, domain))

    return blueprint


def _signed_by(services: Services) -> str:
    return check_request(request.args, secrets=services.settings.secrets, now=services.now())


def _admin(services: Services, domain: str) -> str:
    settings = services.settings
    url = admin_url(request.args.get("host", ""), shop=domain, api_key=settings.shopify_api_key)
    return browser_url(settings.simulator_in_browsers, url)
