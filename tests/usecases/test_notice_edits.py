"""The shop's word that tags changed: whom it makes us read, and whom it does not."""

import json

import pytest

from plugin.db import ledger, looks, tagging
from plugin.db.tagging import Synced
from tests.usecases.conftest import Oak
from tests.usecases.history import reading

ANNA = "Customer/7"


def told(oak: Oak, *tags: str, added: bool) -> None:
    topic = "customer.tags_added" if added else "customer.tags_removed"
    oak.receive(topic, {"customerId": "gid://shopify/Customer/7", "tags": list(tags)})
    oak.drain()


def tagged(oak: Oak, ours: str = "client", found: str = "") -> None:
    """We tagged her, and what we did is settled."""
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [(ANNA, found.split())])
        change = ledger.Change(ANNA, "add", "client", 2, 1, 1, "orders")
        [line] = ledger.intend(tx, oak.shop, [change], now=1)
        ledger.settle(tx, oak.shop, [(line.id, "done", None)], now=1)
        tagging.synced(tx, oak.shop, [Synced(ANNA, 2, ours.split())])


def asked(oak: Oak) -> bool:
    with oak.services.database.read() as tx:
        return looks.due(tx, oak.shop, at_most=5) == [ANNA]


@pytest.mark.parametrize(
    ("tags", "added", "read"),
    [
        (["client"], True, False),
        (["client", "vip"], False, True),
        (["Buyer"], True, True),
        (["buyer"], False, False),
        (["vip"], True, False),
        ([], False, False),
    ],
)
def test_who_is_read_is_whose_books_the_word_contradicts(oak: Oak, tags: list[str], added: bool, read: bool) -> None:
    """Our own change comes back as anybody's does, a moment or a day later, and costs no look."""
    tagged(oak)
    told(oak, *tags, added=added)
    assert asked(oak) is read
    assert (("sync", oak.shop) in oak.nudged) is read


def test_a_tag_taken_off_while_it_is_on_its_way_is_found(oak: Oak) -> None:
    """The word comes before the answer to our own write."""
    tagged(oak, ours="")
    with oak.services.database.write() as tx:
        ledger.intend(tx, oak.shop, [ledger.Change(ANNA, "add", "buyer", 1, 1, 1, "orders")], now=2)
    told(oak, "buyer", added=True)
    assert not asked(oak)
    told(oak, "buyer", added=False)
    assert asked(oak)


def test_before_our_first_write_what_was_seen_is_seen_anew(oak: Oak) -> None:
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [(ANNA, [])])
    told(oak, "vip", added=True)
    assert oak.column("SELECT tags_found FROM customers") == [""]
    told(oak, "client", added=True)
    assert oak.column("SELECT tags_found FROM customers") == [None]
    assert not asked(oak)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("tags", "added"), [([], True), (["client"], False)])
def test_word_that_comes_while_a_history_is_read_is_newer_than_its_export(
    oak: Oak, tags: list[str], *, added: bool, known: bool
) -> None:
    """A tag that the merchant set meanwhile would be taken for ours if it was only written beside."""
    if known:
        with oak.services.database.write() as tx:
            tagging.found(tx, oak.shop, [(ANNA, [])])
    read = reading(oak)
    told(oak, "client", added=added)
    read.customers([json.dumps({"id": "gid://shopify/Customer/7", "tags": tags}).encode()])
    assert oak.column("SELECT tags_found FROM customers") == [None]
    assert asked(oak)


def test_room_for_a_refused_tag_is_looked_for(oak: Oak) -> None:
    tagged(oak, ours="")
    with oak.services.database.write() as tx:
        tagging.hold(tx, oak.shop, [ANNA], reason="the customer has 250 tags")
    told(oak, "vip", added=False)
    assert asked(oak)


def test_word_of_somebody_unheard_of_or_gone_changes_nothing(oak: Oak) -> None:
    told(oak, "client", added=False)
    assert oak.column("SELECT customer FROM customers") == []
    tagged(oak)
    with oak.services.database.write() as tx:
        tagging.hold(tx, oak.shop, [ANNA], reason=tagging.GONE)
    told(oak, "client", added=False)
    assert not asked(oak)
