"""Whose language a page speaks, how it writes numbers, days and money, and the switch."""

import pytest

from plugin.core.words import N_
from plugin.db import shops
from plugin.errors import GiveUp, Retry
from plugin.web.words import WORDS, told
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import DAY, Pages

SPACE, NARROW = "\u00a0", "\u202f"
LAPSE = 740_021  # 9 Feb 2027


def set_up(pages: Pages, **settings: str | None) -> None:
    shop = pages.shop(ANNA)
    assert shop is not None
    with pages.services.database.write() as tx:
        shops.change(tx, shop.shop, **settings)


@pytest.mark.parametrize(
    ("locale", "chosen", "language"),
    [
        ("en", None, "en"),
        ("fr", None, "fr"),
        ("nl-BE", None, "nl"),
        ("pt-BR", None, "en"),
        ("fr", "nl", "nl"),
        ("fr", "en", "en"),
        ("", None, "en"),
    ],
)
def test_a_page_is_in_the_chosen_language_else_in_the_shop_s_else_in_english(
    bakery: Pages, locale: str, chosen: str | None, language: str
) -> None:
    set_up(bakery, locale=locale, language=chosen)
    page = bakery.document("/privacy").text
    assert f'<html lang="{language}"' in page
    assert {"en": "Number of the customer", "fr": "Numéro de la fiche", "nl": "Nummer van het"}[language] in page
    assert f'<html lang="{language}"' in bakery.fetch("/vetoes").text


@pytest.mark.parametrize(("chosen", "kept"), [("fr", "fr"), ("nl", "nl"), ("en", "en"), ("", None)])
def test_the_merchant_switches_the_language(bakery: Pages, chosen: str, kept: str | None) -> None:
    """Of their own shop only; the shop's own language is a choice too."""
    set_up(bakery, locale="nl", language="fr")
    switched = bakery.fetch("/language", method="POST", language=chosen)
    assert switched.status_code == 303
    assert f'<html lang="{kept or "nl"}"' in bakery.fetch(switched.headers["Location"]).text
    shop, other = bakery.shop(ANNA), bakery.shop(OAK)
    assert shop is not None
    assert other is not None
    assert (shop.language, other.language) == (kept, None)


def test_a_language_that_is_not_there_is_refused_in_words(bakery: Pages) -> None:
    refused = bakery.fetch("/language", method="POST", language="xx")
    assert refused.status_code == 400
    assert "Choose one of the languages in the list." in refused.text


def test_a_shop_speaks_the_language_of_who_opens_the_app_until_its_own_is_told(pages: Pages) -> None:
    assert '<html lang="fr"' in pages.document(locale="fr-FR").text


def test_a_stranger_is_spoken_to_in_the_language_of_the_admin_or_the_browser(pages: Pages) -> None:
    """The admin's word comes first: its frame around the page is in it."""
    dutch = {"Accept-Language": "nl,en;q=0.5"}
    assert '<html lang="nl"' in pages.browser.get("/", headers=dutch).text
    assert '<html lang="fr"' in pages.browser.get("/?locale=fr", headers=dutch).text
    assert '<html lang="en"' in pages.browser.get("/").text


@pytest.mark.parametrize(
    ("what", "english", "french", "dutch"),
    [
        ("1234567|number", "1,234,567", f"1{NARROW}234{NARROW}567", "1.234.567"),
        ("0.184|percent", "18%", f"18{SPACE}%", "18%"),
        ("0.184|percent(1)", "18.4%", f"18,4{SPACE}%", "18,4%"),
        ("4821050|money('EUR')", "€48,210.50", f"48{NARROW}210,50{SPACE}€", f"€{SPACE}48.210,50"),
        ("4821050|money('JPY')", "¥4,821,050", f"4{NARROW}821{NARROW}050{SPACE}JPY", f"JP¥{SPACE}4.821.050"),
        ("4821050|short_money('EUR')", "€48K", f"48{SPACE}k{SPACE}€", f"€{SPACE}48K"),
        (f"{LAPSE}|day", "9 Feb 2027", "9 févr. 2027", "9 feb 2027"),
        (f"{DAY}|moment", "4 Oct 2024, 00:00", "4 oct. 2024, 00:00", "4 okt 2024, 00:00"),
        ("200|duration", "3 minutes", "3 minutes", "3 minuten"),
    ],
)
def test_numbers_days_and_money_are_written_as_the_language_does(
    pages: Pages, what: str, english: str, french: str, dutch: str
) -> None:
    for locale, words in (("en", english), ("fr", french), ("nl", dutch)):
        with pages.app.test_request_context(f"/?locale={locale}"):
            assert pages.app.jinja_env.from_string(f"{{{{ {what} }}}}").render() == words


def test_what_is_refused_is_told_in_the_reader_s_language(pages: Pages) -> None:
    """Its numbers too, and a reason that is a text; names are left as they are, whatever they read like."""
    with pages.app.test_request_context("/?locale=fr"):
        assert told(GiveUp("There is no undo %(number)s.", number=1234)) == f"Il n’y a pas d’annulation 1{NARROW}234."
        assert told(Retry("%(shop)s has not installed the app.", shop="client")).startswith("Client n’a pas")
        text = "Shopify's session token was not accepted (%(why)s): open the app again from the Shopify admin."
        assert "(il a expiré)" in told(GiveUp(text, why=N_("it has expired")))
        assert WORDS.listed(["a", "b", "c"]) == "a, b et c"
    assert str(GiveUp("There is no undo %(number)s.", number=1234)) == "There is no undo 1,234."
    assert str(GiveUp("100% of it")) == "100% of it"
