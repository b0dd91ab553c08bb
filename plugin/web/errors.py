"""Error pages: what went wrong and what to do, never a traceback."""

import logging

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from plugin.errors import GiveUp, Misconfigured, Retry
from plugin.shopify.session_tokens import InvalidToken
from plugin.usecases.install import MissingScopes
from plugin.web.languages import N_
from plugin.web.words import told

PLAIN = {
    404: (N_("There is no such page"), N_("Nothing is at this address. Open the app from your Shopify admin.")),
    405: (N_("That did not work"), N_("This address cannot be asked in that way. Go back and try again.")),
    413: (N_("That was too much"), N_("More was sent than a form may hold. Send less of it.")),
}
log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answers every failure with a page."""

    @app.errorhandler(InvalidToken)
    def stranger(error: InvalidToken) -> ResponseReturnValue:
        # App Bridge asks Shopify for a fresh token then, and sends the request once more.
        headers = {"X-Shopify-Retry-Invalid-Session-Request": "1"}
        return _page(gettext("Open the app again"), told(error)), 401, headers

    @app.errorhandler(MissingScopes)
    def too_little(error: MissingScopes) -> ResponseReturnValue:
        return render_template("pages/scopes.html", scopes=error.scopes), 403

    @app.errorhandler(Misconfigured)
    def not_theirs(error: Misconfigured) -> ResponseReturnValue:
        log.error("a page was refused: %s", error)
        words = gettext("Regulars is not set up right. Whoever runs it can see why in its log.")
        return _page(gettext("That did not work"), words), 500

    @app.errorhandler(GiveUp)
    def never(error: GiveUp) -> ResponseReturnValue:
        return _page(gettext("That did not work"), told(error)), 400

    @app.errorhandler(Retry)
    def later(error: Retry) -> ResponseReturnValue:
        again = gettext("Try again in a moment.")
        headers = {"Retry-After": str(max(1, round(error.after)))}
        return _page(gettext("Not just now"), f"{told(error)} {again}"), 503, headers

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        title, words = PLAIN.get(error.code or 500, ("", ""))
        said = gettext(words) if words else error.description or gettext("The request could not be answered.")
        return _page(gettext(title or "That did not work"), said), error.code or 500

    @app.errorhandler(Exception)
    def bug(error: Exception) -> ResponseReturnValue:
        log.exception("a page failed", exc_info=error)
        words = gettext("It has been written down. Try again; if it stays, tell us what you did.")
        return _page(gettext("Something broke on our side"), words), 500


def _page(title: str, words: str) -> str:
    return render_template("pages/error.html", title=title, words=words)
