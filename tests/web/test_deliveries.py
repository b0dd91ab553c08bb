"""The page of deliveries: how the inbox stands, what was set aside and why, and trying it again."""

import re

import pytest

from plugin.db import inbox
from plugin.usecases.drain_inbox import drain_inbox
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages

NOON = 1_795_608_000_000  # 2026-11-25
BROKEN, FINE = b'{"id": "no number"}', b'{"id": 5, "name": "#5"}'


def came(pages: Pages, *ids: str, domain: str = ANNA, at: int = NOON, body: bytes = BROKEN) -> int:
    """Deliveries that wait to be worked off."""
    shop = pages.shop(domain)
    assert shop is not None
    some = [inbox.Delivery(shop.shop, one, at, "orders/delete", at, body) for one in ids]
    with pages.services.database.write() as tx:
        inbox.accept(tx, some)
    return shop.shop


def parked(pages: Pages, *ids: str, domain: str = ANNA, reason: str = "KeyError: 'id'", at: int = NOON) -> int:
    shop = came(pages, *ids, domain=domain, at=at)
    with pages.services.database.write() as tx:
        for one in ids:
            inbox.park(tx, shop, one, reason=reason)
    return shop


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def replayable(page: str) -> list[str]:
    return re.findall(r'name="delivery" value="([^"]*)"', page)


def test_a_shop_without_deliveries_has_a_quiet_page(bakery: Pages) -> None:
    page = text_of(bakery.document("/activity/deliveries").text)
    assert "Waiting 0 Set aside 0 Last one came None yet" in page
    assert "No message is set aside" in page
    assert "Try all again" not in page


def test_what_waits_and_what_was_set_aside_is_told(bakery: Pages) -> None:
    """For how long the oldest has waited, and when the last one came; of this shop."""
    now = bakery.services.now()
    came(bakery, "w1", at=now - 3 * 60_000)
    came(bakery, "w2", at=now)
    parked(bakery, "p1")
    parked(bakery, "theirs", domain=OAK, reason="Oak's reason")
    page = bakery.document("/activity/deliveries").text
    assert "Waiting 2 the oldest for 3 minutes Set aside 1 Last one came" in text_of(page)
    assert "25 Nov 2026, 12:00 A deleted order orders/delete KeyError: &#39;id&#39; Try again" in text_of(page)
    assert replayable(page) == ["p1"]
    assert "Oak&#39;s reason" not in page


def test_nobody_counts_further_than_a_thousand(bakery: Pages) -> None:
    parked(bakery, *(f"p{number:04}" for number in range(1_200)))
    came(bakery, *(f"w{number:04}" for number in range(1_200)))
    page = bakery.document("/activity/deliveries").text
    assert "Waiting more than 1,000" in text_of(page)
    assert "Set aside more than 1,000" in text_of(page)
    assert len(replayable(page)) == 50


def test_every_delivery_that_was_set_aside_is_on_a_page(bakery: Pages) -> None:
    """Those of one moment are told apart by their ids."""
    for number in range(120):
        parked(bakery, f"p{number:03}", at=NOON + number // 30)
    page, seen = bakery.document("/activity/deliveries").text, list[str]()
    while True:
        seen += replayable(page)
        forward = re.search(r'rel="next" href="([^"]+)"', page)
        if forward is None:
            break
        page = bakery.fetch(forward[1].replace("&amp;", "&")).text
    assert seen == [f"p{number:03}" for number in range(120)]


def test_one_is_tried_again_and_its_fate_is_told(bakery: Pages) -> None:
    """While it waits, when it went through, and when it was set aside once more, with the new reason."""
    shop = parked(bakery, "bad", reason="an old reason")
    answer = bakery.fetch("/activity/replay", method="POST", delivery="bad")
    assert answer.status_code == 303
    assert bakery.nudged == [("drain", shop)]
    page = bakery.fetch(answer.headers["Location"]).text
    assert "The message is being worked off again." in page
    assert 'data-again="2"' in page
    drain_inbox(bakery.services, shop)
    page = bakery.fetch(answer.headers["Location"]).text
    assert "The message was set aside again" in page
    assert replayable(page) == ["bad"]
    assert "an old reason" not in page
    with bakery.services.database.read() as tx:
        (again,) = inbox.parked(tx, shop)
    assert again.reason
    assert again.reason != "an old reason"


def test_one_that_goes_through_is_told_of(bakery: Pages) -> None:
    shop = came(bakery, "good", body=FINE)
    with bakery.services.database.write() as tx:
        inbox.park(tx, shop, "good", reason="we did not know better then")
    answer = bakery.fetch("/activity/replay", method="POST", delivery="good")
    drain_inbox(bakery.services, shop)
    page = bakery.fetch(answer.headers["Location"]).text
    assert "The message went through" in page
    assert "A deleted order: all it told has been taken in." in text_of(page)
    assert "No message is set aside" in page


def test_clicking_twice_is_clicking_once(bakery: Pages) -> None:
    """Whatever became of it meanwhile."""
    shop = parked(bakery, "bad")
    for _ in range(2):
        assert bakery.fetch("/activity/replay", method="POST", delivery="bad").status_code == 303
    with bakery.services.database.read() as tx:
        assert inbox.counts(tx, shop) == (1, 0, 0)
    for _ in range(2):
        assert bakery.fetch("/activity/replay-all", method="POST").status_code == 303
    with bakery.services.database.read() as tx:
        assert inbox.counts(tx, shop) == (1, 0, 0)


def test_all_are_tried_again(bakery: Pages) -> None:
    """More than one write takes; each once, though some are set aside again."""
    shop = parked(bakery, *(f"p{number:04}" for number in range(501)))
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE inbox SET topic = 'unknown/topic' WHERE webhook_id < 'p0500'")
    answer = bakery.fetch("/activity/replay-all", method="POST")
    assert answer.status_code == 303
    page = bakery.fetch(answer.headers["Location"]).text
    assert "The messages are being worked off again." in page
    while drain_inbox(bakery.services, shop) is not None:
        pass
    page = bakery.fetch(answer.headers["Location"]).text
    assert "Some messages were set aside again" in page
    assert replayable(page) == ["p0500"]
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE inbox SET topic = 'unknown/topic'")
    answer = bakery.fetch("/activity/replay-all", method="POST")
    drain_inbox(bakery.services, shop)
    page = text_of(bakery.fetch(answer.headers["Location"]).text)
    assert "All messages went through 1 message was worked off." in page


def test_another_shop_s_delivery_is_out_of_reach(bakery: Pages) -> None:
    other = parked(bakery, "theirs", domain=OAK, reason="Oak's reason")
    answer = bakery.fetch("/activity/replay", method="POST", delivery="theirs")
    assert answer.status_code == 303
    page = bakery.fetch(answer.headers["Location"]).text
    assert "set aside again" not in page
    assert "Oak" not in page
    bakery.fetch("/activity/replay-all", method="POST")
    with bakery.services.database.read() as tx:
        assert [one.webhook_id for one in inbox.parked(tx, other)] == ["theirs"]


def test_bodies_are_not_shown_and_odd_reasons_are_text(bakery: Pages) -> None:
    parked(bakery, "a", reason="<script>alert(1)</script> 100%(x)s " + "x" * 10_000)
    parked(bakery, "b", reason="زبون")
    page = bakery.document("/activity/deliveries").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 100%(x)s" in page
    assert len(page) < 30_000
    assert "no number" not in page


@pytest.mark.parametrize("query", [{"after": "x"}, {"put_back": "many"}, {"after": "1.", "put_back": "1"}], ids=str)
def test_an_address_that_is_none_is_refused_in_words(bakery: Pages, query: dict[str, str]) -> None:
    refused = bakery.document("/activity/deliveries", **query)
    assert refused.status_code == 400
    assert "The page is too old" in refused.text
