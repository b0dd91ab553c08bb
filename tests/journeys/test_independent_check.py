"""A whole shop's year goes in, a week of live orders follows over a bad line, and every tag is checked from outside."""

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from plugin.simulator.history import CDNOW
from tests.journeys.app import until
from tests.journeys.journey import Journey, journey
from tests.journeys.shopify import DAY, ours_among
from tests.journeys.verdicts import by_customer, tag_by_slow_reference, wrong_tags

pytestmark = pytest.mark.timeout(600)  # the one run counts for whichever test comes first

DAYS = 7
SECONDS_A_DAY = 2.0
BAD_LINE = {"repeat": 0.2, "reorder": 0.3, "delay": 0.2}
SAMPLE = 400
Row = dict[str, Any]


class Year(NamedTuple):
    """What the shop looked like before and after, and the app's own numbers."""

    before: list[Row]  # customers
    after: list[Row]  # customers
    history: list[Row]  # orders before the app came
    orders: list[Row]
    writes: list[Row]
    imported: Row
    end: Row
    webhooks: Row


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """CDNOW's 1997 imported and tagged, then the first days of 1998 as live orders."""
    with journey(tmp_path_factory.mktemp("cdnow"), history=CDNOW, zone="America/New_York") as made:
        yield _lived(made)


def _lived(shop: Journey) -> Year:
    shopify = shop.shopify
    before, history = shopify.rows("customers"), shopify.rows("orders")
    shop.install()
    imported = shop.imported(seconds=200)
    assert shop.accept().status_code == 302
    until("the bulk file to be on its way", lambda: shop.app.status()["bulk"] or not shop.app.status()["to_tag"])
    shopify.knobs(**BAD_LINE)
    # Live orders come in while the shop still works through the tags of the history.
    shopify.send("play", days=DAYS, rate=DAY / (SECONDS_A_DAY * 1000), mishaps=0.3, joined=0.5)
    until("the week to pass", lambda: shopify.read("play")["state"] == "done", seconds=120, pause=0.5)
    end = shop.settled(seconds=200)
    return Year(
        before=before,
        after=shopify.rows("customers"),
        history=history,
        orders=shopify.rows("orders"),
        writes=shopify.writes(),
        imported=imported,
        end=end,
        webhooks=shopify.read("")["webhooks"],
    )


def test_the_whole_year_was_imported(year: Year) -> None:
    assert sum(year.imported["kinds"].values()) == len(year.before) == 23_570
    assert year.imported["orders"] == len(year.history)
    assert year.imported["import"]["earlier"] == 0, "every order is shown, so none counts by its number"
    assert year.end["orders"] == len(year.orders) > len(year.history)


def test_every_tag_is_what_the_pure_verdict_says_of_the_raw_orders(year: Year) -> None:
    assert wrong_tags(year.after, year.orders, year.end["today"])[:3] == []
    assert len(year.after) > 23_570


def test_tags_agree_with_living_through_every_day(year: Year) -> None:
    """A second check on some hundred customers, among them those who came lately, with rules told another way."""
    orders, today = by_customer(year.orders), year.end["today"]
    lately = {row["customer"] for row in year.orders if row["placed_at"]}
    sample = random.Random(7).sample(year.after, SAMPLE) + [row for row in year.after if row["id"] in lately][:SAMPLE]
    found = {row["id"]: ours_among(row["tags"]) for row in sample}
    told = {row["id"]: {tag_by_slow_reference(orders.get(row["id"], ()), today)} - {""} for row in sample}
    assert found == told
    assert {"buyer", "client"} <= {tag for tags in found.values() for tag in tags}


def test_every_foreign_tag_is_still_there(year: Year) -> None:
    after = {row["id"]: set(row["tags"]) for row in year.after}
    assert [row for row in year.before if not set(row["tags"]) <= after[row["id"]]] == []
    assert sum(bool(row["tags"]) for row in year.before) > 10_000


def test_nobody_has_another_tag_than_before_but_one_of_ours(year: Year) -> None:
    before = {row["id"]: set(row["tags"]) for row in year.before}
    added = [set(row["tags"]) - before.get(row["id"], set()) for row in year.after]
    assert [tags for tags in added if len(tags) > 1 or not tags <= {"buyer", "client"}] == []


def test_customers_who_never_paid_anything_carry_neither_tag(year: Year) -> None:
    """68 customers of the history have zero-value orders only; in the week that follows hardly one of them pays."""
    paid_before, paid = by_customer(year.history), by_customer(year.orders)
    never = [row for row in year.before if row["id"] not in paid_before]
    assert len(never) == year.imported["kinds"]["none"] == 68
    still = {row["id"] for row in never} - paid.keys()
    assert len(still) > 60
    assert [row for row in year.after if row["id"] in still and ours_among(row["tags"])] == []


def test_nothing_was_written_that_changed_nothing(year: Year) -> None:
    assert [write for write in year.writes if not write["changed"]] == []
    assert year.end["ledger"] == {"done": len(year.writes)}


def test_nothing_was_set_aside_though_the_line_was_bad(year: Year) -> None:
    """A repeated delivery has the id of the first and is kept once."""
    assert year.end["deliveries"]["parked"] == 0
    assert min(year.webhooks["repeated"], year.webhooks["reordered"]) > 100
    assert year.end["deliveries"]["done"] == year.webhooks["emitted"]
