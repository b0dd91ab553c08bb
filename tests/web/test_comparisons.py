"""The page of comparisons with Shopify: what the last ones set right, asking for one, and the calls that were made."""

import re

import pytest

from plugin.core.reconciling import Mended
from plugin.db import reconciliations, shops
from plugin.shopify.client import Client
from plugin.shopify.counters import Counters
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages

NOTHING = Mended()
NOON = 1_795_608_000_000  # 2026-11-25


def compared(
    pages: Pages,
    *,
    domain: str = ANNA,
    why: str = "night",
    stage: str = "done",
    reason: str | None = None,
    mended: Mended = NOTHING,
) -> int:
    """One more comparison; its number."""
    shop = pages.shop(domain)
    assert shop is not None
    with pages.services.database.write() as tx:
        number = reconciliations.begin(tx, shop.shop, why=why, since=1, as_of=2, now=NOON)
        seen = {"orders": mended.orders, "customers": mended.customers}
        reconciliations.count(tx, shop.shop, number, mended)
        reconciliations.progress(tx, shop.shop, number, stage=stage, reason=reason, **seen)
    return number


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def asked(pages: Pages) -> bool:
    """Whether a comparison is asked for."""
    shop = pages.shop()
    assert shop is not None
    with pages.services.database.read() as tx:
        return reconciliations.due(tx, shop.shop).reconcile_for is not None


def test_each_comparison_says_why_there_was_one_and_what_it_set_right(bakery: Pages) -> None:
    compared(bakery, mended=Mended(orders=1, customers=0))
    compared(bakery, why="outage", mended=Mended(1200, 30, missing=2, wrong=1, judged=3, tags=1, gone=1))
    compared(bakery, why="asked", stage="failed", reason="Shopify could not tell")
    page = bakery.document("/activity/comparisons").text
    assert (
        "25 Nov 2026, 12:00 You asked for it 0 orders 0 customers Failed Shopify could not tell"
        " 25 Nov 2026, 12:00 After an outage 1,200 orders 30 customers Set right 2 orders were missing"
        " 1 order was wrong 1 order was deleted 3 customers were not what we thought 1 customer carried another tag"
        " Tag changes of it"
        " 25 Nov 2026, 12:00 Every night 1 order 0 customers Nothing was wrong"
    ) in text_of(page)
    assert "cause=reconciliation+2" in page


def test_the_last_ten_are_shown_of_this_shop_only(bakery: Pages) -> None:
    assert "Not compared yet" in bakery.document("/activity/comparisons").text
    compared(bakery, domain=OAK, reason="Oak's reason")
    assert "Not compared yet" in bakery.document("/activity/comparisons").text
    for number in range(12):
        compared(bakery, reason=f"[{number}]")
    page = bakery.document("/activity/comparisons").text
    assert re.findall(r"\[(\d+)\]", page) == [str(number) for number in range(11, 1, -1)]
    assert "Oak" not in page


def test_comparing_now_is_asked_for_once(bakery: Pages) -> None:
    """A second click, also one that comes when the first is carried out or done, asks for nothing more."""
    compared(bakery)
    page = bakery.document("/activity/comparisons").text
    (after,) = re.findall(r'name="after" value="(\d+)"', page)
    answer = bakery.fetch("/activity/compare", method="POST", after=after)
    assert answer.status_code == 303
    assert asked(bakery)
    page = bakery.fetch(answer.headers["Location"]).text
    assert "About to be compared" in page
    assert 'data-again="3"' in page
    assert "Compare now" not in page
    shop = bakery.shop()
    assert shop is not None
    assert bakery.nudged[-1] == ("reconcile", shop.shop)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop.shop, reconcile_for=None)
    number = compared(bakery, why="asked", stage="asked")
    assert bakery.fetch("/activity/compare", method="POST", after=after).status_code == 303
    assert not asked(bakery)
    page = bakery.fetch("/activity/comparisons").text
    assert "Being compared with Shopify" in page
    assert "Compare now" not in page
    with bakery.services.database.write() as tx:
        reconciliations.progress(tx, shop.shop, number, stage="done")
    bakery.fetch("/activity/compare", method="POST", after=after)
    assert not asked(bakery)
    bakery.fetch("/activity/compare", method="POST", after=str(number))
    assert asked(bakery)


def test_one_under_way_says_how_far_it_is_and_can_be_stopped(bakery: Pages) -> None:
    number = compared(bakery, stage="asked")
    shop = bakery.shop()
    assert shop is not None
    with bakery.services.database.write() as tx:
        reconciliations.progress(tx, shop.shop, number, expected=1200, lines=400)
    page = bakery.document("/activity/comparisons").text
    assert "Being compared with Shopify 400 of 1,200" in text_of(page)
    assert bakery.fetch("/activity/stop-comparing", method="POST", number=str(number)).status_code == 303
    page = text_of(bakery.fetch("/activity/comparisons").text)
    assert "Compare now" in page
    assert "Stopped What it had set right stays so; the next one looks at all of it again." in page


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_a_page_that_is_none_is_refused_in_words(bakery: Pages, after: str) -> None:
    refused = bakery.fetch("/activity/compare", method="POST", after=after)
    assert refused.status_code == 400
    assert "The page is too old" in refused.text


def test_calls_are_counted_since_the_start(bakery: Pages) -> None:
    page = text_of(bakery.document("/activity/comparisons").text)
    assert "Calls 0 Points 0 Too many at once 0 Waited Not at all" in page
    shop = bakery.shop()
    assert shop is not None
    client = bakery.services.shopify(shop)
    assert isinstance(client, Client)
    client._tally.add(Counters(calls=1234, throttled=2, points=56789.4, waited_seconds=180.0))
    page = text_of(bakery.document("/activity/comparisons").text)
    assert "Calls 1,234 Points 56,789 Too many at once 2 Waited 3 minutes" in page
