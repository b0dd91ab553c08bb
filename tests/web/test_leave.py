"""The page for who wants to leave: our tags come off first, and the page says how far that is."""

import pytest

from plugin.db import ledger, shops, tagging
from plugin.db.tagging import Synced
from plugin.usecases import work_list
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages


def tagged(pages: Pages, *keys: str, domain: str = ANNA, held: str | None = None) -> int:
    """Customers who carry our tag; the shop's number."""
    shop = pages.shop(domain)
    assert shop is not None
    with pages.services.database.write() as tx:
        tagging.found(tx, shop.shop, [(key, []) for key in keys])
        tagging.synced(tx, shop.shop, [Synced(key, 2, ["client"], held) for key in keys])
        shops.change(tx, shop.shop, tagging=True)
    return shop.shop


def untagged(pages: Pages, shop: int, *keys: str) -> None:
    with pages.services.database.write() as tx:
        tagging.synced(tx, shop, [Synced(key, 0, []) for key in keys])


def work(pages: Pages, shop: int) -> list[tuple[str, int]]:
    with pages.services.database.read() as tx:
        return [(one.customer, one.kind) for one in work_list.of(tx, shops.get(tx, shop), at_most=9)]


def test_our_tags_come_off_and_the_page_says_how_far_it_is(bakery: Pages) -> None:
    shop = tagged(bakery, "Customer/1", "Customer/2", "Customer/3")
    tagged(bakery, "Customer/9", domain=OAK)
    assert "3 customers carry a tag" in bakery.document("/leave").text
    asked = bakery.fetch("/leave/remove", method="POST")
    assert asked.status_code == 303
    assert bakery.nudged[-1] == ("sync", shop)
    assert work(bakery, shop) == [("Customer/1", 0), ("Customer/2", 0), ("Customer/3", 0)]
    untagged(bakery, shop, "Customer/1")
    page = bakery.fetch(asked.headers["Location"]).text
    assert "1 of 3" in page
    assert 'value="1" max="3"' in page
    untagged(bakery, shop, "Customer/2", "Customer/3")
    assert "You can uninstall the app now" in bakery.fetch("/leave").text
    assert work(bakery, shop) == []


def test_in_a_large_shop_nobody_counts_to_the_end(bakery: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number the page says "more than"; once fewer are left it says how many, and not of how many."""
    for module in ("plugin.usecases.leave", "plugin.web.leave"):
        monkeypatch.setattr(f"{module}.MANY", 2)
    shop = tagged(bakery, "Customer/1", "Customer/2", "Customer/3", "Customer/4")
    assert "More than 2 customers carry a tag" in bakery.document("/leave").text
    bakery.fetch("/leave/remove", method="POST")
    assert "More than 2 customers still carry a tag" in bakery.fetch("/leave").text
    untagged(bakery, shop, "Customer/1", "Customer/2")
    page = bakery.fetch("/leave").text
    assert "2 customers carry a tag" in page
    assert "max=" not in page
    untagged(bakery, shop, "Customer/3", "Customer/4")
    assert "You can uninstall the app now" in bakery.fetch("/leave").text


def test_nobody_is_told_to_uninstall_while_a_bulk_file_is_under_way(bakery: Pages) -> None:
    """Neither while it takes the last tags off, nor while one that was sent before may bring more."""
    shop = tagged(bakery, "Customer/1", "Customer/2", "Customer/3", held=tagging.IN_A_FILE)
    with bakery.services.database.write() as tx:
        number = ledger.plan_bulk(tx, shop, action="remove", now=1)
    bakery.fetch("/leave/remove", method="POST")
    page = bakery.fetch("/leave").text
    assert "0 of 3" in page
    assert "working through a list of changes" in page
    assert "data-again" in page
    untagged(bakery, shop, "Customer/1", "Customer/2", "Customer/3")
    page = bakery.fetch("/leave").text
    assert "still on their way" in page
    assert "data-again" in page
    assert "You can uninstall" not in page
    with bakery.services.database.write() as tx:
        ledger.set_bulk(tx, shop, number, state="done", operation=None)
    assert "You can uninstall the app now" in bakery.fetch("/leave").text


def test_tags_on_their_way_can_be_taken_off_before_they_have_arrived(bakery: Pages) -> None:
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        ledger.plan_bulk(tx, shop, action="add", now=1)
    page = bakery.fetch("/leave").text
    assert "Tags that Regulars has sent are on their way" in page
    assert "take them off</button>" in page
    bakery.fetch("/leave/remove", method="POST")
    assert "still on their way" in bakery.fetch("/leave").text


def test_nobody_is_tagged_meanwhile_nor_afterwards(bakery: Pages) -> None:
    """An order that arrives in between makes a client, and no tag."""
    shop = tagged(bakery, "Customer/1")
    bakery.fetch("/leave/remove", method="POST")
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO customers (shop, customer, kind, kind_at_shop, tags_found)"
            f" VALUES ({shop}, 'Customer/5', 2, 0, '')"
        )
    assert [customer for customer, _ in work(bakery, shop)] == ["Customer/1"]
    assert "being taken off" in bakery.fetch("/").text


def test_who_stays_is_asked_for_the_yes_again(bakery: Pages) -> None:
    shop = tagged(bakery, "Customer/1")
    bakery.fetch("/leave/remove", method="POST")
    stays = bakery.fetch("/leave/keep", method="POST")
    assert stays.status_code == 303
    assert work(bakery, shop) == []
    assert "<button>Tag " in bakery.fetch(stays.headers["Location"]).text


def test_tags_that_the_shop_refuses_to_change_are_told(bakery: Pages) -> None:
    """A first refusal gets another chance."""
    shop = tagged(bakery, "Customer/1", held="the customer has 250 tags")
    bakery.fetch("/leave/remove", method="POST")
    assert [customer for customer, _ in work(bakery, shop)] == ["Customer/1"]
    tagged(bakery, "Customer/1", held="the customer has 250 tags")
    assert "refused to change the tags of 1 customer." in bakery.fetch("/leave").text


def test_where_nothing_was_written_nothing_is_to_be_taken_off(bakery: Pages) -> None:
    page = bakery.document("/leave").text
    assert "nothing to take off" in page
    assert "<form" not in page
