"""Sentences read back: the numbers and days that somebody finds in them, in each of the three languages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from babel.dates import get_month_names
from flask import Flask

from plugin.web import languages

LANGUAGES = ("en", "fr", "nl")
KINDS = {
    "en": (r"so a client", r"so a buyer"),
    "fr": (r"donc un client", r"donc (?:de nouveau )?un acheteur"),
    "nl": (r"dus een klant", r"dus (?:weer )?een koper"),
}
PROVISIONAL = {"en": "provisional", "fr": "provisoire", "nl": "voorlopig"}


class Day(NamedTuple):
    """A day as it was read."""

    ordinal: int


def read_back(said: str, language: str) -> list[int | Day]:
    """Every number and day of a sentence, in their order."""
    names = get_month_names("abbreviated", locale=language)
    months = {name.removesuffix(".").casefold(): number for number, name in names.items()}
    spelled = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    found = re.finditer(rf"(\d{{1,2}})\s({spelled})\.?\s(\d{{4}})|#?\d+(?:[.,\u00a0\u202f]\d{{3}})*", said.casefold())
    return [
        Day(date(int(one[3]), months[one[2]], int(one[1])).toordinal()) if one[2] else int(re.sub(r"\D", "", one[0]))
        for one in found
        if not one[0].startswith("#")
    ]


def kind_read_back(said: str, language: str) -> str:
    """Client, buyer or none, by what the sentence concludes."""
    client, buyer = (re.search(words, said) for words in KINDS[language])
    assert not (client and buyer)
    return "client" if client else "buyer" if buyer else "none"


_APP = Flask(__name__)
languages.register(_APP)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """The words of a page in that language."""
    with _APP.test_request_context(f"/?locale={language}"):
        yield
