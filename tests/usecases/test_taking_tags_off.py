"""Our tags at the shop go when the merchant leaves, when a customer objects, and never come to who forbids it."""

from collections.abc import Iterator

import pytest

from plugin.core.verdict import Kind
from plugin.db import all_shops, customers, ledger, objections, tagging
from plugin.usecases import sync_tags as syncing
from plugin.usecases.leave import leaving, remove_tags
from plugin.usecases.objections import note_objection
from tests.connected import Connected, connected
from tests.usecases.tagging import VERDICT, begun, clients, synced, tags


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on."""
    with connected(given) as made:
        made.change(tagging=True)
        yield made


@pytest.mark.parametrize("from_", [2, 1000], ids=["in a bulk file", "one by one"])
def test_leaving_takes_off_ours_and_leaves_the_rest(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, from_: int
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", from_)
    ours, theirs = clients(bakery, 3), clients(bakery, 1, tags=("client",))
    synced(bakery)
    assert tags(bakery, ours + theirs) == [["client", "vip"]] * 3 + [["client"]]
    remove_tags(bakery.services, bakery.shop)
    assert leaving(bakery.services, bakery.shop) == (3, 3, 0, False)
    synced(bakery)
    assert tags(bakery, ours + theirs) == [["vip"]] * 3 + [["client"]]
    assert leaving(bakery.services, bakery.shop) == (3, 0, 0, False)
    assert not bakery.known.tagging


def test_tags_in_a_bulk_file_are_on_until_the_shop_says_that_they_are_off(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may be told to uninstall while the file is being worked through."""
    monkeypatch.setattr(syncing, "BULK_FROM", 2)
    clients(bakery, 3)
    synced(bakery)
    remove_tags(bakery.services, bakery.shop)
    begun(bakery)
    assert leaving(bakery.services, bakery.shop) == (3, 3, 0, True)
    # Asked again meanwhile, for instance in another tab.
    remove_tags(bakery.services, bakery.shop)
    assert leaving(bakery.services, bakery.shop) == (3, 3, 0, True)
    synced(bakery)
    assert leaving(bakery.services, bakery.shop) == (3, 0, 0, False)


def test_tags_that_are_on_their_way_when_the_merchant_leaves_come_off_again(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", 2)
    ours = clients(bakery, 3)
    begun(bakery)
    assert leaving(bakery.services, bakery.shop) == (None, 0, 0, True)
    remove_tags(bakery.services, bakery.shop)
    assert leaving(bakery.services, bakery.shop) == (0, 0, 0, True)
    synced(bakery)
    assert tags(bakery, ours) == [["vip"]] * 3
    assert leaving(bakery.services, bakery.shop) == (0, 0, 0, False)


def test_a_change_whose_answer_was_lost_is_looked_into_although_nothing_else_is_to_do(bakery: Connected) -> None:
    """The app stopped between the call and the answer, and the merchant leaves: our tag may be there."""
    [anna] = clients(bakery, 1)
    with bakery.services.database.write() as tx:
        tagging.found(tx, bakery.shop, [(anna, [])])
        ledger.intend(tx, bakery.shop, [ledger.Change(anna, "add", "client", 2, 1, 1, "orders")], now=1)
    remove_tags(bakery.services, bakery.shop)
    assert leaving(bakery.services, bakery.shop).sent
    with bakery.services.database.read() as tx:
        assert bakery.shop in all_shops.to_sync(tx)
    synced(bakery)
    assert leaving(bakery.services, bakery.shop) == (0, 0, 0, False)


def test_who_forbids_the_sale_of_their_data_is_found_out_before_the_first_tag(bakery: Connected) -> None:
    """The look that says which tags were there before us says this as well."""
    forbids, allows = clients(bakery, 1, opted_out=True), clients(bakery, 1)
    synced(bakery)
    assert tags(bakery, forbids + allows) == [["vip"], ["client", "vip"]]
    with bakery.services.database.read() as tx:
        assert objections.opted_out(tx, bakery.shop) == forbids


def test_who_objects_loses_our_tag_even_if_the_shop_refused_it_before(bakery: Connected) -> None:
    [anna] = clients(bakery, 1)
    synced(bakery)
    with bakery.services.database.write() as tx:
        tagging.hold(tx, bakery.shop, [anna], reason="the shop refused the tag")
    note_objection(bakery.services, bakery.shop, anna)
    synced(bakery)
    assert tags(bakery, [anna]) == [["vip"]]


def test_who_objects_loses_our_tag_also_while_tagging_is_off(bakery: Connected) -> None:
    """As after a return, until the merchant says yes again: nobody else is touched."""
    anna, ben, lea = clients(bakery, 3)
    synced(bakery)
    bakery.change(tagging=False)
    with bakery.services.database.write() as tx:
        customers.judged(tx, bakery.shop, [(ben, VERDICT._replace(kind=Kind.BUYER))], model=1, rules=1, cause="orders")
        objections.opt(tx, bakery.shop, out=[lea], back=[])
        assert bakery.shop in all_shops.to_sync(tx)
    note_objection(bakery.services, bakery.shop, anna)
    synced(bakery)
    assert tags(bakery, [anna, ben, lea]) == [["vip"], ["client", "vip"], ["vip"]]
    with bakery.services.database.read() as tx:
        assert all_shops.to_sync(tx) == []
