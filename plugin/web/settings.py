"""The panel's page of settings: names of the tags, language, privacy, the connection, and leaving."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from plugin.services import Services
from plugin.usecases.show_settings import show_settings
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET /settings; its forms are answered by the pages they belong to."""
    blueprint = panel(services, "settings")

    @blueprint.get("/settings")
    def page() -> ResponseReturnValue:
        seen = show_settings(services, visitor().shop.shop)
        return render_template("pages/settings.html", seen=seen, first=seen, shop=seen.shop)

    return blueprint
