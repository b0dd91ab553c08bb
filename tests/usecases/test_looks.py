"""What somebody else does to our tags: found by reading and comparing, and it stands until the merchant lifts it."""

from collections.abc import Iterable, Iterator

import pytest

from plugin.core.facts import CustomerTouched
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import customers, imports, ledger, looks, tagging, vetoes
from plugin.db.shops import Shop
from plugin.simulator.tags import MOST_TAGS
from plugin.usecases import sync_tags as syncing
from plugin.usecases.answer_vanished import count_vanished, respect_removal, restore_tags
from plugin.usecases.leave import remove_tags
from plugin.usecases.notice_edits import notice_edits
from plugin.usecases.objections import note_objection
from plugin.usecases.plan_sync import changes, plan_seen
from plugin.usecases.vetoes import lift_all_vetoes, lift_veto, list_vetoes
from tests.connected import Connected, connected
from tests.usecases.tagging import clients, synced, tags

VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)
NAMES = {"buyer", "client"}


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on."""
    with connected(given) as made:
        made.change(tagging=True)
        yield made


def edited(bakery: Connected, keys: Iterable[str], *, add: str = "", remove: str = "", told: bool = True) -> None:
    """Somebody changes tags in the shop's admin; `told`: and the shop's word of it has arrived."""
    with bakery.world.lock:
        for key in keys:
            customer = bakery.at_shopify.customers[int(key.rpartition("/")[2])]
            customer.tags = sorted(({*customer.tags} | {*add.split()}) - {*remove.split()})
    if told:
        with bakery.services.database.write() as tx:
            looks.ask(tx, bakery.shop, keys, now=bakery.services.now())


def turned(bakery: Connected, keys: Iterable[str], kind: Kind) -> None:
    """They are something else now."""
    with bakery.services.database.write() as tx:
        verdicts = [(key, VERDICT._replace(kind=kind)) for key in keys]
        customers.judged(tx, bakery.shop, verdicts, model=1, rules=1, cause="orders")


def vetoed(bakery: Connected) -> dict[str, str]:
    return {one.customer: one.veto for one in list_vetoes(bakery.services, bakery.shop).vetoes}


@pytest.mark.parametrize("told", [True, False], ids=["told", "found right before a write"])
@pytest.mark.parametrize(
    ("add", "remove", "veto", "left"),
    [
        ("", "client", "removed", ["vip"]),
        ("buyer", "client", "removed", ["buyer", "vip"]),
        ("buyer", "", "added", ["buyer", "client", "vip"]),
    ],
)
def test_a_merchants_change_of_our_tag_stands(
    bakery: Connected, add: str, remove: str, veto: str, left: list[str], told: bool
) -> None:
    """Also when the customer becomes something else, and whether or not a webhook told of it."""
    [key] = clients(bakery, 1)
    synced(bakery)
    edited(bakery, [key], add=add, remove=remove, told=told)
    if told:
        synced(bakery)
        assert vetoed(bakery) == {key: veto}
    turned(bakery, [key], Kind.BUYER)
    synced(bakery)
    assert vetoed(bakery) == {key: veto}
    assert tags(bakery, [key]) == [left]


def test_what_is_lifted_is_written_again_beside_what_is_the_merchants(bakery: Connected) -> None:
    keys = clients(bakery, 2)
    synced(bakery)
    edited(bakery, keys[:1], remove="client")
    edited(bakery, keys[1:], add="buyer")
    synced(bakery)
    lift_veto(bakery.services, bakery.shop, keys[0])
    synced(bakery)
    assert tags(bakery, keys) == [["client", "vip"], ["buyer", "client", "vip"]]
    assert vetoed(bakery) == {keys[1]: "added"}
    turned(bakery, keys, Kind.BUYER)
    lift_all_vetoes(bakery.services, bakery.shop)
    synced(bakery)
    # The merchant's own "buyer" says it already: ours goes, theirs was never ours to take.
    assert tags(bakery, keys) == [["buyer", "vip"], ["buyer", "vip"]]
    turned(bakery, keys, Kind.NONE)
    synced(bakery)
    assert tags(bakery, keys) == [["vip"], ["buyer", "vip"]]
    assert vetoed(bakery) == {}


def test_before_our_first_write_there_is_nothing_to_object_to(bakery: Connected) -> None:
    """Whatever has our name then was there before us."""
    [key] = clients(bakery, 1)
    with bakery.services.database.write() as tx:
        tagging.found(tx, bakery.shop, [(key, [])])
    edited(bakery, [key], add="buyer", told=False)
    synced(bakery)
    assert tags(bakery, [key]) == [["buyer", "client", "vip"]]
    assert vetoed(bakery) == {}


def test_a_tag_set_while_the_history_is_read_is_not_claimed_by_a_file(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look waits for the end of the import, whose export is older; the file comes after the look."""
    monkeypatch.setattr(syncing, "BULK_FROM", 0)
    [key] = clients(bakery, 1)
    bakery.change(tagging=False)
    with bakery.services.database.write() as tx:
        number = imports.begin(tx, bakery.shop, now=bakery.services.now())
        notice_edits(tx, bakery.known, [(CustomerTouched(key, ("client",), added=True), 1)])
    edited(bakery, [key], add="client", told=False)
    synced(bakery)
    with bakery.services.database.write() as tx:
        tagging.found(tx, bakery.shop, [(key, [])])
        imports.progress(tx, bakery.shop, number, stage="done")
    bakery.change(tagging=True)
    synced(bakery)
    turned(bakery, [key], Kind.NONE)
    synced(bakery)
    assert tags(bakery, [key]) == [["client", "vip"]]


def test_a_merchants_own_tags_and_our_own_changes_are_no_veto(bakery: Connected) -> None:
    keys = clients(bakery, 2)
    synced(bakery)
    edited(bakery, keys, add="sweet tooth", remove="vip")
    synced(bakery)
    turned(bakery, keys, Kind.BUYER)
    synced(bakery)
    assert tags(bakery, keys) == [["buyer", "sweet", "tooth"]] * 2
    assert vetoed(bakery) == {}


def test_a_lost_answer_is_settled_by_reading_the_customer(bakery: Connected) -> None:
    """One change had been carried out and one had not; neither is a veto, and both are right in the end."""
    keys = clients(bakery, 2)
    with bakery.services.database.write() as tx:
        tagging.found(tx, bakery.shop, [(key, []) for key in keys])
    synced(bakery)
    turned(bakery, keys, Kind.BUYER)
    with bakery.services.database.write() as tx:
        work = tagging.to_sync(tx, bakery.shop, at_most=9)
        ledger.intend(tx, bakery.shop, changes(plan_seen(work, bakery.known.tag_names)), now=5)
    edited(bakery, keys[:1], add="buyer", remove="client", told=False)
    synced(bakery)
    assert tags(bakery, keys) == [["buyer", "vip"]] * 2
    assert vetoed(bakery) == {}
    with bakery.services.database.read() as tx:
        told = {key: [line[1:4] for line in ledger.of_customer(tx, bakery.shop, key)] for key in keys}
    first = [("add", "client", "done"), ("remove", "client", "done"), ("add", "buyer", "done")]
    assert told[keys[0]] == first
    again = [("remove", "client", "done"), ("add", "buyer", "done")]
    assert told[keys[1]] == [first[0], ("remove", "client", "failed"), ("add", "buyer", "failed"), *again]


def test_who_is_deleted_at_the_shop_is_let_go(bakery: Connected) -> None:
    [key] = clients(bakery, 1)
    synced(bakery)
    with bakery.world.lock:
        del bakery.at_shopify.customers[int(key.rpartition("/")[2])]
    with bakery.services.database.write() as tx:
        looks.ask(tx, bakery.shop, [key], now=1)
    synced(bakery)
    with bakery.services.database.read() as tx:
        assert looks.standing(tx, bakery.shop, [key])[key].held == tagging.GONE


@pytest.mark.parametrize("how", ["leaving", "objecting"])
def test_a_veto_keeps_no_tag_of_ours_where_all_must_go(bakery: Connected, how: str) -> None:
    [key] = clients(bakery, 1)
    synced(bakery)
    edited(bakery, [key], add="buyer")
    synced(bakery)
    assert vetoed(bakery) == {key: "added"}
    if how == "leaving":
        remove_tags(bakery.services, bakery.shop)
    else:
        note_objection(bakery.services, bakery.shop, key)
        assert bakery.known.tagging
    synced(bakery)
    assert vetoed(bakery) == {key: "added"}
    assert tags(bakery, [key]) == [["buyer", "vip"]]


def test_two_hundred_and_fifty_tags_are_shown_and_not_tried_again(bakery: Connected) -> None:
    full = tuple(f"tag {number:03}" for number in range(MOST_TAGS))
    [key] = clients(bakery, 1, tags=full)
    synced(bakery)
    assert bakery.at_shopify.tag_writes == []
    with bakery.services.database.read() as tx:
        assert (
            looks.standing(tx, bakery.shop, [key])[key].held == "the customer has 250 tags, and Shopify allows no more"
        )
    bakery.visit()
    synced(bakery)
    assert bakery.at_shopify.tag_writes == []
    edited(bakery, [key], remove="tag")
    with bakery.world.lock:
        customer = bakery.at_shopify.customers[int(key.rpartition("/")[2])]
        customer.tags = [tag for tag in customer.tags if tag != "tag 007"]
    bakery.visit()
    synced(bakery)
    assert "client" in tags(bakery, [key])[0]


@pytest.mark.parametrize("number", [20, 21])
@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in a bulk file"])
def test_many_vanishing_at_once_pauses_and_asks(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, number: int, bulk: bool
) -> None:
    """Twenty are vetoes; one more is another app, and nothing is written until the merchant has answered."""
    monkeypatch.setattr(syncing, "BULK_FROM", 10 if bulk else 1000)
    keys = clients(bakery, 30)
    synced(bakery)
    edited(bakery, keys[:number], remove="client")
    synced(bakery)
    paused = number > 20
    assert (bakery.known.paused_at is not None) is paused
    turned(bakery, keys[25:], Kind.BUYER)
    synced(bakery)
    assert tags(bakery, keys[25:]) == [["client" if paused else "buyer", "vip"]] * 5
    assert tags(bakery, keys[:number]) == [["vip"]] * number


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in a bulk file"])
@pytest.mark.parametrize("answer", ["restore", "respect"])
def test_the_merchants_answer_is_carried_out(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, answer: str, bulk: bool
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", 10 if bulk else 1000)
    keys = clients(bakery, 30)
    synced(bakery)
    edited(bakery, keys[:25], remove="client")
    synced(bakery)
    with bakery.services.database.read() as tx:
        assert count_vanished(tx, bakery.known) == 25
    edited(bakery, keys[25:27], remove="client")  # while the question stands
    turned(bakery, keys[28:], Kind.BUYER)
    synced(bakery)
    (restore_tags if answer == "restore" else respect_removal)(bakery.services, bakery.shop)
    synced(bakery)
    known: Shop = bakery.known
    assert (known.paused_at, known.restoring) == (None, False)
    back = ["client", "vip"] if answer == "restore" else ["vip"]
    assert tags(bakery, keys) == [back] * 27 + [["client", "vip"]] + [["buyer", "vip"]] * 2
    assert len(vetoed(bakery)) == (0 if answer == "restore" else 27)
    # What was answered is not asked again.
    edited(bakery, keys[27:28], remove="client")
    synced(bakery)
    assert bakery.known.paused_at is None


def test_an_old_loss_does_not_count(bakery: Connected) -> None:
    """A merchant who takes off twenty today and one the next day is no app."""
    keys = clients(bakery, 21)
    synced(bakery)
    edited(bakery, keys[:20], remove="client")
    synced(bakery)
    with bakery.services.database.write() as tx:
        assert vetoes.count_lost(tx, bakery.shop, since=0) == 20
        tx.connection.exec_driver_sql("UPDATE customers SET vetoed_at = vetoed_at - 3600001 WHERE veto IS NOT NULL")
    edited(bakery, keys[20:], remove="client")
    synced(bakery)
    assert bakery.known.paused_at is None
