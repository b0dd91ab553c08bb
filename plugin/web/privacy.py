"""The panel's page on privacy: requests and their answers, erasures, objections, and what is kept for how long."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.core.retention import KEPT, how_long
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.objections import customer_named, lift_objection, note_objection
from plugin.usecases.show_privacy import show_privacy, take_answer
from plugin.web.panel import panel, visitor
from plugin.web.words import WORDS, told


def pages(services: Services) -> Blueprint:
    """GET /privacy, GET /privacy/answers/ID, POST /privacy/objections and /privacy/objections/lift."""
    blueprint = panel(services, "privacy")

    def shown(*, refused: str | None = None, typed: str = "") -> str:
        seen = show_privacy(services, visitor().shop.shop, WORDS)
        kept = [(WORDS.say(keep.what), how_long(keep, WORDS), WORDS.say(keep.why)) for keep in KEPT]
        return render_template("pages/privacy.html", seen=seen, kept=kept, refused=refused, typed=typed)

    @blueprint.get("/privacy")
    def page() -> ResponseReturnValue:
        return shown()

    @blueprint.get("/privacy/answers/<webhook_id>")
    def answer(webhook_id: str) -> ResponseReturnValue:
        found = take_answer(services, visitor().shop.shop, webhook_id)
        if found is None:
            abort(410, gettext("This answer is no longer kept. Ask for it again in your Shopify admin."))
        headers = {
            "Content-Type": "application/json",
            "Content-Disposition": 'attachment; filename="regulars-data-request.json"',
            "Cache-Control": "no-store",
        }
        return found, 200, headers

    @blueprint.post("/privacy/objections")
    def objects() -> ResponseReturnValue:
        typed = request.form.get("customer", "")
        try:
            note_objection(services, visitor().shop.shop, customer_named(typed))
        except GiveUp as never:
            return shown(refused=told(never), typed=typed), 400
        return redirect(url_for("privacy.page"), 303)

    @blueprint.post("/privacy/objections/lift")
    def lift() -> ResponseReturnValue:
        lift_objection(services, visitor().shop.shop, customer_named(request.form.get("customer", "")))
        return redirect(url_for("privacy.page"), 303)

    return blueprint
