"""The panel's first page: how the shop stands, and the yes to tagging."""

import logging
import re
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.config import read_app_toml
from plugin.db import imports, ledger, objections, shops, tagging
from plugin.db.tagging import Synced
from plugin.shopify.oauth import missing_scopes
from tests.session_tokens import ANNA
from tests.web.conftest import Pages


def count(pages: Pages, buyers: int) -> None:
    """Anna's Bakery has so many buyers, none of whom is tagged."""
    shop = pages.shop(ANNA)
    assert shop is not None
    with pages.services.database.write() as tx:
        for number in range(buyers):
            tx.connection.exec_driver_sql(
                "INSERT INTO customers (shop, customer, kind, kind_at_shop, tags_found)"
                f" VALUES ({shop.shop}, 'Customer/{number}', 1, 0, '')"
            )


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
    assert "<button" not in page.text


def test_a_failed_import_is_told_in_plain_words_and_can_be_begun_again(pages: Pages) -> None:
    """The reason is for whoever runs the app, and stands in its log."""
    shop = pages.connected()
    with pages.services.database.write() as tx:
        number = imports.begin(tx, shop, now=2)
        imports.progress(tx, shop, number, stage="failed", reason="ask again with `regulars import`")
    page = pages.document().text
    assert "Your order history could not be read" in page
    assert "regulars import" not in page
    (form,) = re.findall(r'<form method="post" action="([^"]+)">', page)
    assert form.startswith("/import?")
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
    assert "<button" not in page


def test_what_only_an_operator_can_mend_is_kept_from_the_merchant(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    pages.exchange = {"error": "invalid_client"}
    page = pages.document()
    assert page.status_code == 500
    assert "SHOPIFY_API" not in page.text
    assert "Whoever runs it can see why in its log" in page.text
    assert [one.levelno for one in caplog.records if "SHOPIFY_API_SECRET" in one.message] == [logging.ERROR]


def test_the_page_counts_no_inbox_and_no_ledger(bakery: Pages) -> None:
    """It is looked at again every few seconds."""
    asked: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = bakery.services.database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        bakery.fetch("/")
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert [one for one in asked if "FROM customers" in one]
    assert not [one for one in asked if "FROM inbox" in one or "FROM ledger" in one]


def test_who_is_not_to_be_classified_is_told_apart_from_who_ordered_nothing(bakery: Pages) -> None:
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        objections.object_(tx, shop, "Customer/1")
    assert re.search(r'or not to be classified</td><td class="number">1<', bakery.document().text)


def tag_customers(pages: Pages, *, held: str | None = None, on: bool = True, number: int = 1) -> int:
    """Customers of Anna's Bakery who carry our tag, and one who shall."""
    shop = pages.connected()
    carry = [f"Customer/{900 + one}" for one in range(number)]
    with pages.services.database.write() as tx:
        tagging.found(tx, shop, [(one, []) for one in carry])
        tx.connection.exec_driver_sql(f"UPDATE customers SET kind = 1 WHERE shop = {shop}")
        tagging.synced(tx, shop, [Synced(one, 1, ["buyer"]) for one in carry])
        shops.change(tx, shop, tagging=on)
    count(pages, 1)
    with pages.services.database.write() as tx:
        tagging.hold(tx, shop, ["Customer/0"], reason=held)
    return shop


def test_tags_in_a_bulk_file_are_not_said_to_be_right_yet(bakery: Pages) -> None:
    shop = tag_customers(bakery, held=tagging.IN_A_FILE)
    with bakery.services.database.write() as tx:
        number = ledger.plan_bulk(tx, shop, action="add", now=1)
    page = bakery.document().text
    assert "Shopify is working through a list of tags, which can take some minutes." in page
    assert "right tag" not in page
    assert "data-again" in page
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=False)
    page = bakery.document().text
    assert "Tagging is off. Shopify is still working through a list of tags" in page
    assert "<button" not in page
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
        ledger.set_bulk(tx, shop, number, state="done", operation=None)
        tagging.synced(tx, shop, [Synced("Customer/0", 1, ["buyer"])])
    page = bakery.document().text
    assert "every customer carries the right tag." in page
    assert "data-again" not in page


def test_refused_tags_are_not_said_to_be_right(bakery: Pages) -> None:
    tag_customers(bakery, held="the customer has 250 tags")
    assert "every customer carries the right tag but 1, whose tags Shopify refused" in bakery.document().text


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


def test_every_scope_we_ask_for_is_explained(pages: Pages) -> None:
    """A merchant who is asked for more is told what for."""
    pages.exchange["scope"] = ""
    page = pages.document().text
    assert set(re.findall(r"<li><code>(\w+)</code>", page)) == set(missing_scopes(read_app_toml().scopes, ()))
    assert "do what Shopify calls" not in page
