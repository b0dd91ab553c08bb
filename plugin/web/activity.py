"""The panel's pages of what happened: every tag change with its reason, newest first."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from plugin.db.undos import Place
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.show_changes import Asked, show_changes
from plugin.web import words_of_activity as words
from plugin.web.panel import panel, visitor

_PLACE = re.compile(r"(\d{1,18})\.(\d{1,18})").fullmatch


def pages(services: Services) -> Blueprint:
    """GET /activity."""
    blueprint = panel(services, "activity")

    @blueprint.get("/activity")
    def page() -> ResponseReturnValue:
        asked = Asked(*(request.args.get(name, "").strip() for name in Asked._fields))
        older, newer = request.args.get("older", ""), request.args.get("newer", "")
        seen = show_changes(services, visitor().shop, asked, place=_place(newer or older), newer=bool(newer))
        kept = {name: value for name, value in asked._asdict().items() if value}
        return render_template("pages/activity.html", seen=seen, asked=asked, kept=kept, words=words)

    return blueprint


def _place(text: str) -> Place | None:
    if not text:
        return None
    found = _PLACE(text)
    if found is None:
        raise GiveUp("The page is too old: go back, and look again.")
    return Place(int(found[1]), int(found[2]))
