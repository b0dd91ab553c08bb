"""The page of undos: what could be taken back, what it would change, the yes, and lifting it."""

import re

import pytest

from plugin.core.causes import ORDERS, ZONE, imported, reconciled
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import customers, ledger, shops, tagging, undos
from plugin.db.ledger import Change
from tests.session_tokens import ANNA, OAK
from tests.web.conftest import Pages

NOON = 1_795_608_000_000  # 2026-11-25
VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)._replace(kind=Kind.BUYER)


def tagged(pages: Pages, *numbers: int, cause: str, domain: str = ANNA) -> int:
    """These customers became buyers for that reason, and their tags were written."""
    shop = pages.shop(domain)
    assert shop is not None
    keys = [f"Customer/{number}" for number in numbers]
    with pages.services.database.write() as tx:
        customers.judged(tx, shop.shop, [(key, VERDICT) for key in keys], model=1, rules=1, cause=cause)
        tagging.found(tx, shop.shop, [(key, []) for key in keys])
        lines = [Change(key, "add", "buyer", 1, 1, 1, cause) for key in keys]
        entries = ledger.intend(tx, shop.shop, lines, now=NOON)
        ledger.settle(tx, shop.shop, [(one.id, "done", None) for one in entries], now=NOON)
        tagging.synced(tx, shop.shop, [tagging.Synced(key, 1, ["buyer"]) for key in keys])
    return shop.shop


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form that goes there."""
    form = re.search(rf'<form method="post" action="{action}[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, page
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[1]))


def test_what_can_be_undone_is_listed(bakery: Pages) -> None:
    """Imports and reconciliations, of this shop; what orders brought is undone by day or by customer."""
    tagged(bakery, 1, cause=imported(1))
    tagged(bakery, 2, cause=reconciled(7))
    tagged(bakery, 3, cause=ORDERS)
    tagged(bakery, 4, cause=ZONE)
    tagged(bakery, 9, cause=imported(5), domain=OAK)
    page = text_of(bakery.document("/undo").text)
    assert "Import 1, tagged from 25 Nov 2026, 12:00 See what would change" in page
    assert "Reconciliation 7, tagged from 25 Nov 2026, 12:00 See what would change" in page
    assert "The change of the shop&#39;s time zone, tagged from" in page
    assert "Import 5" not in page
    assert "Orders" not in page
    assert "Lift" not in page
    with bakery.services.database.read() as tx:
        assert undos.causes(tx, 1) == [("import 1", NOON), ("orders", NOON), ("reconciliation 7", NOON), (ZONE, NOON)]


def test_an_import_is_seen_undone_and_lifted(bakery: Pages) -> None:
    shop = tagged(bakery, 1, 2, cause=imported(1))
    asked = bakery.fetch("/undo/ask", method="POST", **fields(bakery.fetch("/undo").text, "/undo/ask"))
    assert asked.status_code == 303
    seen = bakery.fetch(asked.headers["Location"]).text
    assert "Undo import 1 2 customers: 2 tags are removed. Undo import 1 Change nothing" in text_of(seen)
    later = tagged(bakery, 3, cause=imported(1))
    assert bakery.fetch("/undo/begin", method="POST", **fields(seen, "/undo/begin")).status_code == 303
    assert bakery.nudged[-1] == ("sync", later)
    with bakery.services.database.read() as tx:
        running = undos.under_way(tx, shop)
    assert running is not None
    assert (running.upto, running.shown.customers) == (2, 2), "what was seen, and nothing later"
    page = bakery.fetch("/undo").text
    said = r"Import 1, asked for on .*: 2 customers: 2 tags are removed\. It is under way\. Lift"
    assert re.search(said, text_of(page))
    assert 'data-again="5"' in page
    assert bakery.fetch("/undo/lift", method="POST", **fields(page, "/undo/lift")).status_code == 303
    assert "It is being lifted." in text_of(bakery.fetch("/undo").text)


def test_an_undo_says_how_far_it_is_and_can_be_stopped(bakery: Pages) -> None:
    """Clicked twice it stops once; once it is over nothing of it is lost."""
    shop = tagged(bakery, 1, 2, cause=imported(1))
    bakery.fetch("/undo/begin", method="POST", what="import", which="1", upto="2")
    page = bakery.fetch("/undo").text
    assert "Changing tags back 0 of 2 Stop" in text_of(page)
    assert 'value="0" max="2"' in page
    for _ in range(2):
        assert bakery.fetch("/undo/stop", method="POST", **fields(page, "/undo/stop")).status_code == 303
    page = bakery.fetch("/undo").text
    assert "Being stopped" in page
    assert "/undo/stop" not in page
    with bakery.services.database.write() as tx:
        undos.move(tx, shop, 1, state="halted", step="last", after=undos.Place())
    page = text_of(bakery.fetch("/undo").text)
    assert "It was stopped on its way: what it took back by then is not written again" in page


@pytest.mark.parametrize(
    ("what", "which", "words"),
    [
        ("day", "2026-11-25", "Undo 2026-11-25 2 customers: 2 tags are removed."),
        ("day", "2026-11-24", "Undo 2026-11-24 There is nothing to undo."),
        ("customer", "2", "Undo customer 2 1 customer: 1 tag is removed."),
        ("zone", "", "Undo the change of the shop&#39;s time zone There is nothing to undo."),
        ("import", "4", "Undo import 4 There is nothing to undo."),
    ],
)
def test_a_day_and_a_customer_are_asked_for_by_name(bakery: Pages, what: str, which: str, words: str) -> None:
    tagged(bakery, 1, 2, cause=ORDERS)
    asked = bakery.fetch("/undo/ask", method="POST", what=what, which=which)
    assert words in text_of(bakery.fetch(asked.headers["Location"]).text)


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/undo/ask", {"what": "day", "which": "tomorrow"}, "YYYY-MM-DD"),
        ("/undo/ask", {"what": "day", "which": "9999-12-31"}, "YYYY-MM-DD"),
        ("/undo/ask", {"what": "import", "which": "first"}, "Give the number of the import"),
        ("/undo/ask", {"what": "customer", "which": "Anna"}, "Give the number of a customer"),
        ("/undo/ask", {"what": "everything"}, "Say what is to be undone"),
        ("/undo/begin", {"what": "import", "which": "1"}, "The page is too old"),
        ("/undo/begin", {"what": "import", "which": "1", "upto": "99"}, "There is nothing to undo"),
        ("/undo/lift", {"undo": "4"}, "There is no undo 4"),
        ("/undo/stop", {"undo": "4"}, "There is no undo 4"),
        ("/undo/lift-customer", {"customer": "4"}, "No undo holds this customer"),
    ],
)
def test_what_cannot_be_is_refused_in_words(bakery: Pages, path: str, form: dict[str, str], words: str) -> None:
    refused = bakery.fetch(path, method="POST", **form)
    assert refused.status_code == 400
    assert words in refused.text


def test_one_customer_is_freed(bakery: Pages) -> None:
    shop = tagged(bakery, 1, cause=ORDERS)
    with bakery.services.database.write() as tx:
        undos.hold(tx, shop, ["Customer/1"])
    assert bakery.fetch("/undo/lift-customer", method="POST", customer="1").status_code == 303
    with bakery.services.database.read() as tx:
        assert undos.standing(tx, shop, ["Customer/1"])["Customer/1"].held is None


def test_the_first_page_says_that_an_undo_is_under_way_and_whom_one_holds(bakery: Pages) -> None:
    shop = tagged(bakery, 1, 2, cause=imported(1))
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
    bakery.fetch("/undo/begin", method="POST", what="import", which="1", upto="2")
    assert "An undo is under way; tagging goes on after it." in text_of(bakery.document().text)
    with bakery.services.database.write() as tx:
        undos.hold(tx, shop, ["Customer/1"])
        undos.move(tx, shop, 1, state="done", step="each", after=undos.Place())
    page = text_of(bakery.document().text)
    assert "every other customer carries the right tag" in page
    assert "What was undone for 1 customer is not written again" in page
