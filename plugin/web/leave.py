"""The panel's page for who wants to leave: our tags come off first, for an uninstall cannot be held up."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from plugin.core.retention import SHOPS
from plugin.services import Services
from plugin.usecases.leave import MANY, keep_tags, leaving, remove_tags
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET /leave, POST /leave/remove and /leave/keep."""
    blueprint = panel(services, "leave")

    @blueprint.get("/leave")
    def page() -> ResponseReturnValue:
        shop = visitor().shop
        seen = leaving(services, shop.shop)
        return render_template("pages/leave.html", shop=shop, leaving=seen, many=MANY, days=SHOPS.days)

    @blueprint.post("/leave/remove")
    def remove() -> ResponseReturnValue:
        remove_tags(services, visitor().shop.shop)
        return redirect(url_for("leave.page"), 303)

    @blueprint.post("/leave/keep")
    def keep() -> ResponseReturnValue:
        keep_tags(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    return blueprint
