"""The page of what happened: every tag change with its reason, by what one asks for, a page at a time."""

import re

import pytest

from plugin.core import causes
from plugin.db import ledger
from plugin.db.ledger import Change
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages

NOON = 1_795_608_000_000  # 2026-11-25
DAY = 86_400_000
STOPPED = "the app stopped before the answer came"
LONG, ARABIC = "x" * 10_000, "زبون دائم"


def changed(
    pages: Pages,
    *numbers: int,
    domain: str = ANNA,
    at: int = NOON,
    state: str | None = "done",
    reason: str | None = None,
    action: str = "add",
    tag: str = "client",
    cause: str = causes.ORDERS,
) -> None:
    """A tag of each of these customers was changed, in that order; `state` None: it is under way."""
    shop = pages.shop(domain)
    assert shop is not None
    lines = [Change(f"Customer/{number}" if number else "", action, tag, 2, 1, 1, cause) for number in numbers]
    with pages.services.database.write() as tx:
        entries = ledger.intend(tx, shop.shop, lines, now=at)
        if state is not None:
            ledger.settle(tx, shop.shop, [(one.id, state, reason) for one in entries], now=at)


def rows(page: str) -> list[str]:
    """The lines of the table, as they read."""
    found = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


def customers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-customer="Customer/(\d+)"', page)]


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found and found[1].replace("&amp;", "&")


def test_each_change_says_when_for_whom_what_why_and_how_it_went(bakery: Pages) -> None:
    """Newest first; what Shopify or we said of it stands beside it."""
    changed(bakery, 1, cause=causes.imported(3))
    changed(bakery, 2, action="remove", tag="buyer", cause=causes.LAPSE, state="failed", reason="Not today")
    changed(bakery, 3, state="unknown", reason=STOPPED)
    changed(bakery, 4, state=None, cause=causes.undone(2))
    changed(bakery, 5, action="adopt", cause=causes.ADOPTED)
    found = [row.partition("12:00 ") for row in rows(bakery.document("/activity").text)]
    assert {day for day, _, _ in found} == {"25 Nov 2026, "}
    undo = "Undo what happened to customer"
    assert [row for _, _, row in found] == [
        f"Customer 5 Taken over client You had Regulars take the tag over Done {undo} 5",
        "Customer 4 Added client Undo 2 Under way",
        f"Customer 3 Added client An order came or changed Answer lost {STOPPED} {undo} 3",
        f"Customer 2 Removed buyer They did not come back in time Refused by Shopify Not today {undo} 2",
        f"Customer 1 Added client Import 3 Done {undo} 1",
    ]


def test_before_the_first_change_the_page_says_what_will_be_there(bakery: Pages) -> None:
    page = bakery.document("/activity").text
    assert "No tag was changed yet" in page
    changed(bakery, 1)
    page = bakery.document("/activity", state="failed").text
    assert "No such change" in page
    assert "No tag was changed yet" not in page


def test_another_shop_s_changes_are_never_there(bakery: Pages) -> None:
    """Whatever is asked for."""
    changed(bakery, 9, domain=OAK, state="failed", cause=causes.imported(1), tag="oak")
    for asked in ({}, {"state": "failed"}, {"cause": "import 1"}, {"customer": "9"}, {"day": "2026-11-25"}):
        assert rows(bakery.document("/activity", **asked).text) == []


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"state": "done"}, [5, 2, 1]),
        ({"state": "failed"}, [3]),
        ({"state": "unknown"}, [4]),
        ({"state": "intended"}, [6]),
        ({"action": "remove"}, [2]),
        ({"cause": "import"}, [5, 1]),
        ({"cause": "import 1"}, [1]),
        ({"cause": "orders"}, [6, 4, 3, 2]),
        ({"cause": "orders", "state": "failed"}, [3]),
        ({"customer": "5"}, [5]),
        ({"customer": "https://admin.shopify.com/store/annas-bakery/customers/5"}, [5]),
        ({"customer": "5", "state": "failed"}, []),
        ({"day": "2026-11-26"}, [6, 5, 4]),
        ({"day": "2026-11-25"}, [3, 2, 1]),
        ({"day": "2026-11-26", "cause": "orders"}, [6, 4]),
        ({"day": "2026-11-25", "state": "intended"}, []),
        ({"day": "2026-11-26", "customer": "1"}, []),
    ],
    ids=str,
)
def test_what_is_asked_for_is_shown_and_nothing_else(bakery: Pages, asked: dict[str, str], numbers: list[int]) -> None:
    changed(bakery, 1, cause=causes.imported(1))
    changed(bakery, 2, action="remove")
    changed(bakery, 3, state="failed")
    changed(bakery, 4, at=NOON + DAY, state="unknown")
    changed(bakery, 5, at=NOON + DAY, cause=causes.imported(12))
    changed(bakery, 6, at=NOON + DAY, state=None)
    assert customers(bakery.document("/activity", **asked).text) == numbers


@pytest.mark.parametrize("asked", [{}, {"state": "failed"}, {"cause": "orders"}, {"cause": "import", "state": "done"}])
def test_paging_shows_every_change_once_both_ways_while_others_come(bakery: Pages, asked: dict[str, str]) -> None:
    cause = causes.imported(1) if asked.get("cause") == "import" else causes.ORDERS
    state = asked.get("state", "done")
    for number in range(1, 121):
        # Those of one moment are told apart by their number.
        changed(bakery, number, at=NOON + number // 7, cause=cause, state=state)
    page, seen = bakery.document("/activity", **asked).text, list[int]()
    assert link(page, "prev") is None
    while True:
        seen += customers(page)
        changed(bakery, 1000 + len(seen), at=NOON + DAY, cause=cause, state=state)
        address = link(page, "next")
        if address is None:
            break
        page = bakery.fetch(address).text
    assert seen == [*range(120, 0, -1)]
    back = list[int]()
    while (address := link(page, "prev")) is not None:
        page = bakery.fetch(address).text
        back += customers(page)
    # The first page is full, so it shows some for the second time.
    assert set(range(21, 121)) | {1050, 1100, 1120} == set(back)


def test_a_rare_one_is_looked_for_a_part_at_a_time(bakery: Pages) -> None:
    """No look is longer than 2,000 changes: the page says so and offers to go on."""
    changed(bakery, 1, action="remove")
    changed(bakery, *range(2, 2_502))
    page = bakery.document("/activity", action="remove").text
    assert rows(page) == []
    assert "Looked at 2,000 changes. There may be more" in page
    assert "No such change" not in page
    address = link(page, "next")
    assert address
    page = bakery.fetch(address).text
    assert customers(page) == [1]
    assert "There may be more" not in page
    assert link(page, "prev")


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "lost"},
        {"action": "burn"},
        {"cause": "weather"},
        {"cause": "import x"},
        {"cause": "orders 3"},
        {"day": "yesterday"},
        {"day": "9999-12-31"},
        {"customer": "anna"},
        {"older": "5"},
        {"newer": "1.2.3"},
        {"older": "9" * 30 + ".1"},
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_is_refused_in_words(bakery: Pages, asked: dict[str, str]) -> None:
    refused = bakery.document("/activity", **asked)
    assert refused.status_code == 400
    assert re.search(r"<p>[^<]{20,}", refused.text)


def test_long_tags_right_to_left_tags_and_odd_reasons_are_text(bakery: Pages) -> None:
    changed(bakery, 1, tag=LONG)
    changed(bakery, 2, tag=ARABIC)
    changed(bakery, 3, state="failed", reason="<script>alert(1)</script> 100%(x)s {{ 7*7 }}" + LONG)
    changed(bakery, 4, tag='"><b>x')
    page = bakery.document("/activity").text
    assert len(page) < 60_000
    assert f'<bdi class="tag">{ARABIC}</bdi>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 100%(x)s {{ 7*7 }}" in page
    assert "<b>x" not in page


def test_the_erased_are_nobody(bakery: Pages) -> None:
    """Lines of a bulk file stay without their customer."""
    changed(bakery, 0)
    (row,) = rows(bakery.document("/activity").text)
    assert "erased" in row
    assert "Undo" not in row


@pytest.mark.parametrize(
    ("asked", "undone"),
    [
        ({"cause": "import 1"}, "what=import&amp;which=1"),
        ({"customer": "1"}, "what=customer&amp;which=1"),
        ({"day": "2026-11-25"}, "what=day&amp;which=2026-11-25"),
        ({"cause": "import"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_what_was_asked_for_can_be_undone_as_a_whole(bakery: Pages, asked: dict[str, str], undone: str | None) -> None:
    changed(bakery, 1, cause=causes.imported(1))
    page = bakery.document("/activity", **asked).text
    assert ("See what undoing all of this would change" in page) is (undone is not None)
    address = re.search(r'<p><a href="(/undo\?[^"]+)"', page)
    assert (address is None) is (undone is None)
    if address:
        assert undone in address[1]
        assert bakery.fetch(address[1].replace("&amp;", "&")).status_code == 200
