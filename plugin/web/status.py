"""Development only: where all simulated shops stand, and the yes to tagging without the admin around it."""

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.core.subscriptions import Subscription, follow, renewed_last
from plugin.core.verdict import Kind, judge
from plugin.core.verdict_words import sentence
from plugin.db import all_shops, customers, earlier, orders, shops, subscriptions
from plugin.services import Services
from plugin.usecases.accept_tagging import accept_tagging
from plugin.usecases.show_status import seconds_left, show_status


def pages(services: Services) -> Blueprint:
    """GET /status, GET /status.json, POST /status/accept."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/status")
    def page() -> ResponseReturnValue:
        found = [_described(services, shop) for shop in _installed(services)]
        return render_template("pages/status.html", shops=found)

    @blueprint.get("/status.json")
    def numbers() -> ResponseReturnValue:
        found = [_numbers(services, shop) for shop in _installed(services)]
        if request.args.get("examples"):
            for shop, one in zip(_installed(services), found, strict=True):
                told = examples(services, shop, one["today"])
                one["examples"] = [(customer, kind.name.lower(), words) for customer, kind, words in told]
        return jsonify(found)

    @blueprint.post("/status/accept")
    def accept() -> ResponseReturnValue:
        shown = request.form.get("shown", "")
        with services.database.read() as tx:
            known = shops.find(tx, request.form.get("shop", ""))
        if known is None or not shown.isdigit():
            abort(400, "Say which shop (shop) and which number was shown (shown).")
        accept_tagging(services, known.shop, shown=int(shown))
        return redirect(url_for("status.page"))

    return blueprint


def _installed(services: Services) -> list[int]:
    with services.database.read() as tx:
        return all_shops.installed(tx)


def _numbers(services: Services, shop: int) -> dict[str, Any]:
    status = show_status(services, shop)
    return {
        "shop": status.shop.domain,
        "tagging": status.shop.tagging,
        "orders": status.orders,
        "deliveries": status.deliveries._asdict(),
        "kinds": status.kinds._asdict(),
        "to_tag": status.to_tag,
        "ledger": status.ledger,
        "bulk": status.bulk and status.bulk._asdict(),
        "import": status.running and status.running._asdict(),
        "reconciliation": status.reconciled and status.reconciled._asdict(),
        "calls": status.calls._asdict(),
        "today": status.today,
        "swept_on": status.shop.swept_on,
    }


def _described(services: Services, shop: int) -> dict[str, Any]:
    status = show_status(services, shop)
    return {
        "status": status,
        "left": status.running and seconds_left(status.running, services.now()),
        "examples": examples(services, shop, status.today),
    }


def examples(services: Services, shop: int, today: int) -> list[tuple[str, Kind, str]]:
    """A few customers with their reasons: (customer, kind, sentence)."""
    with services.database.read() as tx:
        model, rules = shops.judging(tx, shop)
        keys = customers.examples(tx, shop)
        before = earlier.of_customers(tx, shop, keys)
        billed = subscriptions.of_customers(tx, shop, keys)
        found = []
        for customer in keys:
            seen = [one.judged for one in orders.listed(tx, shop, customer)]
            verdict = judge(seen, model, rules, today, earlier=before.get(customer))
            state = billed.get(customer, Subscription.NONE)
            verdict = follow(verdict, state, today, renewed=renewed_last(seen))
            found.append((customer, verdict.kind, sentence(verdict, model, today)))
    return found
