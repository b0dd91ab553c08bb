"""The page of one customer: what they are and why, what happened, and what the merchant may say about it."""

import json
import re
import time

import pytest

from plugin.core.orders import Ignored
from plugin.core.verdict import Kind
from plugin.db import ledger, looks, merges, objections, shops, tagging, undos
from plugin.db.looks import Looked
from plugin.usecases.erased import Erased
from plugin.usecases.override import mark_customer
from tests.session_tokens import OAK
from tests.web.conftest import DAY, Pages
from tests.web.customers import bought, customer

ADA = "Customer/7"


def words(text: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def page(pages: Pages, path: str = "/customers/Customer/7", **query: str) -> str:
    shown = pages.document(path, **query)
    assert shown.status_code == 200, shown.text
    return words(shown.text)


def ada(pages: Pages) -> int:
    """She came twice, and one order more was cancelled."""
    placed = [bought(1, days_ago=50), bought(2, days_ago=20), bought(3, days_ago=10)]
    return customer(pages, ADA, placed, ignored={3: Ignored.CANCELLED})


def test_it_says_what_they_are_what_it_rests_on_and_what_would_change_it(bakery: Pages) -> None:
    ada(bakery)
    said = page(bakery)
    assert "Ordered on 2 separate occasions, usually every 50 days, and has been quiet for 20 days" in said
    assert "Purchases 2 from 2 orders" in said
    assert "Certainty 6 of 10 such customers order again" in said
    assert "Without another order they are a buyer again on" in said
    assert "2 orders count." in said
    assert "Does not count: cancelled" in said
    assert "Something new was bought" in said
    assert "Decided by the rules, number 1, and by what your shop taught Regulars, number 1." in said


def test_all_the_evidence_is_a_file_too(bakery: Pages) -> None:
    """What the page says, for machines: the same sentence, every order, every purchase day, and who decided."""
    shop = ada(bakery)
    with bakery.services.database.read() as tx:
        model, rules = shops.judging(tx, shop)
    answer = bakery.fetch("/customers/Customer/7/evidence")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customer-7.json"'
    told = json.loads(answer.text)
    assert told["customer"] == told["decided_by_orders_of"] == "Customer/7"
    found = told["evidence"]
    assert found["sentence"].replace("'", "&#39;") in page(bakery)
    assert (found["kind"], found["occasions"], found["quiet_days"], found["lapse_on"]) == (
        "client",
        2,
        20,
        "2025-04-22",
    )
    assert found["changes"] == ["Without another order they are a buyer again on 22 Apr 2025."]
    assert found["chance"] == {"of_100": 60, "within_days": 180}
    assert [one["name"] for one in found["counted"]] == ["#1001", "#1002"]
    assert found["ignored"] == [{"id": 3, "name": "#1003", "day": "2024-09-24", "why": "cancelled"}]
    assert sum(one["weight"] for one in found["purchases"]) == found["weight"] == 2.0
    assert found["purchases"][-1]["why"] == "new product"
    assert (found["model"]["number"], found["rules"]["number"]) == (model.number, rules.number)
    assert found["rules"]["occasions"] == 2


def test_the_file_speaks_the_merchant_s_language_and_says_what_is_not_judged(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, language="nl")
    told = json.loads(bakery.fetch("/customers/Customer/7/evidence").text)
    assert "tenzij er weer wordt besteld" in told["evidence"]["sentence"]
    assert told["marked_by_hand"] is None
    bakery.fetch("/customers/Customer/7/mark-buyer", method="POST")
    assert json.loads(bakery.fetch("/customers/Customer/7/evidence").text)["marked_by_hand"] == "buyer"
    bakery.fetch("/customers/Customer/7/object", method="POST")
    assert json.loads(bakery.fetch("/customers/Customer/7/evidence").text)["evidence"] is None
    assert bakery.fetch("/customers/Customer/8/evidence").status_code == 404


def test_what_happened_comes_newest_first(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        change = ledger.Change(ADA, "add", "client", 2, 1, 1, "orders")
        done, failed = ledger.intend(tx, shop, [change, change._replace(action="remove", tag="buyer")], now=DAY)
        ledger.settle(tx, shop, [(done.id, "done", None), (failed.id, "failed", "no room")], now=DAY)
    said = page(bakery)
    past = said[said.index("What happened") :]
    places = [
        past.index(one)
        for one in (
            "Tag buyer to be taken off An order came or changed Refused by Shopify no room",
            "Tag client was added An order came or changed",
            "Order #1003 Does not count: cancelled €12.50",
            "Became a client",
            "Order #1002 Counts €12.50",
            "Became a buyer",
            "Order #1001 Counts €12.50",
        )
    ]
    assert places == sorted(places)


def test_a_lapse_stands_between_the_orders_around_it(bakery: Pages) -> None:
    customer(bakery, ADA, [bought(1, days_ago=1000), bought(2, days_ago=990), bought(3, days_ago=5)])
    said = page(bakery)
    past = said[said.index("What happened") :]
    assert past.index("#1003") < past.index("Lapsed: no order came for long") < past.index("#1002")


def test_the_merchant_says_do_not_classify_and_takes_it_back(bakery: Pages) -> None:
    """Who must not be classified is not judged for this page either."""
    shop = ada(bakery)
    for _ in range(2):
        done = bakery.fetch("/customers/Customer/7/object", method="POST")
        assert done.status_code == 303
        assert done.headers["Location"].startswith("/customers/Customer/7?said=object")
    assert 'data-toast="This customer is no longer classified"' in bakery.fetch(done.headers["Location"]).text
    said = page(bakery)
    assert "This customer is not to be classified" in said
    assert "Became a client" not in said
    assert "occasions" not in said
    assert "Counts" not in said
    assert "#1003" in said
    for _ in range(2):
        assert bakery.fetch("/customers/Customer/7/lift-objection", method="POST").status_code == 303
    assert "Became a client" in page(bakery)
    assert ("sync", shop) in bakery.nudged


def test_an_opt_out_at_the_shop_is_told_and_not_lifted_here(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        objections.opt(tx, shop, out=[ADA], back=[])
    said = page(bakery)
    assert "opted out of the sale of their data at your shop" in said
    assert "Classify again" not in said


def test_a_veto_is_told_and_lifted(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
        tagging.found(tx, shop, [(ADA, [])])
        looks.seen(tx, shop, [Looked(ADA, 0, None, [], [], "removed")], now=DAY)
    said = page(bakery)
    assert "A tag of Regulars was taken off by hand on 4 Oct 2024" in said
    assert said.index("What happened") < said.rindex("A tag of Regulars was taken off by hand")
    for _ in range(2):
        assert bakery.fetch("/customers/Customer/7/lift-veto", method="POST").status_code == 303
    assert "was taken off by hand" not in page(bakery)
    assert "Their tags are about to be read at Shopify." in page(bakery)


def test_marked_by_hand_they_are_what_the_merchant_says_beside_what_their_orders_say(bakery: Pages) -> None:
    """Who did it and when is told, and it is lifted with a button."""
    ada(bakery)
    assert bakery.fetch("/customers/Customer/7/mark-buyer", method="POST").status_code == 303
    said = page(bakery)
    assert "buyer by hand You marked them on" in said
    assert "By their orders they would be: client" in said
    assert "What would change it" not in said
    assert "Marked as a buyer by hand" in said[said.index("What happened") :]
    listed = words(bakery.fetch("/customers?hand=yes").text)
    assert "Customer 7 Marked by hand buyer" in listed
    assert "Customer 7" not in words(bakery.fetch("/customers?hand=no").text)
    for _ in range(2):
        assert bakery.fetch("/customers/Customer/7/lift-mark", method="POST").status_code == 303
    assert "by hand" not in page(bakery).partition("By your own word")[0]


def test_what_was_marked_by_somebody_else_or_at_the_shop_says_so(bakery: Pages) -> None:
    shop = ada(bakery)
    for who, told in (("99", "a member of your staff (number 99 at Shopify)"), ("shop", "changed at your shop on")):
        mark_customer(bakery.services, shop, ADA, Kind.CLIENT, by=who)
        assert told in page(bakery)


def test_what_an_undo_holds_is_told_and_lifted(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
        undos.hold(tx, shop, [ADA])
    assert "What was undone is not written again" in page(bakery)
    for _ in range(2):
        assert bakery.fetch("/customers/Customer/7/lift-undo", method="POST").status_code == 303
    assert "They are about to get the tag client." in page(bakery)


def test_a_person_who_buys_for_a_company_is_what_they_are_by_its_orders(bakery: Pages) -> None:
    """The sentence is that of the verdict that decides, and says where its orders are."""
    customer(bakery, ADA, [bought(1, days_ago=9)])
    office = [bought(number, days_ago=60 - 9 * number, by=ADA) for number in range(2, 7)]
    customer(bakery, "CompanyLocation/3", office)
    said = page(bakery)
    assert "Ordered on 5 separate occasions" in said
    assert "What decides are the orders for a company: Company 3" in said
    assert "One more order" not in said
    company = page(bakery, "/customers/CompanyLocation/3")
    assert "Who ordered for this company Customer 7" in company
    assert "Do not classify" not in company
    assert "Their tag at the shop" not in company


def test_a_merged_customer_points_to_the_one_who_was_kept(bakery: Pages) -> None:
    shop = ada(bakery)
    with bakery.services.database.write() as tx:
        merges.merge(tx, shop, gone="Customer/8", kept=ADA)
    shown = bakery.document("/customers/Customer/8")
    assert "Merged with another customer" in words(shown.text)
    assert 'href="/customers/Customer/7?' in shown.text


@pytest.mark.parametrize("path", ["Customer/8", "Customer/x", "Order/7", "Customer/07x", f"Customer/{'9' * 5000}"])
def test_an_unknown_customer_is_a_404_in_words(bakery: Pages, path: str) -> None:
    ada(bakery)
    shown = bakery.fetch(f"/customers/{path}")
    assert shown.status_code == 404
    assert "Regulars knows nothing of this customer" in shown.text


def test_an_erased_customer_is_told_so_and_another_shop_s_is_unknown(bakery: Pages) -> None:
    customer(bakery, "Customer/9", [bought(1, days_ago=3)], domain=OAK)
    assert bakery.fetch("/customers/Customer/9").status_code == 404
    anna = bakery.shop()
    assert anna is not None
    with bakery.services.database.write() as tx:
        Erased(bakery.services, anna.shop).add(tx, ["Customer/9"])
    shown = bakery.fetch("/customers/Customer/9")
    assert shown.status_code == 404
    assert "This customer was erased" in shown.text


def test_texts_of_any_length_and_direction_do_not_break_the_page(bakery: Pages) -> None:
    long, hebrew = "x" * 10_000, "הזמנה"
    shop = customer(bakery, ADA, [bought(1, days_ago=9, name=long), bought(2, days_ago=8, name=f"{hebrew}<b>")])
    with bakery.services.database.write() as tx:
        tagging.found(tx, shop, [(ADA, [long])])
    shown = bakery.document("/customers/Customer/7").text
    assert "x" * 200 not in shown
    assert f"{hebrew}&lt;b&gt;" in shown
    assert 'dir="auto"' in shown


def test_five_thousand_orders_are_paged_and_take_no_longer_than_a_blink(bakery: Pages) -> None:
    """Every order is on one page only; the size of a page does not grow with the customer."""
    many = [bought(number, days_ago=number % 2500, total=number) for number in range(1, 5001)]
    customer(bakery, ADA, many, ignored=dict.fromkeys(range(1, 5001, 3), Ignored.UNPAID))
    seen: list[str] = []
    older = ""
    began = time.process_time()
    for _ in range(3):
        shown = bakery.document("/customers/Customer/7", **({"before": older} if older else {})).text
        assert len(shown) < 60_000
        seen += re.findall(r"Order (#\d+)", shown)
        found = re.search(r'rel="next" href="[^"]*before=([0-9.]+)', shown)
        assert found
        older = found[1]
    assert time.process_time() - began < 3  # seconds of work for three pages, on the slowest of machines
    assert len(seen) == len(set(seen)) > 140
