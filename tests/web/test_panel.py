"""The panel's door: who is let in, how a shop becomes connected, and where the others are sent."""

import threading
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from plugin.db import shops
from tests.session_tokens import ANNA, OAK, session_token
from tests.shopify.scripted import Call, Reply
from tests.web.conftest import Pages

RETRY = "X-Shopify-Retry-Invalid-Session-Request"


def bounced(answer: TestResponse) -> dict[str, str]:
    """Checks that the browser is sent for a fresh token; with which query."""
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/auth/patch-id-token")
    return dict(parse_qsl(parts.query))


def test_the_first_document_of_a_shop_connects_it(pages: Pages) -> None:
    """Shopify has installed the app by then: no permission page, no redirection, straight to the panel."""
    page = pages.document()
    assert page.status_code == 200
    assert "Getting to know your customers" in page.text
    shop = pages.shop()
    assert shop is not None
    assert shop.installed
    assert pages.nudged == [("import", shop.shop), ("drain", shop.shop)]
    with pages.services.database.read() as tx:
        (kept,) = tx.connection.exec_driver_sql("SELECT token FROM shops").scalars()
    assert pages.services.box.decrypt(kept) == "shpat_secret"


def test_a_connected_shop_is_not_exchanged_again(bakery: Pages) -> None:
    assert bakery.document().status_code == 200
    assert bakery.fetch().status_code == 200
    assert bakery.exchanges == 0


def test_two_first_visits_at_once_connect_the_shop_once(pages: Pages) -> None:
    """Each exchange ends the refresh token of the one before: of two, the loser's might be kept."""
    slow = pages.shopify.always
    assert callable(slow)

    def slowly(call: Call) -> Reply:
        time.sleep(0.2)
        reply: Reply = slow(call)
        return reply

    pages.shopify.always = slowly
    answers: list[int] = []
    visits = [
        threading.Thread(target=lambda: answers.append(pages.app.test_client().get(opened()).status_code))
        for _ in range(4)
    ]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join()
    assert answers == [200] * 4
    assert pages.exchanges == 1


def opened() -> str:
    """The address that Shopify's admin loads."""
    return f"/?shop={ANNA}&embedded=1&id_token={session_token()}"


@pytest.mark.parametrize("lost", ["token", "scopes", "left"])
def test_a_shop_that_lost_its_connection_is_connected_by_whoever_opens_it(bakery: Pages, lost: str) -> None:
    change = {"token": "token = NULL", "scopes": "scopes = 'read_orders'", "left": "state = 'left'"}[lost]
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE shops SET {change}")
    assert bakery.fetch().status_code == 200
    assert bakery.exchanges == 1
    assert bakery.document().status_code == 200
    assert bakery.exchanges == 1


@pytest.mark.parametrize("kept", ["", "stale"])
def test_a_document_without_a_good_token_is_sent_for_one_with_all_it_came_with(bakery: Pages, kept: str) -> None:
    """All but the stale token, which would be tried again for ever."""
    token = session_token(exp=1) if kept else ""
    query = bounced(bakery.document("/", token, locale="fr", more="a b&c"))
    reload = query.pop("shopify-reload")
    came_with = {"shop": ANNA, "host": "aG9zdA", "embedded": "1", "locale": "fr", "more": "a b&c"}
    assert query == came_with
    assert urlsplit(reload).path == "/"
    assert came_with.items() <= dict(parse_qsl(urlsplit(reload).query)).items()
    assert "id_token" not in reload


def test_a_document_that_comes_back_without_a_good_token_is_told_so(
    bakery: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    """A clock that is wrong must not send a browser round in circles; whoever runs the app learns of it too."""
    back = bounced(bakery.document("/", session_token(exp=1)))["shopify-reload"]
    page = bakery.browser.get(f"{back}&id_token={session_token(exp=1)}")
    assert page.status_code == 401
    assert "it has expired" in page.text
    assert "A session token fresh from Shopify was refused" in caplog.text
    assert bakery.browser.get(f"{back}&id_token={session_token()}").status_code == 200


def test_whoever_came_back_long_ago_may_go_again(bakery: Pages) -> None:
    """A reload of the frame sends the address it was opened with."""
    assert "shopify-reload" in bounced(bakery.document("/", session_token(exp=1), bounced="1700000000"))


def test_a_fetch_without_a_good_token_is_asked_for_one(bakery: Pages) -> None:
    for answer in (
        bakery.fetch("/", session_token(exp=1)),
        bakery.fetch("/", ""),
        bakery.browser.post("/tagging", data={"shown": "0"}),
        bakery.browser.get("/", headers={"Authorization": f"Basic {session_token()}"}),
    ):
        assert answer.status_code == 401
        assert answer.headers[RETRY] == "1"
        assert "session token was not accepted" in answer.text


def test_a_form_is_not_believed_for_the_token_in_its_address(bakery: Pages) -> None:
    """Addresses are seen and kept by others; and a foreign page can post to one."""
    answer = bakery.browser.post(f"/tagging?shop={ANNA}&embedded=1&id_token={session_token()}", data={"shown": "0"})
    assert answer.status_code == 401


def test_an_address_of_another_shop_is_refused(bakery: Pages) -> None:
    """Neither is shown: somebody mixes them up."""
    for answer in (
        bakery.document("/", session_token(OAK)),
        bakery.fetch(f"/?shop={OAK}"),
        bakery.fetch(f"/?shop={ANNA}&shop={OAK}"),
        bakery.fetch(f"/?shop={ANNA}%0A"),
    ):
        assert answer.status_code == 403
        assert "names another shop" in answer.text
        assert "Annas Bakery" not in answer.text
        assert "Oak Ltd" not in answer.text


def test_a_session_token_that_shopify_itself_refuses_is_renewed(pages: Pages) -> None:
    pages.exchange = {"error": "invalid_subject_token"}
    assert "shopify-reload" in bounced(pages.document())
    assert pages.fetch().headers[RETRY] == "1"
    assert pages.shop() is None


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ({"error": "app_not_installed"}, 400, "install it there"),
        ({"access_token": "shpat_secret", "scope": "read_orders"}, 403, "write_customers"),
    ],
)
def test_a_shop_that_cannot_be_connected_is_told_why(
    pages: Pages, answer: dict[str, str], status: int, words: str
) -> None:
    pages.exchange = answer
    page = pages.document()
    assert page.status_code == status
    assert words in page.text
    shop = pages.shop()
    assert shop is None or not shop.installed
    assert pages.nudged == []


def test_shopify_s_bad_moments_are_told_as_such(pages: Pages) -> None:
    pages.shopify.then(Reply(502))
    page = pages.document()
    assert page.status_code == 503
    assert "Shopify answered 502 while connecting the shop. Try again in a moment." in page.text


def test_an_installed_shop_that_grants_too_little_keeps_the_tokens_that_work(bakery: Pages) -> None:
    """The exchange has ended the ones before; what may still be done with the new ones goes on."""
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE shops SET scopes = 'read_orders'")
    bakery.exchange["scope"] = "read_orders,read_products"
    page = bakery.document()
    assert page.status_code == 403
    assert "open it again from your Shopify admin" in page.text
    with bakery.services.database.read() as tx:
        sql = f"SELECT token, scopes FROM shops WHERE domain = '{ANNA}'"
        ((token, scopes),) = tx.connection.exec_driver_sql(sql).all()
    assert bakery.services.box.decrypt(token) == "shpat_secret"
    assert scopes == "read_orders,read_products"


def test_links_carry_what_they_need_to_be_opened_without_app_bridge(bakery: Pages) -> None:
    page = bakery.document("/", locale="nl")
    assert f"/tagging?shop={ANNA}&amp;host=aG9zdA&amp;locale=nl&amp;embedded=1" in page.text
    assert "id_token" not in page.text


def test_opening_the_panel_has_the_tokens_proved_behind_it(bakery: Pages) -> None:
    """A click inside it does not; nor does the page wait for it."""
    token = session_token()
    assert bakery.document(token=token).status_code == 200
    shop = bakery.shop()
    assert shop is not None
    assert bakery.nudged == [("visit", shop.shop)]
    assert bakery.services.visits == {shop.shop: token}
    bakery.fetch()
    assert bakery.nudged == [("visit", shop.shop)]
    assert {call.path for call in bakery.shopify.calls} <= {"/_simulator/calendar"}


def test_a_shop_whose_tokens_are_dead_is_connected_by_opening_the_panel(bakery: Pages) -> None:
    shop = bakery.shop()
    assert shop is not None
    with bakery.services.database.write() as tx:
        shops.change(tx, shop.shop, reconnect="Shopify no longer accepts them")
    assert bakery.document().status_code == 200
    assert bakery.exchanges == 1
    healed = bakery.shop()
    assert healed is not None
    assert healed.reconnect is None
