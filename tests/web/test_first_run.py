"""The first run: how far the import is, what was found, and the yes to tagging."""

import re

import pytest

from plugin.db import imports, objections, shops
from tests.session_tokens import ANNA
from tests.web.at_anna import count, tag_customers
from tests.web.conftest import Pages


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("asked", "preparing your order history"),
        ("reading", "Reading your order history: 1,200 orders"),
        ("judging", "Finding out who is who"),
    ],
)
def test_the_page_says_how_far_the_import_is(pages: Pages, stage: str, words: str) -> None:
    shop = pages.connected()
    with pages.services.database.write() as tx:
        number = imports.begin(tx, shop, now=2)
        imports.progress(tx, shop, number, stage=stage, orders=1200, reason="Shopify lost the file")
    page = pages.document()
    assert words in page.text
    assert "data-again" in page.text
    assert 'action="/tagging' not in page.text


def test_a_failed_import_is_told_in_plain_words_and_can_be_begun_again(pages: Pages) -> None:
    """The reason is for whoever runs the app, and stands in its log."""
    shop = pages.connected()
    with pages.services.database.write() as tx:
        number = imports.begin(tx, shop, now=2)
        imports.progress(tx, shop, number, stage="failed", reason="ask again with `regulars import`")
    page = pages.document().text
    assert "Your order history could not be read" in page
    assert "regulars import" not in page
    assert re.findall(r'<form method="post" action="(/import|/tagging)\?', page) == ["/import"]
    assert pages.fetch("/import", method="POST").status_code == 303
    assert pages.nudged[-1] == ("import", shop)
    page = pages.fetch("/").text
    assert "about to ask Shopify" in page
    assert "data-again" in page


def test_an_import_of_before_the_shop_came_back_is_not_taken_for_the_new_one(bakery: Pages) -> None:
    """Its number would be refused: no button before the history is read anew."""
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, installed_at=9)
    page = bakery.document().text
    assert "about to ask Shopify" in page
    assert 'action="/tagging' not in page


def test_who_is_not_to_be_classified_is_told_apart_from_who_ordered_nothing(bakery: Pages) -> None:
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        objections.object_(tx, shop, "Customer/1")
    assert re.search(r'or not to be classified</td><td class="number">1<', bakery.document().text)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "Of 1 older order it tells"), (1200, "Of 1,200 older orders it tells")],
)
def test_that_older_orders_are_not_shown_is_told_with_what_it_means_and_what_to_do(
    bakery: Pages, number: int, words: str
) -> None:
    shop = bakery.connected()
    assert "Older orders" not in bakery.document().text
    with bakery.services.database.write() as tx:
        imports.progress(tx, shop, 1, earlier=number)
    page = bakery.document().text
    assert "Shopify shows Regulars the orders of the last 60 days." in page
    assert words in page
    assert "is provisional" in page
    assert "ask whoever runs Regulars for you" in page


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "no customer carries"), (1, "1 customer still carries"), (1001, "more than 1,000 customers still carry")],
)
def test_tags_that_stayed_when_tagging_was_switched_off_are_told(bakery: Pages, number: int, words: str) -> None:
    """As after a return, or after the merchant kept the rest."""
    tag_customers(bakery, on=False, number=number)
    page = bakery.document().text
    assert f"{words} a tag of Regulars." in page
    assert "<button>Tag this customer</button>" in page
    assert "Nothing has been written" not in page


def test_tagging_can_be_switched_on_when_nobody_is_to_be_tagged_yet(bakery: Pages) -> None:
    page = bakery.document().text
    assert "<button>Switch tagging on</button>" in page
    assert bakery.fetch("/tagging", method="POST", shown="0").status_code == 303
    assert "Tagging is on" in bakery.fetch("/").text


def test_the_merchant_says_yes_to_the_number_that_is_shown(bakery: Pages) -> None:
    count(bakery, 1200)
    page = bakery.document()
    assert "Tag these 1,200 customers" in page.text
    (shown,) = re.findall(r'name="shown" value="(\d+)"', page.text)
    refused = bakery.fetch("/tagging", method="POST", shown="40")
    assert refused.status_code == 400
    assert "It is 1,200 customers by now, not 40: look again" in refused.text
    assert f'href="/?shop={ANNA}&amp;embedded=1">Back' in refused.text
    assert bakery.fetch("/tagging", method="POST", shown="many").status_code == 400
    accepted = bakery.fetch("/tagging", method="POST", shown=shown)
    assert accepted.status_code == 303
    assert "1,200 customers are still to be tagged" in bakery.fetch(accepted.headers["Location"]).text
    with bakery.services.database.read() as tx:
        tagging = {
            domain: known.tagging for domain in (ANNA, "oak-ltd.myshopify.com") if (known := shops.find(tx, domain))
        }
    assert tagging == {ANNA: True, "oak-ltd.myshopify.com": False}


def test_not_now_leads_to_the_overview_which_leads_back(bakery: Pages) -> None:
    """What the merchant put off is kept in the database, so that it holds in every browser, until they say yes."""
    count(bakery, 3)
    assert "Tag these 3 customers" in bakery.document().text
    for _ in range(2):
        assert bakery.fetch("/first-run/skip", method="POST").status_code == 303
    page = bakery.document().text
    assert "Tag these" not in page
    assert "not tagged yet" in page
    (way,) = set(re.findall(r'href="(/first-run\?[^"]*)"', page))
    page = bakery.fetch(way.replace("&amp;", "&")).text
    assert "Tag these 3 customers" in page
    assert "Not now" not in page
    assert bakery.fetch("/tagging", method="POST", shown="3").status_code == 303
    assert "/first-run" not in bakery.document().text
    assert bakery.fetch("/first-run").status_code == 303


def test_who_stays_after_all_is_asked_once_more(bakery: Pages) -> None:
    """Whatever was put off before: tagging begins again by a yes to a number that was seen."""
    bakery.fetch("/first-run/skip", method="POST")
    for path in ("/leave/remove", "/leave/keep"):
        assert bakery.fetch(path, method="POST").status_code == 303
    assert "Switch tagging on" in bakery.document().text
