"""The panel's first page: how the shop stands, and the yes to tagging."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.services import Services
from plugin.usecases.accept_tagging import accept_tagging
from plugin.usecases.show_status import seconds_left, show_status
from plugin.web.install import way_in
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET / and POST /tagging."""
    blueprint = panel(services, "home", strangers=way_in(services))

    @blueprint.get("/")
    def page() -> ResponseReturnValue:
        status = show_status(services, visitor().shop.shop)
        left = status.running and seconds_left(status.running, services.now())
        return render_template("pages/home.html", status=status, left=left)

    @blueprint.post("/tagging")
    def accept() -> ResponseReturnValue:
        shown = request.form.get("shown", "")
        if not (shown.isascii() and shown.isdigit()):
            abort(400, "Say which number was shown (shown).")
        accept_tagging(services, visitor().shop.shop, shown=int(shown))
        return redirect(url_for("home.page"), 303)

    return blueprint
