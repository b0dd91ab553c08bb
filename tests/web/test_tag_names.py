"""The names of the tags on the panel's first page, before tagging is switched on."""

import re

import pytest

from plugin.db import tagging
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages


def carrying(pages: Pages, domain: str = ANNA) -> None:
    """Two customers carry `client`, one of them in another spelling."""
    shop = pages.shop(domain)
    assert shop is not None
    with pages.services.database.write() as tx:
        tagging.found(tx, shop.shop, [("Customer/1", ["client"]), ("Customer/2", ["Client"])])


def test_the_page_says_who_carries_each_name_and_offers_to_take_it_over(bakery: Pages) -> None:
    carrying(bakery)
    page = bakery.document().text
    assert "2 customers carry the tag <b>client</b> already" in page
    assert "Nobody carries the tag <b>buyer</b> from before Regulars" in page
    (name,) = re.findall(r'name="name" value="([^"]+)"', page)
    assert bakery.fetch("/tag-names/adopt", method="POST", name=name).status_code == 303
    page = bakery.fetch("/").text
    assert "Nobody carries the tag <b>client</b> from before Regulars" in page
    assert "2 customers still carry a tag of Regulars" in page


def test_another_name_is_chosen_and_the_shop_is_read_again(bakery: Pages) -> None:
    assert bakery.fetch("/tag-names", method="POST", buyer="Neukunde", client=" Stammkunde ").status_code == 303
    page = bakery.fetch("/").text
    assert "about to ask Shopify" in page
    assert "Names of the tags" not in page
    shop, other = bakery.shop(ANNA), bakery.shop(OAK)
    assert shop is not None
    assert other is not None
    assert (shop.buyer_tag, shop.client_tag, other.client_tag) == ("Neukunde", "Stammkunde", "client")


def test_names_that_cannot_be_are_refused_in_words(bakery: Pages) -> None:
    refused = bakery.fetch("/tag-names", method="POST", buyer="Client", client="client")
    assert refused.status_code == 400
    assert "The two tags need different names" in refused.text


def test_a_name_is_written_into_the_page_as_text(bakery: Pages) -> None:
    bakery.fetch("/tag-names", method="POST", buyer='"><b>x', client="client")
    bakery.imported(shop.shop if (shop := bakery.shop(ANNA)) else 0)
    assert "<b>x" not in bakery.fetch("/").text.replace("<b>&#34;&gt;&lt;b&gt;x</b>", "")


def test_once_tagging_is_on_the_names_stand(bakery: Pages) -> None:
    carrying(bakery)
    bakery.fetch("/tagging", method="POST", shown="0")
    assert "Names of the tags" not in bakery.fetch("/").text
    refused = bakery.fetch("/tag-names", method="POST", buyer="a", client="b")
    assert refused.status_code == 400
    assert "only before it is switched on" in refused.text


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("fr", ("acheteur", "client")),
        ("nl-BE", ("koper", "klant")),
        ("de", ("buyer", "client")),
        ("", ("buyer", "client")),
    ],
)
def test_a_shop_begins_with_names_of_its_language(pages: Pages, locale: str, names: tuple[str, str]) -> None:
    """By the language of whoever opens the app first; nobody's names change afterwards."""
    pages.document(locale=locale)
    for again in (locale, "nl", "fr"):
        shop = pages.shop()
        assert shop is not None
        assert (shop.buyer_tag, shop.client_tag) == names
        with pages.services.database.write() as tx:
            tx.connection.exec_driver_sql("UPDATE shops SET state = 'left', token = NULL")
        pages.document(locale=again)
