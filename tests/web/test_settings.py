"""The page of settings: names of the tags, language, privacy, the connection, leaving."""

import re

import pytest

from plugin.core.facts import PrivacyAsked
from plugin.db import privacy, shops
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages
from tests.web.test_tag_names import carrying

NOON = 1_795_608_000_000  # 2026-11-25


def shop_of(pages: Pages, domain: str = ANNA) -> int:
    shop = pages.shop(domain)
    assert shop is not None
    return shop.shop


def set_(pages: Pages, **values: object) -> None:
    with pages.services.database.write() as tx:
        shops.change(tx, shop_of(pages), **values)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def asked(pages: Pages, *ids: str, topic: str = "customers/data_request", domain: str = ANNA) -> None:
    with pages.services.database.write() as tx:
        for one in ids:
            found = PrivacyAsked(topic, "Customer/1", ())
            privacy.ask(tx, shop_of(pages, domain), asked=found, webhook_id=one, received_at=NOON)


def test_before_tagging_is_on_the_names_are_chosen_here(bakery: Pages) -> None:
    """And the merchant stays on this page."""
    carrying(bakery)
    page = bakery.document("/settings").text
    assert "2 customers carry the tag <b>client</b> already" in page
    assert "data-save-bar" in page
    (back,) = set(re.findall(r'name="back" value="([^"]+)"', page))
    answer = bakery.fetch("/tag-names", method="POST", buyer="Neukunde", client="Stammkunde", back=back)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/settings")
    page = text_of(bakery.fetch("/settings").text)
    assert "Tag for buyers Neukunde Tag for clients Stammkunde" in page
    assert "as soon as your order history has been read" in page


def test_taking_a_name_over_stays_on_the_page_too(bakery: Pages) -> None:
    carrying(bakery)
    answer = bakery.fetch("/tag-names/adopt", method="POST", name="client", back="settings.page")
    assert answer.headers["Location"].startswith("/settings")
    answer = bakery.fetch("/tag-names/adopt", method="POST", name="client", back="https://evil.test/")
    assert answer.headers["Location"].startswith("/?")


def test_once_tagging_is_on_the_page_says_why_the_names_stand_and_what_to_do(bakery: Pages) -> None:
    set_(bakery, tagging=True)
    page = bakery.document("/settings").text
    assert "they stand while tagging is on" in page
    assert 'name="buyer"' not in page
    assert re.search(r'href="/leave[^"]*">Leaving</a>', page)
    set_(bakery, tagging=False, removing=5)
    page = bakery.document("/settings").text
    assert "The tags are being taken off under these names" in page
    assert 'name="buyer"' not in page


def test_what_was_asked_for_under_the_law_is_summed_up(bakery: Pages) -> None:
    assert "No request of a customer waits." in bakery.document("/settings").text
    asked(bakery, "theirs", domain=OAK)
    assert "No request of a customer waits." in bakery.document("/settings").text
    asked(bakery, "a", "b")
    asked(bakery, "c", topic="customers/redact")
    page = text_of(bakery.document("/settings").text)
    assert "3 requests are being carried out, the first due by 25 Dec 2026" in page
    with bakery.services.database.write() as tx:
        privacy.ready(tx, shop_of(bakery), "a", now=NOON, answer=b"{}", rows=1)
        privacy.done(tx, shop_of(bakery), "c", now=NOON)
    page = text_of(bakery.document("/settings").text)
    assert "1 request is being carried out" in page
    assert "1 answer is ready to be downloaded. 1 customer was erased on request." in page
    assert 'href="/privacy' in bakery.document("/settings").text


def test_every_scope_is_listed_with_what_it_is_for_and_whether_we_have_it(bakery: Pages) -> None:
    page = text_of(bakery.document("/settings").text)
    for scope in bakery.services.settings.app.scopes:
        assert f"Granted {scope} : to " in page
    assert "Not granted read" not in page
    assert f"Regulars is connected to {ANNA}." in page


def test_the_menu_has_five_pages_at_most_and_the_others_are_linked(bakery: Pages) -> None:
    page = bakery.document("/settings").text
    menu = re.findall(r"<s-link [^>]*>([^<]+)</s-link>", page)
    assert menu[0] == "Home"
    assert menu[-1] == "Settings"
    assert len(menu) <= 5
    assert {"/privacy", "/leave"} <= set(re.findall(r'href="(/\w+)\?', page))
    assert 'href="/vetoes?' in bakery.document("/activity").text


@pytest.mark.parametrize("name", ["زبون دائم", '"><b>x', "x" * 40])
def test_odd_names_are_text(bakery: Pages, name: str) -> None:
    bakery.fetch("/tag-names", method="POST", buyer=name, client="client")
    page = bakery.document("/settings").text
    assert "<b>x" not in page
    assert page.count("<bdi") == 2


def test_what_the_app_can_do_without_is_asked_for_with_a_button(bakery: Pages) -> None:
    """Shopify asks the merchant, in its own words; what is granted is asked for no more."""
    app = bakery.services.settings.app._replace(optional_scopes=("read_all_orders", "read_reports"))
    bakery.services.settings.__dict__["app"] = app  # app.toml names none yet
    assert 'data-scopes="read_all_orders,read_reports"' in bakery.document("/settings").text
    set_(bakery, scopes=",".join([*app.scopes, "read_all_orders"]))
    assert 'data-scopes="read_reports"' in bakery.document("/settings").text
    set_(bakery, scopes=",".join([*app.scopes, *app.optional_scopes]))
    assert "data-scopes" not in bakery.document("/settings").text
