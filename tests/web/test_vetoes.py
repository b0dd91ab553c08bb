"""The page of customers whose tags were changed by hand, and the question when many lost one at once."""

import pytest

from plugin.db import looks, shops, tagging
from plugin.db.looks import Looked
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages


def vetoed(pages: Pages, *numbers: int, domain: str = ANNA, veto: str = "removed") -> int:
    """These customers lost a tag of ours, or got one of its names."""
    shop = pages.shop(domain)
    assert shop is not None
    keys = [f"Customer/{number}" for number in numbers]
    with pages.services.database.write() as tx:
        tagging.found(tx, shop.shop, [(key, []) for key in keys])
        looks.seen(tx, shop.shop, [Looked(key, 0, None, [], [], veto) for key in keys], now=pages.services.now())
    return shop.shop


def paused(pages: Pages, shop: int) -> None:
    with pages.services.database.write() as tx:
        shops.change(tx, shop, tagging=True, paused_at=pages.services.now())


def test_the_page_lists_them_and_lets_the_merchant_lift_each(bakery: Pages) -> None:
    vetoed(bakery, 1, 2)
    vetoed(bakery, 3, veto="added")
    vetoed(bakery, 9, domain=OAK)
    page = bakery.document("/vetoes").text
    for customer, words in ((1, "A tag was taken off by hand."), (3, "A tag was set by hand.")):
        assert f">Customer {customer}</a><br>{words}" in page
    assert "Customer 9" not in page
    assert bakery.fetch("/vetoes/lift", method="POST", customer="1").status_code == 303
    page = bakery.fetch("/vetoes").text
    assert ">Customer 1<" not in page
    assert ">Customer 2<" in page


def test_lifting_all_is_one_button_and_touches_no_other_shop(bakery: Pages) -> None:
    vetoed(bakery, *range(1, 61))
    other = vetoed(bakery, 9, domain=OAK)
    page = bakery.fetch("/vetoes").text
    assert "Let Regulars tag all 60 again" in page
    assert page.count("Let Regulars tag customer") == 50
    assert "after=Customer" in page
    bakery.fetch("/vetoes/lift-all", method="POST")
    assert "There are none" in bakery.fetch("/vetoes").text
    with bakery.services.database.read() as tx:
        assert looks.standing(tx, other, ["Customer/9"])["Customer/9"].veto == "removed"


def test_the_first_page_says_that_some_are_left_alone(bakery: Pages) -> None:
    shop = vetoed(bakery, 1)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
    page = bakery.document().text
    assert "1 customer whose tags were changed by hand is left alone" in " ".join(page.split())
    assert "every other customer carries the right tag" in page


@pytest.mark.parametrize(("answer", "restoring", "waits"), [("restore", True, True), ("respect", False, False)])
def test_many_vanished_tags_ask_a_question_on_the_first_page(
    bakery: Pages, answer: str, restoring: bool, waits: bool
) -> None:
    """Putting them back is the sync's work, which ends the waiting when it is done."""
    shop = vetoed(bakery, *range(1, 26))
    paused(bakery, shop)
    page = bakery.document().text
    assert "25 customers lost a tag of Regulars within an hour" in page
    assert "Tagging waits for your answer" in page
    bakery.nudged.clear()
    assert bakery.fetch("/vetoes/answer", method="POST", answer=answer).status_code == 303
    known = bakery.shop()
    assert known is not None
    assert (known.restoring, known.paused_at is not None) == (restoring, waits)
    assert bakery.nudged == [("sync", shop)]
    page = bakery.fetch("/").text
    assert ("The tags are being put back; 25 customers are still to come" in page) is restoring
    assert "Tagging waits" not in page


@pytest.mark.parametrize("answer", ["", "both"])
def test_an_answer_that_is_none_is_refused_in_words(bakery: Pages, answer: str) -> None:
    refused = bakery.fetch("/vetoes/answer", method="POST", answer=answer)
    assert refused.status_code == 400
    assert "put back or left off" in refused.text


def test_a_customer_who_is_none_is_refused_in_words(bakery: Pages) -> None:
    assert bakery.fetch("/vetoes/lift", method="POST", customer="anna").status_code == 400
