"""The panel's first page, once the merchant has decided."""

import logging
import re
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.config import read_app_toml
from plugin.db import ledger, shops, tagging
from plugin.db.tagging import Synced
from plugin.services import Judging
from plugin.shopify.oauth import missing_scopes
from plugin.usecases import show_work
from plugin.usecases.figure import figure
from tests.web.at_anna import tag_customers
from tests.web.conftest import Pages


def test_what_only_an_operator_can_mend_is_kept_from_the_merchant(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    pages.exchange = {"error": "invalid_client"}
    page = pages.document()
    assert page.status_code == 500
    assert "SHOPIFY_API" not in page.text
    assert "Whoever runs it can see why in its log" in page.text
    assert [one.levelno for one in caplog.records if "SHOPIFY_API_SECRET" in one.message] == [logging.ERROR]


def test_the_page_counts_no_order_no_inbox_and_no_ledger(bakery: Pages) -> None:
    """It is looked at again every few seconds."""
    tag_customers(bakery)
    asked: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = bakery.services.database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        bakery.fetch("/")
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert [one for one in asked if "FROM inbox" in one]
    rows = [one for one in asked if "FROM inbox" in one or "FROM ledger" in one or "FROM orders" in one]
    assert [one for one in rows if "LIMIT" not in one] == []


def test_judging_everybody_anew_says_how_far_it_is(bakery: Pages) -> None:
    """Before it has begun, and after the app was started again, there are no numbers to say."""
    tag_customers(bakery)
    shop = bakery.shop()
    assert shop is not None
    with bakery.services.database.write() as tx:
        shops.change(tx, shop.shop, rejudge=True, tagging=True)
    words = "Everybody is being judged anew, order by order."
    assert f"{words}</p>" in bakery.fetch("/").text
    bakery.services.judging[shop.shop] = Judging(400, 1200, bakery.services.now() - 60_000)
    page = bakery.fetch("/").text
    assert re.search(rf"{words} <span[^>]*>400 of 1,200</span> <span[^>]*>about 2 minutes left</span>", page)
    assert 'value="400" max="1200"' in page
    with bakery.services.database.write() as tx:
        shops.change(tx, shop.shop, rejudge=False)
    assert words not in bakery.fetch("/").text


def test_tags_in_a_bulk_file_are_not_said_to_be_right_yet(bakery: Pages) -> None:
    shop = tag_customers(bakery, held=tagging.IN_A_FILE)
    figure(bakery.services, shop)
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
    assert 'action="/tagging' not in page
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


def test_in_a_large_shop_the_refused_are_as_many_as_were_counted_last(
    bakery: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And counted once for all looks: no page reads a large shop's customers one by one."""
    shop = tag_customers(bakery, held="the customer has 250 tags")
    figure(bakery.services, shop)
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE figures SET refused = 7")
    assert "the right tag but 1," in bakery.document().text
    monkeypatch.setattr(show_work, "MANY", 1)
    assert "the right tag but 7," in bakery.document().text


def test_every_scope_we_ask_for_is_explained(pages: Pages) -> None:
    """A merchant who is asked for more is told what for."""
    pages.exchange["scope"] = ""
    page = pages.document().text
    assert set(re.findall(r"<li><code>(\w+)</code>", page)) == set(missing_scopes(read_app_toml().scopes, ()))
    assert "do what Shopify calls" not in page
