"""The panel's switch of language; the form stands in pages/_language.html, on whatever page includes it."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.services import Services
from plugin.usecases.choose_language import choose_language
from plugin.web.languages import LANGUAGES
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """POST /language."""
    blueprint = panel(services, "language")

    @blueprint.post("/language")
    def choose() -> ResponseReturnValue:
        chosen = request.form.get("language", "")
        if chosen and chosen not in LANGUAGES:
            abort(400, gettext("Choose one of the languages in the list."))
        choose_language(services, visitor().shop.shop, chosen or None)
        return redirect(url_for("settings.page"), 303)

    return blueprint
