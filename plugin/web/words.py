"""Sentences in the language of whose page it is: what core and use cases say, by Flask-Babel."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, gettext, ngettext

from plugin.core.words import Text, Words
from plugin.errors import GiveUp, Retry
from plugin.web import languages


class _Page:
    """The words of the current request."""

    def say(self, text: str, /, **values: object) -> str:
        return str(gettext(text, **_filled(values)))

    def many(self, one: str, more: str, number: int, /, **values: object) -> str:
        return str(ngettext(one, more, number, **_filled({"n": number, **values})))

    def day(self, day: int) -> str:
        return languages.day(day)

    def moment(self, ms: int, zone: ZoneInfo) -> str:
        """The zone is the shop's, as on every page."""
        return languages.moment(ms)

    def listed(self, parts: Sequence[str]) -> str:
        return str(format_list(parts, locale=get_locale()))


WORDS: Words = _Page()


def told(error: GiveUp | Retry) -> str:
    """What went wrong, as a sentence."""
    said = WORDS.say(error.text, **error.values)
    return f"{said[:1].upper()}{said[1:].removesuffix('.')}."


def _filled(values: dict[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    if isinstance(value, Text):
        return gettext(value)
    return format_decimal(value) if isinstance(value, int) else value
