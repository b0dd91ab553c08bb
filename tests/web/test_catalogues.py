"""Every text of the panel is there in French and Dutch, with its places and plurals."""

import re
import shlex
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from plugin.config import ROOT
from plugin.web.languages import CATALOGUES, DOMAIN, TRANSLATED, catalogue

PLACE = re.compile(r"%\(\w+\)s")
MARKUP = re.compile(r"<[^>]+>|`[^`]+`")
Id = str | tuple[str, str]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> set[Id]:
    """The texts as they stand in the code, collected as `make translations` does it."""
    (command,) = re.findall(r"pybabel -q (extract .*) -o \S+ \.$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    pot = tmp_path_factory.mktemp("texts") / "regulars.pot"
    words = [str(ROOT / one) if one == "babel.cfg" else one for one in shlex.split(command)]
    CommandLineInterface().run(["pybabel", "-q", *words, "-o", str(pot), str(ROOT)])
    return ids(read(pot))


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def translated(language: str) -> Catalog:
    return read(CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po", language)


def messages(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def ids(found: Catalog) -> set[Id]:
    return {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages(found)}


def said(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a translation beside the English one that it stands for."""
    english = (message.id,) if isinstance(message.id, str) else message.id
    return zip(chain(english, repeat(english[-1])), said(message), strict=False)


def test_the_texts_are_found_in_all_the_code(collected: set[Id]) -> None:
    """In templates, in what pages, core and use cases say, and in what is refused."""
    assert len(collected) > 300
    assert {"Privacy", "A tag needs a name.", "until the shop is erased", "it has expired"} <= collected
    assert ("%(n)s day", "%(n)s days") in collected


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_missing_and_none_is_left_over(collected: set[Id], language: str) -> None:
    found = translated(language)
    empty = [message.id for message in messages(found) if not all(said(message)) or message.fuzzy]
    assert {"missing": collected - ids(found), "left over": ids(found) - collected, "empty": empty} == {
        "missing": set(),
        "left over": set(),
        "empty": [],
    }, "run make translations, and translate what is empty"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_places_and_markup(language: str) -> None:
    """A place that is missing loses a value, one that is misspelt breaks the page."""
    for english, other in chain.from_iterable(map(pairs, messages(translated(language)))):
        for kept in (PLACE, MARKUP):
            assert not other or sorted(set(kept.findall(english))) == sorted(set(kept.findall(other))), other


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    found = translated(language)
    assert found.num_plurals == 2
    assert {len(said(message)) for message in messages(found) if not isinstance(message.id, str)} == {2}


def test_french_is_set_as_the_french_do() -> None:
    """No-break spaces before the higher marks and inside guillemets, typographic apostrophes."""
    for message in messages(translated("fr")):
        for text in said(message):
            plain = MARKUP.sub("", text)
            assert not re.search(r"(?<![\u00a0\u202f])[;?!»]|(?<!\u00a0):|«(?!\u00a0)|'", plain), text
            assert not re.search(r"\b(?:tu|ton|tes|toi)\b", plain), text


def test_dutch_says_u() -> None:
    for message in messages(translated("nl")):
        for text in said(message):
            assert not re.search(r"\b(?:je|jij|jou|jouw)\b", text, re.IGNORECASE), text


def test_one_number_takes_the_singular_and_none_differs_by_language() -> None:
    """Of nothing the French speak in the singular, the Dutch do not."""
    one, more = "%(n)s customer: %(changes)s.", "%(n)s customers: %(changes)s."
    french, dutch = catalogue("fr"), catalogue("nl")
    assert french.ungettext(one, more, 0) == french.ungettext(one, more, 1) != french.ungettext(one, more, 2)
    assert dutch.ungettext(one, more, 0) == dutch.ungettext(one, more, 2) != dutch.ungettext(one, more, 1)
