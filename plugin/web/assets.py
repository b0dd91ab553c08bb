"""Styles and scripts of the pages: read once, packed once, and kept by browsers until they change."""

import gzip
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import get_content_type

FOLDER = Path(__file__).parent / "static"
YEAR = 365 * 86_400  # seconds
WORTH_PACKING = 1_000  # bytes: less fits into one packet anyway


class Asset(NamedTuple):
    """One file: as it is, packed, the mark by which its content is known, and its content type."""

    plain: bytes
    packed: bytes
    mark: str
    kind: str


def register(app: Flask) -> None:
    """Serves the files at /static, gives templates `asset(name)`, and packs pages for browsers that unpack them."""
    assets = {path.relative_to(FOLDER).as_posix(): _read(path) for path in FOLDER.rglob("*") if path.is_file()}

    def asset(name: str) -> str:
        """The address of a file; it is another one once the content is."""
        return url_for("static", filename=name, v=assets[name].mark)

    def static(filename: str) -> ResponseReturnValue:
        found = assets.get(filename) or abort(404)
        response = Response(found.packed if _unpacks() else found.plain, content_type=found.kind)
        _say_packed(response)
        response.set_etag(found.mark, weak=True)
        lasting = request.args.get("v") == found.mark
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if lasting else "no-cache"
        return response.make_conditional(request)

    @app.after_request
    def pack(response: Response) -> Response:
        # No page holds a secret beside what a stranger chose: that is who could read something from its length.
        if response.mimetype == "text/html" and _unpacks() and len(response.get_data()) > WORTH_PACKING:
            response.set_data(gzip.compress(response.get_data(), compresslevel=4))
            _say_packed(response)
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.jinja_env.globals["asset"] = asset


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    kind = get_content_type(guess_type(path.name)[0] or "text/plain", "utf-8")
    return Asset(plain, gzip.compress(plain, mtime=0), sha256(plain).hexdigest()[:12], kind)


def _unpacks() -> bool:
    return request.accept_encodings["gzip"] > 0


def _say_packed(response: Response) -> None:
    response.vary.add("Accept-Encoding")
    if _unpacks():
        response.headers["Content-Encoding"] = "gzip"
