"""The panel's page of customers whose tags were changed by hand, with the button that lets us write again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.answer_vanished import respect_removal, restore_tags
from plugin.usecases.objections import customer_named
from plugin.usecases.vetoes import lift_all_vetoes, lift_veto, list_vetoes
from plugin.web.panel import panel, visitor


def pages(services: Services) -> Blueprint:
    """GET /vetoes, POST /vetoes/lift, /vetoes/lift-all and /vetoes/answer."""
    blueprint = panel(services, "vetoes")

    @blueprint.get("/vetoes")
    def page() -> ResponseReturnValue:
        seen = list_vetoes(services, visitor().shop.shop, after=request.args.get("after", ""))
        return render_template("pages/vetoes.html", seen=seen)

    @blueprint.post("/vetoes/lift")
    def lift() -> ResponseReturnValue:
        lift_veto(services, visitor().shop.shop, customer_named(request.form.get("customer", "")))
        return redirect(url_for("vetoes.page"), 303)

    @blueprint.post("/vetoes/lift-all")
    def lift_all() -> ResponseReturnValue:
        lift_all_vetoes(services, visitor().shop.shop)
        return redirect(url_for("vetoes.page"), 303)

    @blueprint.post("/vetoes/answer")
    def answer() -> ResponseReturnValue:
        answers = {"restore": restore_tags, "respect": respect_removal}
        chosen = answers.get(request.form.get("answer", ""))
        if chosen is None:
            raise GiveUp("Choose whether the tags are to be put back or left off.")
        chosen(services, visitor().shop.shop)
        return redirect(url_for("home.page"), 303)

    return blueprint
