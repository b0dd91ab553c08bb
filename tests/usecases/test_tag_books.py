"""The books of tag writes: what is planned, what is ours, and what is believed at the shop after each outcome."""

import pytest

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import customers, ledger, tagging
from plugin.db.tagging import UNKNOWN, ToSync
from plugin.usecases.plan_sync import changes, ours_among, plan_for, plan_seen
from plugin.usecases.settle_tags import Outcome, settle
from tests.usecases.conftest import Oak

NAMES = {Kind.BUYER: "buyer", Kind.CLIENT: "client"}
ANNA = "Customer/7"


def row(kind: int, at_shop: int = 0, ours: str = "", found: str | None = "") -> ToSync:
    return ToSync(ANNA, kind, at_shop, ours, found, 1, 1, "orders")


@pytest.mark.parametrize(
    ("one", "add", "remove"),
    [
        (row(1), ("buyer",), ()),
        (row(2, 1, "buyer"), ("client",), ("buyer",)),
        (row(0, 1, "buyer"), (), ("buyer",)),
        # The merchant's own tag of our name was there before us: it is neither added nor ever removed.
        (row(2, 0, "", "client"), (), ()),
        (row(1, 2, "", "client"), ("buyer",), ()),
        (row(2, 0, "", "Client"), (), ()),
        (row(2, 1, "buyer,client"), (), ("buyer",)),
        (row(0, 1, "buyer,client"), (), ("buyer", "client")),
        (row(2, 0, "client", "client"), (), ()),
    ],
)
def test_a_plan_touches_only_what_is_ours(one: ToSync, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    assert plan_for(one, NAMES) == (add, remove)


@pytest.mark.parametrize(
    "one",
    [row(2, UNKNOWN, "buyer"), row(2, 1, "buyer", None), row(2, 1, "buyer")._replace(look_at=5)],
    ids=["an answer was lost", "never looked at", "somebody changed their tags"],
)
def test_whose_tags_are_to_be_read_is_not_written_before(one: ToSync) -> None:
    assert plan_seen([one], NAMES) == []


def test_our_names_are_found_in_any_case() -> None:
    assert ours_among(NAMES, ["VIP", "Client", "buyers"]) == ["Client"]


def written(oak: Oak, before: ToSync, status: str) -> ToSync:
    """The customer's row after one write with this outcome."""
    verdict = judge((), PRIOR, DEFAULT_RULES, 1)._replace(kind=Kind(before.kind))
    with oak.services.database.write() as tx:
        customers.judged(tx, oak.shop, [(ANNA, verdict)], model=1, rules=1, cause="orders")
        tagging.found(tx, oak.shop, [(ANNA, [])])
        tagging.synced(tx, oak.shop, [tagging.Synced(ANNA, before.kind_at_shop, before.tags_ours.split(","))])
        planned = [(before, plan_for(before, NAMES))]
        entries = ledger.intend(tx, oak.shop, changes(planned), now=1)
        settle(tx, oak.shop, [Outcome(one, status, "why") for one in entries], names=NAMES, now=2)
        return tagging.sync_of(tx, oak.shop, [ANNA])[ANNA]


@pytest.mark.parametrize(
    ("status", "at_shop", "ours", "ledger_says"),
    [
        ("done", 2, "client", "done"),
        ("unknown", UNKNOWN, "buyer,client", "unknown"),
        ("failed", 1, "buyer", "failed"),
        ("unsent", 1, "buyer", None),
    ],
)
def test_an_outcome_says_what_is_at_the_shop_now(
    oak: Oak, status: str, at_shop: int, ours: str, ledger_says: str | None
) -> None:
    after = written(oak, row(2, 1, "buyer"), status)
    assert (after.kind_at_shop, after.tags_ours) == (at_shop, ours)
    # What was never sent leaves no line in the ledger.
    assert oak.column("SELECT state FROM ledger") == ([ledger_says] * 2 if ledger_says else [])


def test_a_refused_customer_is_left_alone_and_says_why(oak: Oak) -> None:
    """Nothing is tried again that can never go through; the others go on."""
    written(oak, row(2, 1, "buyer"), "failed")
    assert oak.column("SELECT held FROM customers") == ["why"]
    with oak.services.database.read() as tx:
        assert tagging.count_to_sync(tx, oak.shop) == 0


def test_an_unsent_change_stays_on_the_work_list(oak: Oak) -> None:
    written(oak, row(2, 1, "buyer"), "unsent")
    with oak.services.database.read() as tx:
        assert [one.customer for one in tagging.to_sync(tx, oak.shop, at_most=5)] == [ANNA]


def test_a_file_that_only_removes_leaves_the_rest_on_the_work_list(oak: Oak) -> None:
    """Removals before additions, each in a file of its own."""
    before = row(2, 1, "buyer")
    written(oak, before, "failed")
    with oak.services.database.write() as tx:
        removal = [one for one in changes([(before, plan_for(before, NAMES))]) if one.action == "remove"]
        entries = ledger.intend(tx, oak.shop, removal, now=3, bulk=1)
        settle(tx, oak.shop, [Outcome(one, "done", "") for one in entries], names=NAMES, now=4)
        [left] = tagging.to_sync(tx, oak.shop, at_most=5)
    assert (left.kind_at_shop, left.tags_ours) == (0, "")
    assert plan_for(left, NAMES) == (("client",), ())


def test_a_settled_line_is_not_settled_twice(oak: Oak) -> None:
    """A crash between two writes may settle a file again: what was said stays said, and what was seen since stays."""
    written(oak, row(1), "done")
    [key] = oak.column("SELECT customer FROM customers")
    with oak.services.database.write() as tx:
        tagging.synced(tx, oak.shop, [tagging.Synced(key, 0, [])])  # the merchant took it off
        line = ledger.Entry(1, key, "add", "buyer", 1, 1, 1, "orders")
        settle(tx, oak.shop, [Outcome(line, "done", "")], names=NAMES, now=9)
        ledger.settle(tx, oak.shop, [(1, "unknown", None)], now=9)
    assert oak.column("SELECT state FROM ledger") == ["done"]
    assert oak.column("SELECT tags_ours FROM customers") == [""]


def test_a_customer_deleted_while_a_write_is_under_way_stays_deleted(oak: Oak) -> None:
    before = row(2, 1, "buyer")
    written(oak, before, "unsent")
    with oak.services.database.write() as tx:
        entries = ledger.intend(tx, oak.shop, changes([(before, plan_for(before, NAMES))]), now=1)
        tagging.hold(tx, oak.shop, [ANNA], reason=tagging.GONE)
        settle(tx, oak.shop, [Outcome(one, "done", "") for one in entries], names=NAMES, now=2)
        tagging.hold(tx, oak.shop, [ANNA], reason=tagging.IN_A_FILE)
        tagging.release(tx, oak.shop)
    assert oak.column("SELECT held FROM customers") == ["gone"]
