"""The panel's first page: how the shop stands, and the yes to tagging."""

import re

import pytest

from plugin.config import read_app_toml
from plugin.db import imports, shops
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
                "INSERT INTO customers (shop, customer, kind, kind_at_shop, tags_found) VALUES (?, ?, 1, 0, '')",
                (shop.shop, f"Customer/{number}"),
            )


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("asked", "preparing your order history"),
        ("reading", "Reading your order history: 1,200 orders"),
        ("judging", "Finding out who is who"),
        ("failed", "Shopify lost the file"),
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


def test_the_merchant_says_yes_to_the_number_that_is_shown(bakery: Pages) -> None:
    count(bakery, 1200)
    page = bakery.document()
    assert "Tag these 1,200 customers" in page.text
    (shown,) = re.findall(r'name="shown" value="(\d+)"', page.text)
    refused = bakery.fetch("/tagging", method="POST", shown="40")
    assert refused.status_code == 400
    assert "look again" in refused.text
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
