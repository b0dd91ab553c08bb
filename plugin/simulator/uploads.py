"""Staged uploads: where a file for a bulk mutation is put before the mutation is started."""

import secrets
from typing import Any

from plugin.simulator.schema import Args, fields
from plugin.simulator.state import World
from plugin.simulator.view import View

LARGEST = 100 * 1024 * 1024


class UploadError(Exception):
    """The form does not fit a target that was given out; the text says why."""


def _target(view: View, wanted: dict[str, Any]) -> dict[str, Any]:
    key = f"tmp/{view.shop.id}/bulk/{secrets.token_hex(16)}/{wanted['filename']}"
    form = {
        "Content-Type": wanted["mimeType"],
        "success_action_status": "201",
        "acl": "private",
        "key": key,
        "policy": secrets.token_urlsafe(32),
    }
    view.shop.upload_targets[key] = form
    url = f"{view.world.address}/_uploads"
    return {
        "url": url,
        "resourceUrl": f"{url}/{key}",
        "parameters": [{"name": name, "value": value} for name, value in form.items()],
    }


def _create(view: View, _: Any, args: Args) -> dict[str, Any]:
    errors = [
        {"field": ["input", str(place), "httpMethod"], "message": "Only POST uploads are simulated"}
        for place, wanted in enumerate(args["input"])
        if wanted["httpMethod"] != "POST"
    ]
    return {"stagedTargets": None if errors else [_target(view, it) for it in args["input"]], "userErrors": errors}


def accept_upload(world: World, fields: dict[str, str], file: bytes) -> str:
    """Keep an uploaded file and return its key; `fields` are the form's fields other than the file.

    UploadError when they are not exactly the parameters of a target, or the file is larger than 100 MB.
    """
    if len(file) > LARGEST:
        raise UploadError("the file is larger than 100 MB")
    key = fields.get("key", "")
    with world.lock:
        for shop in world.shops.values():
            if key in shop.upload_targets:
                if fields != shop.upload_targets[key]:
                    raise UploadError("the form does not carry the parameters of its target")
                shop.uploads[key] = file
                return key
    raise UploadError(f"no upload is expected under the key {key!r}")


fields("Mutation", stagedUploadsCreate=_create)
