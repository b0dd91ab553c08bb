"""The panel's page of one customer: what they are and why, what happened, and what the merchant may say about it."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plugin.core.verdict import Kind
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.judge import COMPANY
from plugin.usecases.objections import lift_objection, note_objection
from plugin.usecases.override import lift_override, mark_customer
from plugin.usecases.show_customer import FEW, Unknown, show_customer
from plugin.usecases.show_past import spot_named
from plugin.usecases.tell_evidence import tell_evidence
from plugin.usecases.undo import lift_undo_of
from plugin.usecases.vetoes import lift_veto
from plugin.web import words_of_activity, words_of_customers
from plugin.web.languages import N_
from plugin.web.panel import panel, visitor
from plugin.web.words import WORDS

KINDS = ("Customer", COMPANY.rstrip("/"))
DAYS_SHOWN = 6
SAID = {
    "lift-veto": N_("Regulars tags this customer again"),
    "object": N_("This customer is no longer classified"),
    "lift-objection": N_("This customer is classified again"),
    "lift-undo": N_("Their tag is written again"),
    "mark-buyer": N_("This customer is a buyer until you lift it"),
    "mark-client": N_("This customer is a client until you lift it"),
    "lift-mark": N_("Their orders decide again"),
}  # by what was done
_NOBODY = Unknown(erased=False)


def pages(services: Services) -> Blueprint:
    """GET /customers/KIND/NUMBER and .../evidence (JSON); POST to .../lift-veto, .../object, .../lift-objection,
    .../lift-undo, .../mark-buyer, .../mark-client and .../lift-mark of it."""
    blueprint = panel(services, "customer")

    @blueprint.errorhandler(Unknown)
    def unknown(error: Unknown) -> ResponseReturnValue:
        words = (
            gettext("This customer was erased: nothing is kept of them.")
            if error.erased
            else gettext("Regulars knows nothing of this customer. It does once they have ordered.")
        )
        return render_template("pages/error.html", title=gettext("There is no such customer"), words=words), 404

    @blueprint.get("/customers/<kind>/<number>")
    def page(kind: str, number: str) -> ResponseReturnValue:
        before = spot_named(request.args.get("before", ""))
        said = SAID.get(request.args.get("said", ""))
        seen = show_customer(services, visitor().shop.shop, _key(kind, number), before=before, words=WORDS)
        return render_template(
            "pages/customer.html",
            seen=seen,
            number=number,
            words=words_of_customers,
            ledger=words_of_activity,
            toast=gettext(said) if said else "",
            few=FEW,
            user=visitor().user,
            days=DAYS_SHOWN,
        )

    @blueprint.get("/customers/<kind>/<number>/evidence")
    def evidence(kind: str, number: str) -> ResponseReturnValue:
        told = tell_evidence(services, visitor().shop.shop, _key(kind, number), words=WORDS)
        headers = {
            "Content-Type": "application/json",
            "Content-Disposition": f'attachment; filename="{kind.lower()}-{number}.json"',
            "Cache-Control": "no-store",
        }
        return json.dumps(told, indent=1), 200, headers

    @blueprint.post("/customers/Customer/<number>/<deed>")
    def act(number: str, deed: str) -> ResponseReturnValue:
        deeds: dict[str, Callable[[Services, int, str], None]] = {
            "lift-veto": lift_veto,
            "object": note_objection,
            "lift-objection": lift_objection,
            "lift-undo": _lift_undo,
            "mark-buyer": partial(mark_customer, kind=Kind.BUYER, by=visitor().user),
            "mark-client": partial(mark_customer, kind=Kind.CLIENT, by=visitor().user),
            "lift-mark": lift_override,
        }
        if deed not in deeds:
            abort(404)
        deeds[deed](services, visitor().shop.shop, _key("Customer", number))
        return redirect(url_for("customer.page", kind="Customer", number=number, said=deed), 303)

    return blueprint


def _lift_undo(services: Services, shop: int, customer: str) -> None:
    with suppress(GiveUp):  # the second of two clicks finds nothing left to lift
        lift_undo_of(services, shop, customer)


def _key(kind: str, number: str) -> str:
    if kind not in KINDS or not (number.isascii() and number.isdecimal() and len(number) < 20):
        raise _NOBODY
    return f"{kind}/{number}"
