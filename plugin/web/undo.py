"""The panel's page of undos: what could be taken back, what it would change, and lifting what was."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.core.undo_words import counted_words, left_words
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.objections import customer_named
from plugin.usecases.undo import Preview, begin_undo, lift_undo, lift_undo_of, preview_undo, stop_undo
from plugin.usecases.undo_spans import named_span, show_undoing
from plugin.web.panel import panel, visitor
from plugin.web.words import WORDS


def pages(services: Services) -> Blueprint:
    """GET /undo, POST /undo/ask, /undo/begin, /undo/stop, /undo/lift and /undo/lift-customer."""
    blueprint = panel(services, "undo")

    @blueprint.get("/undo")
    def page() -> ResponseReturnValue:
        what, which = request.args.get("what", ""), request.args.get("which", "")
        seen = show_undoing(services, visitor().shop.shop, asked=what, which=which, words=WORDS)
        told = _told(seen.preview) if seen.preview else []
        return render_template("pages/undo.html", seen=seen, told=told, what=what, which=which)

    @blueprint.post("/undo/ask")
    def ask() -> ResponseReturnValue:
        what, which = request.form.get("what", ""), request.form.get("which", "")
        named_span(services, visitor().shop.shop, what, which)
        return redirect(url_for("undo.page", what=what, which=which), 303)

    @blueprint.post("/undo/begin")
    def begin() -> ResponseReturnValue:
        shop = visitor().shop.shop
        span = named_span(services, shop, request.form.get("what", ""), request.form.get("which", ""))
        # What the merchant saw, and nothing that came later.
        begin_undo(services, shop, preview_undo(services, shop, span._replace(upto=_number("upto"))))
        return redirect(url_for("undo.page"), 303)

    @blueprint.post("/undo/stop")
    def stop() -> ResponseReturnValue:
        stop_undo(services, visitor().shop.shop, _number("undo"))
        return redirect(url_for("undo.page"), 303)

    @blueprint.post("/undo/lift")
    def lift() -> ResponseReturnValue:
        lift_undo(services, visitor().shop.shop, _number("undo"))
        return redirect(url_for("undo.page"), 303)

    @blueprint.post("/undo/lift-customer")
    def lift_customer() -> ResponseReturnValue:
        lift_undo_of(services, visitor().shop.shop, customer_named(request.form.get("customer", "")))
        return redirect(url_for("undo.page"), 303)

    return blueprint


def _told(preview: Preview) -> list[str]:
    return [counted_words(preview.shown, WORDS), *left_words(preview.left, WORDS)]


def _number(name: str) -> int:
    given = request.form.get(name, "")
    if not given.isdecimal() or not int(given):
        raise GiveUp("The page is too old: go back, and look again.")
    return int(given)
