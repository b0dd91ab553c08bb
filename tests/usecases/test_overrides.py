"""Overrides: what the merchant marks a customer as holds, whatever their orders say, until they lift it."""

from collections.abc import Callable, Iterator

import pytest

from plugin.core.verdict import Kind
from plugin.db import customers, looks, one_customer, vetoes
from plugin.db.one_customer import Kept
from plugin.errors import GiveUp
from plugin.usecases.answer_vanished import restore_tags
from plugin.usecases.objections import lift_objection, note_objection
from plugin.usecases.override import lift_override, mark_customer
from plugin.usecases.rejudge import judge_all
from plugin.usecases.sweep import sweep
from plugin.usecases.vetoes import lift_veto
from tests.connected import Connected, connected
from tests.usecases.conftest import Oak, order
from tests.usecases.tagging import VERDICT, clients, synced, tags
from tests.usecases.test_merges import merge

ADA = "Customer/7"
STAFF = "42"


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on."""
    with connected(given) as made:
        made.change(tagging=True)
        yield made


def marked(oak: Oak, kind: Kind, customer: str = ADA) -> None:
    mark_customer(oak.services, oak.shop, customer, kind, by=STAFF)


def kept(oak: Oak, customer: str = ADA) -> Kept:
    with oak.services.database.read() as tx:
        found = one_customer.kept(tx, oak.shop, customer)
    assert found is not None
    return found


def judged(bakery: Connected, key: str, kind: Kind) -> None:
    """Their orders say so now."""
    with bakery.services.database.write() as tx:
        verdict = VERDICT._replace(kind=kind)
        customers.judged(tx, bakery.shop, [(key, verdict)], model=1, rules=1, cause="orders")


def test_neither_orders_nor_judging_anew_nor_the_sweep_changes_what_was_marked(oak: Oak) -> None:
    """A buyer by their orders, and a client by the merchant's word: also when they lapse, and after more orders."""
    oak.receive("orders/create", order(1, customer=7, day="2020-11-01"))
    oak.drain()
    assert kept(oak).kind == Kind.BUYER
    marked(oak, Kind.CLIENT)
    oak.receive("orders/create", order(2, customer=7, day="2020-11-09"))
    oak.drain()
    judge_all(oak.services, oak.shop, cause="rules 2")
    sweep(oak.services, oak.shop)
    row = kept(oak)
    assert (row.kind, row.override, row.override_by) == (Kind.CLIENT, Kind.CLIENT, STAFF)
    assert oak.column("SELECT cause FROM customers") == ["hand"]
    assert oak.column("SELECT counted FROM customers") == [2], "the figures behind the verdict go on"


def test_lifted_they_are_what_their_orders_say_today(oak: Oak) -> None:
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    marked(oak, Kind.CLIENT)
    for _ in range(2):
        lift_override(oak.services, oak.shop, ADA)
    row = kept(oak)
    assert (row.kind, row.override, row.override_at, row.override_by) == (Kind.BUYER, None, None, None)


def test_who_has_no_counted_order_can_be_marked_and_is_neither_again_when_it_is_lifted(oak: Oak) -> None:
    oak.receive("orders/create", order(1, customer=7, test=True))
    oak.drain()
    assert kept(oak).kind == Kind.NONE
    marked(oak, Kind.CLIENT)
    assert kept(oak).kind == Kind.CLIENT
    lift_override(oak.services, oak.shop, ADA)
    assert kept(oak).kind == Kind.NONE


def test_an_objection_ends_it_and_who_objects_cannot_be_marked(oak: Oak) -> None:
    """ "Do not classify me" is the customer's own word, and comes before the merchant's."""
    oak.receive("orders/create", order(1, customer=7))
    oak.drain()
    marked(oak, Kind.CLIENT)
    note_objection(oak.services, oak.shop, ADA)
    assert (kept(oak).kind, kept(oak).override) == (Kind.NONE, None)
    with pytest.raises(GiveUp, match="cannot be marked"):
        marked(oak, Kind.CLIENT)
    lift_objection(oak.services, oak.shop, ADA)
    assert kept(oak).kind == Kind.BUYER


@pytest.mark.parametrize("customer", ["Customer/9", "CompanyLocation/3"])
def test_nobody_unknown_and_no_company_can_be_marked(oak: Oak, customer: str) -> None:
    with pytest.raises(GiveUp, match=r"Nothing is kept|A company has no tag"):
        marked(oak, Kind.CLIENT, customer)
    assert oak.column("SELECT customer FROM customers") == []


@pytest.mark.parametrize("both", [False, True])
def test_of_two_merged_customers_the_one_that_is_kept_has_it(oak: Oak, both: bool) -> None:
    """Their own comes first; who was merged away has none and cannot be marked."""
    for number in (7, 8):
        oak.receive("orders/create", order(number, customer=number))
    oak.drain()
    marked(oak, Kind.CLIENT)
    if both:
        marked(oak, Kind.BUYER, "Customer/8")
    for _ in range(2):
        oak.receive("customers/merge", merge(7, 8))
        oak.drain()
    kind = Kind.BUYER if both else Kind.CLIENT
    assert (kept(oak, "Customer/8").kind, kept(oak, "Customer/8").override) == (kind, kind)
    assert (kept(oak).kind, kept(oak).override) == (Kind.NONE, None)
    with pytest.raises(GiveUp, match="merged"):
        marked(oak, Kind.CLIENT)


def test_the_tag_at_the_shop_follows_with_its_cause_in_the_ledger(bakery: Connected) -> None:
    """Marked, and lifted again."""
    [key] = clients(bakery, 1)
    synced(bakery)
    mark_customer(bakery.services, bakery.shop, key, Kind.BUYER, by=STAFF)
    synced(bakery)
    assert tags(bakery, [key]) == [["buyer", "vip"]]
    lift_override(bakery.services, bakery.shop, key)
    synced(bakery)
    assert tags(bakery, [key]) == [["vip"]], "they have no order that counts"
    with bakery.services.database.read() as tx:
        told = [
            tuple(row) for row in tx.connection.exec_driver_sql("SELECT action, tag, cause FROM ledger ORDER BY id")
        ]
    assert told == [
        ("add", "client", "orders"),
        ("remove", "client", "hand"),
        ("add", "buyer", "hand"),
        ("remove", "buyer", "hand"),
    ]


def test_marking_lifts_a_veto_for_the_newest_word_holds(bakery: Connected) -> None:
    [key] = clients(bakery, 1)
    synced(bakery)
    with bakery.world.lock:
        bakery.at_shopify.customers[int(key.rpartition("/")[2])].tags = ["vip"]
    with bakery.services.database.write() as tx:
        looks.ask(tx, bakery.shop, [key], now=1)
    synced(bakery)
    with bakery.services.database.read() as tx:
        assert vetoes.count(tx, bakery.shop) == 1
    mark_customer(bakery.services, bakery.shop, key, Kind.BUYER, by=STAFF)
    synced(bakery)
    assert tags(bakery, [key]) == [["buyer", "vip"]]


def edited(bakery: Connected, key: str, *tags: str) -> None:
    """Somebody edits the customer in the shop's admin, and word of it comes."""
    with bakery.world.lock:
        bakery.at_shopify.customers[int(key.rpartition("/")[2])].tags = sorted(tags)
    with bakery.services.database.write() as tx:
        looks.ask(tx, bakery.shop, [key], now=1)
    synced(bakery)


def standing(bakery: Connected, key: str) -> Kept:
    with bakery.services.database.read() as tx:
        found = one_customer.kept(tx, bakery.shop, key)
    assert found is not None
    return found


@pytest.mark.parametrize("steps", [[["buyer"]], [[], ["buyer"]], [["buyer", "client"], ["buyer"]]])
def test_our_tag_replaced_by_the_other_at_the_shop_marks_them(bakery: Connected, steps: list[list[str]]) -> None:
    """At once, or in two steps in either order; and it holds until it is lifted."""
    [key] = clients(bakery, 1)
    synced(bakery)
    for step in steps:
        assert standing(bakery, key).override is None
        edited(bakery, key, "vip", *step)
    row = standing(bakery, key)
    assert (row.kind, row.override, row.override_by) == (Kind.BUYER, Kind.BUYER, "shop")
    judged(bakery, key, Kind.CLIENT)
    synced(bakery)
    assert standing(bakery, key).kind == Kind.BUYER
    assert tags(bakery, [key]) == [["buyer", "vip"]]


@pytest.mark.parametrize("how", [lift_override, lift_veto])
def test_lifted_the_tag_that_was_set_at_the_shop_gives_way(bakery: Connected, how: Callable[..., None]) -> None:
    """It is taken over, with a line in the ledger, so that the customer does not carry both."""
    [key] = clients(bakery, 1)
    synced(bakery)
    edited(bakery, key, "buyer")
    how(bakery.services, bakery.shop, key)
    row = standing(bakery, key)
    assert (row.override, row.veto, row.tags_found) == (None, None, "")
    judged(bakery, key, Kind.CLIENT)
    synced(bakery)
    assert tags(bakery, [key]) == [["client"]]
    with bakery.services.database.read() as tx:
        told = [
            tuple(row) for row in tx.connection.exec_driver_sql("SELECT action, tag, cause FROM ledger ORDER BY id")
        ]
    assert told[1] == ("adopt", "buyer", "hand")


def test_the_newest_word_holds_wherever_it_is_said(bakery: Connected) -> None:
    """Marked in the panel, then otherwise at the shop, then in the panel again."""
    [key] = clients(bakery, 1)
    synced(bakery)
    mark_customer(bakery.services, bakery.shop, key, Kind.BUYER, by=STAFF)
    synced(bakery)
    edited(bakery, key, "client")
    assert (standing(bakery, key).override, standing(bakery, key).override_by) == (Kind.CLIENT, "shop")
    mark_customer(bakery.services, bakery.shop, key, Kind.BUYER, by=STAFF)
    synced(bakery)
    assert tags(bakery, [key]) == [["buyer"]]


def test_only_taking_our_tag_off_marks_nobody(bakery: Connected) -> None:
    [key] = clients(bakery, 1)
    synced(bakery)
    edited(bakery, key, "vip")
    assert (standing(bakery, key).override, standing(bakery, key).veto) == (None, "removed")


def test_many_replaced_at_once_are_asked_about_and_put_right(bakery: Connected) -> None:
    """An app that writes an old copy of everybody's tags marks nobody for good."""
    keys = clients(bakery, 25)
    synced(bakery)
    with bakery.world.lock:
        for key in keys:
            bakery.at_shopify.customers[int(key.rpartition("/")[2])].tags = ["buyer"]
    with bakery.services.database.write() as tx:
        looks.ask(tx, bakery.shop, keys, now=1)
    synced(bakery)
    assert bakery.known.paused_at is not None
    restore_tags(bakery.services, bakery.shop)
    synced(bakery)
    assert {standing(bakery, key).override for key in keys} == {None}
    assert tags(bakery, keys) == [[]] * 25, "they have no orders here: the wrong tag is gone"
