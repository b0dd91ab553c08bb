"""The panel's first page: how the shop stands, the yes to tagging, and another try at the order history."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.services import Services
from plugin.usecases.accept_tagging import accept_tagging
from plugin.usecases.import_history import import_again
from plugin.usecases.show_home import MANY, show_home
from plugin.web.install import way_in
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET /, POST /tagging and POST /import."""
    blueprint = panel(services, "home", strangers=way_in(services))

    @blueprint.get("/")
    def page() -> ResponseReturnValue:
        return render_template("pages/home.html", home=show_home(services, visitor().shop.shop), many=MANY)

    @blueprint.post("/tagging")
    def accept() -> ResponseReturnValue:
        shown = request.form.get("shown", "")
        if not (shown.isascii() and shown.isdigit()):
            abort(400, gettext("The page is too old: go back, and look again."))
        accept_tagging(services, visitor().shop.shop, shown=int(shown))
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/import")
    def again() -> ResponseReturnValue:
        import_again(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    return blueprint
