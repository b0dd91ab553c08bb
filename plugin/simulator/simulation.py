"""The running parts of a simulation, and what every page of its server needs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from flask import Response, abort, current_app, request

from plugin.simulator.calendar import Calendar
from plugin.simulator.play import Player
from plugin.simulator.state import Shop, World
from plugin.simulator.webhooks import Sender


@dataclass
class Simulation:
    """A world and what makes it move."""

    world: World
    calendar: Calendar
    sender: Sender
    player: Player


def here() -> Simulation:
    """The simulation that the current request is made to."""
    return cast(Simulation, current_app.extensions["simulation"])


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; keys keep their order."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, headers, mimetype="application/json")


def lines(rows: Iterable[Any]) -> Response:
    """One JSON object a line."""
    body = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    return Response(body, mimetype="application/x-ndjson")


def refuse(status: int, data: Any) -> NoReturn:
    """End the request with this status and JSON body."""
    abort(answer(data, status))


def wanted_failure(calls: str) -> int:
    """The status that knobs ask for ("api" or "token" calls), 0 for none; each call uses up one of a limited number."""
    world = here().world
    with world.lock:
        knobs = vars(world.knobs)
        status: int = knobs[f"{calls}_status"]
        if status and knobs[f"{calls}_failures"]:
            knobs[f"{calls}_failures"] -= 1
            if not knobs[f"{calls}_failures"]:
                knobs[f"{calls}_status"] = 0
    return status


def shop_named(domain: str) -> Shop:
    """The shop of this domain; a 404 answer when there is none."""
    shop = here().world.shops.get(domain)
    if shop is None:
        refuse(404, {"errors": "Not Found"})
    return shop


def json_body() -> dict[str, Any]:
    """The JSON object that was sent; a 400 answer when it is none."""
    body = request.get_json(silent=True, force=True) if request.get_data() else {}
    if not isinstance(body, dict):
        refuse(400, {"errors": "The body must be a JSON object"})
    return body
