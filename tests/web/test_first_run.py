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


@pytest.mark.parametrize("stage", ["asked", "reading"])
def test_an_import_can_be_stopped_and_begun_again(pages: Pages, stage: str) -> None:
    """Clicked twice it stops once; what is read already is judged, which can no longer be stopped."""
    shop = pages.connected()
    with pages.services.database.write() as tx:
        number = imports.begin(tx, shop, now=2)
        imports.progress(tx, shop, number, stage="judging")
    assert "/import/stop" not in pages.document().text
    with pages.services.database.write() as tx:
        imports.progress(tx, shop, number, stage=stage)
    assert "/import/stop" in pages.document().text
    for _ in range(2):
        assert pages.fetch("/import/stop", method="POST", number=str(number)).status_code == 303
    assert pages.nudged[-1] == ("rejudge", shop)
    page = pages.document().text
    assert "You stopped the reading of your order history" in page
    assert "could not be read" not in page
    assert re.findall(r'<form method="post" action="(/import[/a-z]*)\?', page) == ["/import"]
    assert pages.fetch("/import/stop", method="POST", number="x").status_code == 400


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
    told = r"<strong>1</strong> <span[^>]*>no order that counts, or not to be classified"
    assert re.search(told, bakery.document().text)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "Of 1 older order it tells"), (1200, "Of 1,200 older orders it tells")],
)
def test_that_older_orders_are_not_shown_is_told_with_what_it_means_and_what_to_do(
    bakery: Pages, number: int, words: str
) -> None:
    shop = bakery.connected()
    assert "60 days of your orders" not in bakery.document().text
    with bakery.services.database.write() as tx:
        imports.progress(tx, shop, 1, earlier=number)
    page = bakery.document().text
    assert "Shopify shows Regulars 60 days of your orders" in page
    assert words in page
    assert "who came back before those 60 days may look like a buyer" in page
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


def test_what_was_found_is_told_with_examples_and_how_long_tagging_takes(bakery: Pages) -> None:
    """The numbers are those that the import counted, for a count would take as long as the shop is large."""
    shop = bakery.connected()
    client = "kind, lapsed, occasions, last_day, lapse_on) VALUES"
    with bakery.services.database.write() as tx:
        for row in (
            f"({shop}, 'Customer/11', 2, FALSE, 4, 739000, 739090)",
            f"({shop}, 'Customer/12', 1, TRUE, 3, 738500, NULL)",
            f"({shop}, 'Customer/13', 1, FALSE, 1, 739001, NULL)",
        ):
            tx.connection.exec_driver_sql(f"INSERT INTO customers (shop, customer, {client} {row}")
        imports.progress(
            tx, shop, 1, orders=9000, buyers=5200, clients=1300, neither=40, first_day=738000, last_day=739001
        )
    page = re.sub(r"<[^>]+>|\s+", " ", bakery.document().text)
    page = re.sub(" +", " ", page)
    for words in (
        "Clients 1,300 come back",
        "Buyers 5,200 came once or stay away",
        "Orders read 9,000",
        "client Customer 11 4 purchases, the last on 24 Apr 2024. Stays a client until 23 Jul 2024",
        "buyer Customer 12 3 purchases, the last on 11 Dec 2022. Was a client and stayed away for too long.",
        "buyer Customer 13 1 purchase, the last on 25 Apr 2024. That is not enough",
        "Writing them takes about 1 second.",
    ):
        assert words in page


def test_a_number_that_nobody_counts_while_one_waits_is_counted_anew_with_a_yes_that_came_too_late(
    bakery: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.usecases.show_work.MANY", 10)
    shop = bakery.connected()
    count(bakery, 30)
    with bakery.services.database.write() as tx:
        imports.progress(tx, shop, 1, to_tag=20)
    assert "Tag these 20 customers" in bakery.document().text
    count(bakery, 20, start=30)
    assert bakery.fetch("/tagging", method="POST", shown="20").status_code == 400
    assert "Tag these 50 customers" in bakery.document().text


def test_pausing_and_going_on_are_buttons_of_the_first_page(bakery: Pages) -> None:
    count(bakery, 30)
    assert bakery.fetch("/tagging", method="POST", shown="30").status_code == 303
    assert 'value="0" max="30"' in bakery.document().text
    for path, words in (("pause", "Tagging is paused; 30 customers are"), ("resume", "30 customers are still to be")):
        page = bakery.document().text
        assert f'action="/tagging/{path}?' in page
        answer = bakery.fetch(f"/tagging/{path}", method="POST")
        assert answer.status_code == 303
        assert words in bakery.fetch(answer.headers["Location"]).text


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
