"""The first run: how far the import is, what it found, the yes to tagging, "not now", and another try at reading."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.services import Services
from plugin.usecases.accept_tagging import accept_tagging, pause_tagging, resume_tagging
from plugin.usecases.import_history import import_again, stop_import
from plugin.usecases.show_first_run import MANY, show_first_run, skip_first_run
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET /first-run, POST /first-run/skip, /import, /import/stop, /tagging, /tagging/pause and /tagging/resume."""
    blueprint = panel(services, "first_run")

    @blueprint.get("/first-run")
    def page() -> ResponseReturnValue:
        shop = visitor().shop
        if shop.tagging:
            return redirect(url_for("home.page"), 303)
        return render_first_run(services, shop.shop)

    @blueprint.post("/first-run/skip")
    def skip() -> ResponseReturnValue:
        skip_first_run(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/tagging")
    def accept() -> ResponseReturnValue:
        accept_tagging(services, visitor().shop.shop, shown=_number("shown"))
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/tagging/pause")
    def pause() -> ResponseReturnValue:
        pause_tagging(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/tagging/resume")
    def resume() -> ResponseReturnValue:
        resume_tagging(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/import")
    def again() -> ResponseReturnValue:
        import_again(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    @blueprint.post("/import/stop")
    def stop() -> ResponseReturnValue:
        stop_import(services, visitor().shop.shop, _number("number"))
        return redirect(url_for("home.page"), 303)

    return blueprint


def _number(name: str) -> int:
    given = request.form.get(name, "")
    if not (given.isascii() and given.isdigit()):
        abort(400, gettext("The page is too old: go back, and look again."))
    return int(given)


def render_first_run(services: Services, shop: int) -> str:
    """The page."""
    return render_template("pages/first_run.html", first=show_first_run(services, shop), many=MANY)
