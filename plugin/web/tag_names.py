"""The panel's forms about the names of our tags: other names, or taking over the tags that carry one already."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from plugin.services import Services
from plugin.usecases.name_tags import adopt_tags, rename_tags
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """POST /tag-names and POST /tag-names/adopt."""
    blueprint = panel(services, "tag_names")

    @blueprint.post("/tag-names")
    def rename() -> ResponseReturnValue:
        form = request.form
        rename_tags(services, visitor().shop.shop, buyer=form.get("buyer", ""), client=form.get("client", ""))
        return redirect(_back(), 303)

    @blueprint.post("/tag-names/adopt")
    def adopt() -> ResponseReturnValue:
        adopt_tags(services, visitor().shop.shop, name=request.form.get("name", ""))
        return redirect(_back(), 303)

    return blueprint


def _back() -> str:
    """The page the form stood on: it is on two."""
    return url_for("settings.page" if request.form.get("back") == "settings.page" else "home.page")
