"""The simulated Shopify's address: the Admin API of its shops, bulk files, installation, and its own control."""

import re
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, request

from plugin.simulator import (
    access,
    admin,
    app_control,
    bulk,
    control,
    graph,
    merchant_control,
    oauth,
    privacy_control,
    token_exchange,
    uploads,
)
from plugin.simulator.calendar import Calendar
from plugin.simulator.play import Player
from plugin.simulator.simulation import Simulation, answer, here, refuse, shop_named, wanted_failure
from plugin.simulator.state import Shop, World
from plugin.simulator.webhooks import Sender
from plugin.simulator.wsgi import CUT, LOST, HttpServer

OLDEST_VERSION = "2026-01"  # older versions fall forward to it, silently, as Shopify does
_BLOCK = 64 * 1024
_SPOILT = ("lose_answers", "cut_answers", "stall_answers")  # knobs that count down

bp = Blueprint("admin_api", __name__)


class Server(Simulation):
    """A running simulation; `address` is where it is reached."""

    def __init__(self, simulation: Simulation, http: HttpServer, address: str) -> None:
        super().__init__(simulation.world, simulation.calendar, simulation.sender, simulation.player)
        self._http = http
        self.address = address

    def close(self) -> None:
        """Stop playing, sending and answering."""
        self.player.stop()
        self.sender.close()
        self._http.close()


def serve(world: World, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Bring the world to life at http://host:port (port 0: a free one): calendar, webhooks, player and HTTP."""
    calendar = Calendar()
    world.now = calendar.now
    simulation = Simulation(world, calendar, Sender(world), Player(world, calendar))
    app = Flask("simulated_shopify", static_folder=None)
    app.extensions["simulation"] = simulation
    for part in (oauth, token_exchange, admin, control, merchant_control, app_control, privacy_control):
        app.register_blueprint(part.bp)
    app.register_blueprint(bp)
    http = HttpServer((host, port), app)
    world.address = f"http://{host}:{http.server_address[1]}"
    return Server(simulation, http, world.address)


@bp.post("/<domain>/admin/api/<version>/graphql.json")
def admin_graphql(domain: str, version: str) -> Response:
    """The Admin GraphQL API of one shop."""
    world, shop = here().world, shop_named(domain)
    served = _served_version(version)
    headers = {"X-Shopify-API-Version": world.knobs.answer_version or served}
    if failure := wanted_failure("api"):
        wait = {"Retry-After": "2.0"} if failure in {429, 503} else {}
        return answer({"errors": f"Simulated answer {failure}"}, failure, headers | wait)
    _check_token(shop, request.headers.get("X-Shopify-Access-Token", ""))
    query, variables, operation = _document()
    written = len(shop.tag_writes)
    said = graph.execute(world, shop, query, variables, operation)
    _spoil(world, shop, written)
    return answer(said, headers=headers)


@bp.get("/_bulk/<int:operation>.jsonl")
def bulk_result(operation: int) -> Response:
    """The result file of a bulk operation, streamed."""
    try:
        parts = bulk.result(here().world, operation)
    except LookupError:
        refuse(404, {"errors": "Not Found"})
    return Response(_in_blocks(parts), mimetype="application/jsonl")


@bp.post("/_uploads")
def upload() -> Response:
    """A staged upload: multipart, the target's parameters first and `file` last, as cloud storage demands."""
    raw = request.get_data(cache=True)
    names = re.findall(rb'Content-Disposition: form-data;[^\r\n]*?\bname="([^"]*)"', raw)
    sent = request.files.get("file")
    if sent is None or names[-1:] != [b"file"]:
        return _xml_error("InvalidArgument: the last field must be `file`")
    try:
        uploads.accept_upload(here().world, request.form.to_dict(), sent.read())
    except uploads.UploadError as error:
        return _xml_error(f"InvalidPolicyDocument: {error}")
    return Response(status=201)


def _spoil(world: World, shop: Shop, written: int) -> None:
    """Loses, cuts or stalls an answer when the knobs say so; the tag writes since `written` are unheard then."""
    with world.lock:
        knobs = world.knobs
        spoilt = next((name for name in _SPOILT if getattr(knobs, name) > 0), None)
        if spoilt is None:
            return
        setattr(knobs, spoilt, getattr(knobs, spoilt) - 1)
        for write in shop.tag_writes[written:]:
            write.heard = write.bulk
        wait = knobs.stall if spoilt == "stall_answers" else 0.0
    request.environ[LOST] = spoilt == "lose_answers"
    request.environ[CUT] = spoilt == "cut_answers"
    time.sleep(wait)


def _served_version(version: str) -> str:
    newest = here().world.api_version
    if version == "unstable":
        return version
    if not re.fullmatch(r"20\d\d-(01|04|07|10)", version) or version > newest:
        refuse(404, {"errors": "Not Found"})
    return max(version, OLDEST_VERSION)


def _check_token(shop: Shop, token: str) -> None:
    grant = access.grant_of(shop, token)
    if grant is None:
        words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        refuse(401, {"errors": words})
    if grant.expires_at is None:
        refuse(403, {"errors": "[API] Non-expiring access tokens are no longer accepted for the Admin API."})
    grant.used = True


def _document() -> tuple[str, dict[str, Any], str | None]:
    """(query, variables, operation name) of the request."""
    if request.mimetype == "application/graphql":
        return request.get_data(as_text=True), {}, None
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        refuse(400, {"errors": {"query": "Required parameter missing or invalid"}})
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        refuse(400, {"errors": {"variables": "Must be an object"}})
    return body["query"], variables, body.get("operationName")


def _in_blocks(parts: Any) -> Iterator[bytes]:
    block = bytearray()
    for part in parts:
        block += part
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _xml_error(words: str) -> Response:
    return Response(f"<?xml version='1.0'?><Error><Message>{words}</Message></Error>", 400, mimetype="application/xml")
