"""The panel's pages of what happened: tag changes with their reasons, deliveries, and comparisons with Shopify."""

import re
from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.db.undos import Place
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.reconcile import reconcile_now, stop_comparing
from plugin.usecases.replay import replay
from plugin.usecases.show_changes import Asked, show_changes
from plugin.usecases.show_comparisons import show_comparisons
from plugin.usecases.show_deliveries import MANY, show_deliveries
from plugin.web import words_of_activity as words
from plugin.web.panel import panel, visitor

_PLACE = re.compile(r"(\d{1,18})\.(.{1,64})", re.DOTALL).fullmatch


def pages(services: Services) -> Blueprint:
    """GET /activity, /activity/deliveries, /activity/comparisons; POST replay, replay-all, compare, stop-comparing."""
    blueprint = panel(services, "activity")

    @blueprint.get("/activity")
    def page() -> ResponseReturnValue:
        asked = Asked(*(request.args.get(name, "").strip() for name in Asked._fields))
        older, newer = request.args.get("older", ""), request.args.get("newer", "")
        seen = show_changes(services, visitor().shop, asked, place=_line(newer or older), newer=bool(newer))
        kept = {name: value for name, value in asked._asdict().items() if value}
        return render_template("pages/activity.html", seen=seen, asked=asked, kept=kept, words=words)

    @blueprint.get("/activity/deliveries")
    def deliveries() -> ResponseReturnValue:
        after, replayed = request.args.get("after", ""), request.args.get("replayed", "")
        put_back = _number(request.args.get("put_back") or "0")
        shop = visitor().shop.shop
        seen = show_deliveries(services, shop, after=_place(after) if after else None, replayed=replayed)
        shown = {"put_back": put_back, "many": MANY, "now": services.now(), "words": words}
        return render_template("pages/deliveries.html", seen=seen, **shown)

    @blueprint.post("/activity/replay")
    def replay_one() -> ResponseReturnValue:
        webhook_id = request.form.get("delivery", "")
        # Clicked twice, or worked off meanwhile: the page says where it stands.
        with suppress(GiveUp):
            replay(services, visitor().shop.shop, webhook_id=webhook_id)
        return redirect(url_for("activity.deliveries", replayed=webhook_id), 303)

    @blueprint.post("/activity/replay-all")
    def replay_all() -> ResponseReturnValue:
        number = replay(services, visitor().shop.shop)
        return redirect(url_for("activity.deliveries", put_back=number), 303)

    @blueprint.get("/activity/comparisons")
    def comparisons() -> ResponseReturnValue:
        return render_template("pages/comparisons.html", seen=show_comparisons(services, visitor().shop), words=words)

    @blueprint.post("/activity/compare")
    def compare() -> ResponseReturnValue:
        reconcile_now(services, visitor().shop.shop, after=_number(request.form.get("after", "")))
        return redirect(url_for("activity.comparisons"), 303)

    @blueprint.post("/activity/stop-comparing")
    def stop() -> ResponseReturnValue:
        stop_comparing(services, visitor().shop.shop, _number(request.form.get("number", "")))
        return redirect(url_for("activity.comparisons"), 303)

    return blueprint


def _line(text: str) -> Place | None:
    if not text:
        return None
    at, number = _place(text)
    return Place(at, _number(number))


def _place(text: str) -> tuple[int, str]:
    found = _PLACE(text)
    if found is None:
        raise GiveUp("The page is too old: go back, and look again.")
    return int(found[1]), found[2]


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise GiveUp("The page is too old: go back, and look again.")
    return int(text)
