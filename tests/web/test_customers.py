"""The list of customers: filters in the address, heads that sort, and nobody of another shop."""

import re
from html import unescape

import pytest

from plugin.core.certainty import Certainty
from plugin.core.verdict import Kind, Verdict
from plugin.db import customers, looks, merges, objections, tagging, undos
from plugin.db.looks import Looked
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages

MADE = Verdict(Kind.CLIENT, False, 739_900, 740_300, False, 3, 3.0, 60.0, 739_000, 740_000, 3, 0)  # last: 19 Jan 2027


def known(pages: Pages, *numbers: int, domain: str = ANNA, tens: int = 7, company: bool = False, **more: object) -> int:
    """These customers, each with an order a day later than the one before; the shop's number."""
    shop = pages.shop(domain)
    assert shop is not None
    what = "CompanyLocation" if company else "Customer"
    rows = [
        (f"{what}/{number}", MADE._replace(**{"last_day": 740_000 + place, **more}))  # type: ignore[arg-type]  # a test's own fields
        for place, number in enumerate(numbers)
    ]
    with pages.services.database.write() as tx:
        customers.judged(
            tx, shop.shop, rows, model=1, rules=1, cause="orders", certainty=lambda _: Certainty(tens, 741_000)
        )
    return shop.shop


def text(pages: Pages, **query: str) -> str:
    """The page, its spaces closed up."""
    answer = pages.document("/customers", **query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def listed(pages: Pages, **query: str) -> list[str]:
    """Whom the page shows, in its order."""
    return re.findall(r'data-customer="([^"]+)"', pages.document("/customers", **query).text)


def link(page: str, rel: str) -> dict[str, str] | None:
    """The query of the page's link back or onward."""
    found = re.search(rf'rel="{rel}" href="[^"]*?\?([^"]*)"', page)
    return dict(one.split("=", 1) for one in unescape(found[1]).split("&")) if found else None


def test_a_row_says_what_they_are_how_sure_that_is_and_since_when(bakery: Pages) -> None:
    known(bakery, 7)
    known(bakery, 8, company=True)
    page = text(bakery)
    assert "Customer 7" in page
    assert "Company 8" in page
    assert "7 of 10" in page
    for day in ("19 Jan 2027", "11 Oct 2026", "15 Nov 2027"):
        assert day in page, day
    assert "of ten such customers, how many order again within 180 days" in page


def test_a_shop_sees_its_own_customers_only(bakery: Pages) -> None:
    """Whatever the address asks for, also by number."""
    known(bakery, 7)
    known(bakery, 8, domain=OAK)
    assert listed(bakery) == ["Customer/7"]
    assert listed(bakery, number="8") == []
    assert listed(bakery, at="ox0.Customer/1", order="up", sort="last") == ["Customer/7"]
    assert listed(bakery, sort="certainty", order="up") == ["Customer/7"]


def test_every_page_further_and_all_the_way_back_shows_everybody_once(bakery: Pages) -> None:
    """Fifty a page, and the filters go along."""
    known(bakery, *range(1, 121))
    known(bakery, *range(201, 211), kind=Kind.BUYER, lapse_on=None)
    seen, pages = list[str](), list[str]()
    query: dict[str, str] | None = {"kind": "client"}
    while query is not None:
        page = bakery.fetch("/customers?" + "&".join(f"{name}={value}" for name, value in query.items())).text
        seen += re.findall(r'data-customer="([^"]+)"', page)
        pages.append(page)
        query = link(page, "next")
    assert seen == [f"Customer/{number}" for number in range(120, 0, -1)]
    assert link(pages[0], "prev") is None
    back = link(pages[-1], "prev")
    assert back is not None
    assert back["kind"] == "client"
    before = bakery.fetch("/customers?" + "&".join(f"{name}={value}" for name, value in back.items())).text
    assert re.findall(r'data-customer="([^"]+)"', before) == [f"Customer/{number}" for number in range(70, 20, -1)]


def test_filters_choose(bakery: Pages) -> None:
    known(bakery, 1, tens=9)
    known(bakery, 2, tens=3, since=739_950, lapse_on=740_500)
    known(bakery, 3, tens=3, kind=Kind.BUYER, lapse_on=None)
    known(bakery, 4, tens=0, kind=Kind.NONE, last_day=None, since=None, lapse_on=None)
    assert listed(bakery) == ["Customer/3", "Customer/2", "Customer/1"]
    assert listed(bakery, kind="buyer") == ["Customer/3"]
    assert listed(bakery, kind="neither") == ["Customer/4"]
    assert listed(bakery, tens_from="4") == ["Customer/1"]
    assert set(listed(bakery, tens_to="4")) == {"Customer/2", "Customer/3"}
    assert listed(bakery, since_from="2026-11-01") == ["Customer/2"]
    assert listed(bakery, lapse_from="2028-01-01") == ["Customer/2"]
    assert listed(bakery, lapse_to="2028-01-01", tens_from="9") == ["Customer/1"]
    assert listed(bakery, number="https://admin.shopify.com/store/anna/customers/4") == ["Customer/4"]


def test_a_number_of_somebody_who_was_merged_shows_whom_they_are_now(bakery: Pages) -> None:
    shop = known(bakery, 1, 2)
    with bakery.services.database.write() as tx:
        merges.merge(tx, shop, gone="Customer/2", kept="Customer/1")
    assert listed(bakery, number="2") == ["Customer/1"]


def test_who_is_left_alone_says_why(bakery: Pages) -> None:
    shop = known(bakery, 1, 2, 3, 4, 5, 6)
    with bakery.services.database.write() as tx:
        objections.object_(tx, shop, "Customer/1")
        looks.seen(
            tx,
            shop,
            [Looked("Customer/2", 0, None, [], [], "removed"), Looked("Customer/3", 0, None, [], [], "added")],
            now=5,
        )
        undos.hold(tx, shop, ["Customer/4"])
        tagging.hold(tx, shop, ["Customer/5"], reason=tagging.GONE)
        tagging.hold(tx, shop, ["Customer/6"], reason="Tags: too many")
    page = bakery.document("/customers").text
    rows = dict(re.findall(r'data-customer="([^"]+)"[^>]*>[^<]*</a><div class="soft">([^<]*)</div>', page))
    assert rows == {
        "Customer/2": "Tag left alone: it was taken off by hand",
        "Customer/3": "Tag left alone: one was set by hand",
        "Customer/4": "Tag left alone: a change was undone",
        "Customer/5": "No longer at your shop",
        "Customer/6": "Shopify refused the tag",
    }
    assert "Is not to be classified" in text(bakery, kind="neither")
    assert listed(bakery, hand="yes") == ["Customer/2", "Customer/3"]
    assert set(listed(bakery, hand="no")) == {"Customer/4", "Customer/5", "Customer/6"}


def test_heads_sort_and_say_how_it_is_sorted(bakery: Pages) -> None:
    known(bakery, 1, 2)
    known(bakery, 3, tens=9, last_day=739_000)
    page = bakery.document("/customers").text
    assert page.count("aria-sort") == 1
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=last[^"]*order=up[^"]*">Last order', page)
    assert listed(bakery, sort="certainty") == ["Customer/3", "Customer/2", "Customer/1"]
    assert listed(bakery, sort="last", order="up") == ["Customer/3", "Customer/1", "Customer/2"]
    page = bakery.document("/customers", sort="lapse", kind="client").text
    assert re.search(r'class="wide" aria-sort="ascending"><a href="[^"]*kind=client[^"]*">Lapses', page)
    assert '<option value="client" selected>' in page


def test_the_form_keeps_what_was_asked_for(bakery: Pages) -> None:
    page = bakery.document("/customers", kind="client", tens_from="4", lapse_to="2027-12-31", sort="since", order="up")
    for kept in (
        '<option value="client" selected>', '<option value="4" selected>', 'value="2027-12-31"',
        '<input type="hidden" name="sort" value="since">', '<input type="hidden" name="shop"', "<details open>",
    ):  # fmt: skip
        assert kept in page.text, kept
    assert "<details>" in bakery.document("/customers", kind="client").text


def test_nobody_is_told_apart_from_nobody_like_that(bakery: Pages) -> None:
    assert "Nobody has ordered yet" in text(bakery)
    known(bakery, 1)
    assert "Nobody is like that" in text(bakery, kind="buyer")
    assert "Nobody with this number is known" in text(bakery, number="2")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"kind": "vip"}, "Open Customers from the menu"),
        ({"sort": "name"}, "Open Customers from the menu"),
        ({"order": "sideways"}, "Open Customers from the menu"),
        ({"hand": "perhaps"}, "Open Customers from the menu"),
        ({"at": "ox5"}, "Open Customers from the menu"),
        ({"at": "ox5.Customer/1' OR 1=1"}, "Open Customers from the menu"),
        ({"at": "ox99999999999.Customer/1"}, "Open Customers from the menu"),
        ({"tens_from": "11"}, "from 0 to 10"),
        ({"tens_to": "٣"}, "from 0 to 10"),
        ({"since_from": "yesterday"}, "Write days as"),
        ({"lapse_to": "2027-02-30"}, "Write days as"),
        ({"number": "Anna"}, "Give the number of a customer"),
        ({"kind": "buyer", "lapse_from": "2027-01-01"}, "Only clients have a day"),
        ({"kind": "neither", "sort": "lapse"}, "Only clients have a day"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_in_words(bakery: Pages, query: dict[str, str], words: str) -> None:
    answer = bakery.document("/customers", **query)
    assert answer.status_code == 400
    assert words in answer.text


def test_a_customer_who_cannot_be_is_nobody_with_this_number(bakery: Pages) -> None:
    """Nineteen digits may be more than a database's numbers; keys are text."""
    assert "Nobody with this number is known" in text(bakery, number="9" * 19)
