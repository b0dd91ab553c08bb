"""Sentences in somebody's language: made of whole texts with places for values, so that each can be translated."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from plugin.core.moments import in_words
from plugin.errors import filled

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Words(Protocol):
    """How a language says things; texts are given in English, with places such as `%(name)s`.

    Whole numbers among the values are written as people do, and a `Text` is translated; all else is data.
    """

    def say(self, text: str, /, **values: object) -> str:
        """The text with its values."""

    def many(self, one: str, more: str, number: int, /, **values: object) -> str:
        """The text for that number, which stands at `%(n)s`."""

    def day(self, day: int) -> str:
        """A day by its ordinal."""

    def moment(self, ms: int, zone: ZoneInfo) -> str:
        """A moment in UTC milliseconds, as clocks in `zone` show it."""

    def listed(self, parts: Sequence[str]) -> str:
        """Several things one after the other: "a, b and c"."""


class Text(str):
    """A text that is to be translated where it is shown."""

    __slots__ = ()


def N_(text: str) -> Text:  # noqa: N802  # the name that everybody's tools know
    """Marks a text that is made before it is known who reads it."""
    return Text(text)


class _English:
    """Outside of pages: the command line, logs, and what is kept."""

    def say(self, text: str, /, **values: object) -> str:
        return filled(text, values)

    def many(self, one: str, more: str, number: int, /, **values: object) -> str:
        return filled(one if number == 1 else more, {"n": number, **values})

    def day(self, day: int) -> str:
        """As people write it: "9 Feb 2027"."""
        read = date.fromordinal(day)
        return f"{read.day} {_MONTHS[read.month - 1]} {read.year}"

    def moment(self, ms: int, zone: ZoneInfo) -> str:
        return in_words(ms, zone)

    def listed(self, parts: Sequence[str]) -> str:
        *first, last = parts
        return f"{', '.join(first)} and {last}" if first else last


ENGLISH: Words = _English()
