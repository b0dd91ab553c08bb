"""Kept reasons in the language of whose page it is; what others said stays as they said it."""

from typing import Any

from flask import Flask
from flask_babel import format_decimal, gettext
from markupsafe import Markup, escape

from plugin.core.reasons import ANSWER, WHY, Reason, parts

LONGEST = 300  # characters of somebody else's words


def register(app: Flask) -> None:
    """Gives templates the filter `reason`."""
    app.jinja_env.filters["reason"] = reason_words


def reason_words(kept: str | None, *, ours: bool = False) -> Markup:
    """Why something is as it is; others' words are in quotes, marked as the English they are.

    With `ours` nothing where all of it is in the words of somebody else, or is meant for whoever runs the app.
    """
    known = parts(kept or "")
    if not kept or (ours and not any(isinstance(one, Reason) for one in known)):
        return Markup()
    return Markup("; ").join(_told(one) if isinstance(one, Reason) else _quoted(one) for one in known)


def _told(reason: Reason) -> Markup:
    text = escape(gettext(reason.text))
    return text % {name: _value(name, value) for name, value in reason.values.items()} if reason.values else text


def _value(name: str, value: str) -> Any:
    if name == WHY:
        return reason_words(value)
    if name == ANSWER:
        return _quoted(value)
    plain = value.replace(",", "")
    return format_decimal(int(plain)) if plain.isdecimal() and len(plain) < 16 else _cut(value)


def _quoted(words: str) -> Markup:
    return Markup('<q lang="en">{}</q>').format(_cut(words))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
