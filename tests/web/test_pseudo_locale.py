"""Every page in a language that sets each translated text in brackets: what stands outside was forgotten."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.support import Translations
from flask_babel import get_domain

from plugin.core import causes
from plugin.core.facts import PrivacyAsked
from plugin.core.orders import Ignored
from plugin.core.reconciling import Mended
from plugin.core.undo import Span
from plugin.db import objections, privacy, shops
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.leave import remove_tags
from plugin.usecases.undo import begin_undo, preview_undo
from plugin.web.languages import DOMAIN, LANGUAGES
from tests.session_tokens import ANNA
from tests.web.conftest import DAY, Pages
from tests.web.customers import bought, customer
from tests.web.test_activity import changed
from tests.web.test_compared import compared
from tests.web.test_undo import tagged
from tests.web.test_vetoes import paused, vetoed
from tests.web.test_walk import steps

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-words")
SILENT = ("script", "style", "code")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
# Names, and how Babel writes days and lengths of time, which no catalogue of ours holds.
DATA = re.compile(
    rf"Regulars|Annas Bakery|{re.escape(ANNA)}|tag-[bc]|#\d+|\+?\d[\d.,:%  ]*|[€$]|\d{{4}}-\d\d-\d\d"
    rf"|{'|'.join(LANGUAGES.values())}"
    r"|janv\.|févr\.|mars|avr\.|mai|juin|juil\.|août|sept\.|oct\.|nov\.|déc\.|minutes?|secondes?|heures?|jours?"
)


class Pseudo(Translations):
    """Whatever is asked for, in brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.gettext = self.ugettext = self._one  # type: ignore[method-assign,assignment]  # as its base does it
        self.ngettext = self.ungettext = self._many  # type: ignore[method-assign,assignment]  # as its base does it

    def _one(self, message: str) -> str:
        return f"⟦{message}⟧"

    def _many(self, one: str, more: str, number: int) -> str:
        return f"⟦{one if number == 1 else more}⟧"


class Spoken(HTMLParser):
    """Collects what a person reads or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.inside: list[str] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("b", "strong", "code", "em", "time"):
            self._end()
        if tag in SILENT:
            self.inside.append(tag)
        self.told += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("b", "strong", "code", "em", "time"):
            self._end()
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self._text += data

    def _end(self) -> None:
        self.told.append(self._text)
        self._text = ""


def left_over(text: str) -> str:
    """What is neither bracketed nor data."""
    while BRACKETED.search(text):
        text = BRACKETED.sub("", text)
    return DATA.sub("", text).strip(" \n\t\u00a0\u202f·:;,.()–—-/→←↑↓×")


def forgotten(page: str) -> Iterator[str]:
    """Texts of a page that no catalogue holds."""
    spoken = Spoken()
    spoken.feed(page)
    yield from (text.strip() for text in spoken.told if left_over(text))


@pytest.fixture
def bracketed(bakery: Pages) -> Pages:
    """Anna's Bakery speaks French, and all French is in brackets."""
    with bakery.app.app_context():
        get_domain().cache["fr", DOMAIN] = Pseudo()
    with bakery.services.database.write() as tx:
        shops.change(tx, number(bakery), language="fr", buyer_tag="tag-b", client_tag="tag-c")
    return bakery


def number(pages: Pages) -> int:
    shop = pages.shop(ANNA)
    assert shop is not None
    return shop.shop


def everything(pages: Pages, *, undo: bool = False) -> None:
    """Of all that a page may show, some; `undo`: an import of it is being undone."""
    shop = number(pages)
    customer(
        pages,
        "Customer/1",
        [bought(1, days_ago=90), bought(2, days_ago=20), bought(3, days_ago=3)],
        ignored={3: Ignored.UNPAID},
    )
    customer(pages, "Customer/2", [bought(4, days_ago=900), bought(5, days_ago=890)])
    tagged(pages, 5, 6, cause=causes.imported(1))
    if undo:
        begin_undo(pages.services, shop, preview_undo(pages.services, shop, Span(0, cause=causes.imported(1))))
    changed(pages, 1, tag="tag-c", cause=causes.LAPSE)
    changed(pages, 2, tag="tag-b", state=None)
    vetoed(pages, 7, 8)
    compared(pages, Mended(missing=2, judged=1, tags=1))
    with pages.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE ledger SET tag = 'tag-b' WHERE tag = 'buyer'")
        objections.object_(tx, shop, "Customer/9")
        objections.opt(tx, shop, out=["Customer/10"], back=[])
        for topic in ("customers/data_request", "customers/redact"):
            privacy.ask(tx, shop, asked=PrivacyAsked(topic, "Customer/11", ()), webhook_id=topic, received_at=DAY)
    carry_out_requests(pages.services, shop)
    with pages.services.database.write() as tx:
        asked = PrivacyAsked("shop/redact", None, ())
        privacy.ask(tx, shop, asked=asked, webhook_id="later", received_at=DAY)


def undone(pages: Pages) -> None:
    everything(pages, undo=True)


def leaving(pages: Pages) -> None:
    everything(pages)
    remove_tags(pages.services, number(pages))


def on(pages: Pages) -> None:
    everything(pages)
    with pages.services.database.write() as tx:
        shops.change(tx, number(pages), tagging=True)


def vanished(pages: Pages) -> None:
    everything(pages)
    paused(pages, number(pages))


def reading(pages: Pages) -> None:
    """Another installation: the history is read anew."""
    with pages.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE imports SET stage = 'reading', expected = 100, lines = 10, orders = 3")


STATES = [lambda pages: None, everything, on, undone, vanished, leaving, reading]
MORE = ("/undo?what=import&which=1", "/undo?what=customer&which=2", "/customers/Customer/1", "/customers/Customer/2",
        "/customers/Customer/7", "/customers/Customer/99", "/activity?customer=1", "/nowhere?locale=fr")  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=["new", "all", "on", "undone", "vanished", "leaving", "reading"])
def test_no_page_holds_a_text_that_is_not_translated(bracketed: Pages, state: object) -> None:
    assert callable(state)
    state(bracketed)
    pages = {step.path for step in steps(bracketed) if step.method == "GET" and "1" not in step.path}
    assert {"/", "/privacy", "/undo", "/leave"} <= pages
    found: dict[str, list[str]] = {}
    for path in sorted({*pages, *MORE}):
        page = bracketed.fetch(path)
        assert page.status_code in (200, 303, 404), path
        assert page.status_code != 200 or "⟦" in page.text, path
        if page.status_code != 303 and (texts := list(forgotten(page.text))):
            found[path] = texts
    assert found == {}


def test_what_is_refused_is_translated_too(bracketed: Pages) -> None:
    """By the pages' forms, with nonsense."""
    found: dict[str, list[str]] = {}
    for step in steps(bracketed):
        if step.method == "POST":
            answer = bracketed.fetch(step.path, method="POST", customer="x", shown="999", what="import", which="x")
            if answer.status_code >= 400 and (texts := list(forgotten(answer.text))):
                found[step.path] = texts
    assert found == {}


def test_a_text_that_was_forgotten_is_seen() -> None:
    assert list(forgotten("<p>⟦A ⟦b⟧ text⟧ and one more</p>")) == ["⟦A ⟦b⟧ text⟧ and one more"]
    assert list(forgotten('<button aria-label="Close">⟦x⟧</button><p>⟦2⟧ 12 %</p>')) == ["Close"]
    assert list(forgotten("<style>a</style><p>⟦You have <b>3</b> of⟧ 4</p>")) == []
