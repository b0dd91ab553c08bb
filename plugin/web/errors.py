"""Error pages: what went wrong and what to do, never a traceback."""

import logging

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from plugin.errors import GiveUp, Misconfigured, Retry
from plugin.shopify.session_tokens import InvalidToken
from plugin.usecases.install import MissingScopes

PLAIN = {
    404: ("There is no such page", "Nothing is at this address. Open the app from your Shopify admin."),
    405: ("That did not work", "This address cannot be asked in that way. Go back and try again."),
    413: ("That was too much", "More was sent than a form may hold. Send less of it."),
}
log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answers every failure with a page."""

    @app.errorhandler(InvalidToken)
    def stranger(error: InvalidToken) -> ResponseReturnValue:
        # App Bridge asks Shopify for a fresh token then, and sends the request once more.
        headers = {"X-Shopify-Retry-Invalid-Session-Request": "1"}
        return render_template("pages/error.html", title="Open the app again", words=_sentence(error)), 401, headers

    @app.errorhandler(MissingScopes)
    def too_little(error: MissingScopes) -> ResponseReturnValue:
        return render_template("pages/scopes.html", scopes=error.scopes), 403

    @app.errorhandler(Misconfigured)
    def not_theirs(error: Misconfigured) -> ResponseReturnValue:
        log.error("a page was refused: %s", error)
        words = "Regulars is not set up right. Whoever runs it can see why in its log."
        return render_template("pages/error.html", title="That did not work", words=words), 500

    @app.errorhandler(GiveUp)
    def never(error: GiveUp) -> ResponseReturnValue:
        return render_template("pages/error.html", title="That did not work", words=_sentence(error)), 400

    @app.errorhandler(Retry)
    def later(error: Retry) -> ResponseReturnValue:
        words = f"{_sentence(error)} Try again in a moment."
        headers = {"Retry-After": str(max(1, round(error.after)))}
        return render_template("pages/error.html", title="Not just now", words=words), 503, headers

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        said = error.description or "The request could not be answered."
        title, words = PLAIN.get(error.code or 500, ("That did not work", said))
        return render_template("pages/error.html", title=title, words=words), error.code or 500

    @app.errorhandler(Exception)
    def bug(error: Exception) -> ResponseReturnValue:
        log.exception("a page failed", exc_info=error)
        words = "It has been written down. Try again; if it stays, tell us what you did."
        return render_template("pages/error.html", title="Something broke on our side", words=words), 500


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:].removesuffix('.')}."
