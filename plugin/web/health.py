"""Whether everything runs, from the services' own pings."""

import logging

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from plugin.services import Services

log = logging.getLogger(__name__)


def pages(services: Services) -> Blueprint:
    """GET /healthz: 200 with every part "ok", or 503 naming what is not."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> ResponseReturnValue:
        found = {}
        for name, ping in services.pings.items():
            try:
                ping()
                found[name] = "ok"
            except Exception:
                log.exception("%s does not answer its ping", name)
                found[name] = "failed"
        return jsonify(found), 200 if set(found.values()) == {"ok"} else 503

    return blueprint
