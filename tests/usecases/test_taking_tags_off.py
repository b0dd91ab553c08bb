"""Our tags at the shop go when the merchant leaves, when a customer objects, and never come to who forbids it."""

import time
from collections.abc import Iterator

import pytest

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import all_shops, customers, objections
from plugin.simulator.merchant import add_customer
from plugin.usecases import sync_tags as syncing
from plugin.usecases.leave import leaving, remove_tags
from plugin.usecases.objections import note_objection
from plugin.usecases.sync_tags import sync_tags
from tests.connected import Connected, connected

VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)._replace(kind=Kind.CLIENT)


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, where tagging is on."""
    with connected(given) as made:
        made.change(tagging=True)
        yield made


def clients(bakery: Connected, number: int, *, opted_out: bool = False, tags: tuple[str, ...] = ("vip",)) -> list[str]:
    """So many customers at the shop whom we took for clients, and never looked at."""
    with bakery.world.lock:
        made = [add_customer(bakery.at_shopify, at=1, joined=False, tags=tags) for _ in range(number)]
        for one in made:
            one.data_sale_opt_out = opted_out
    keys = [f"Customer/{one.id}" for one in made]
    with bakery.services.database.write() as tx:
        customers.judged(tx, bakery.shop, [(key, VERDICT) for key in keys], model=1, rules=1)
    return keys


def synced(bakery: Connected) -> None:
    """Works until there is nothing to do."""
    until = time.monotonic() + 60
    while (pause := sync_tags(bakery.services, bakery.shop)) is not None:
        assert time.monotonic() < until
        time.sleep(min(pause, 0.05))


def tags(bakery: Connected, keys: list[str]) -> list[list[str]]:
    return [bakery.at_shopify.customers[int(key.rpartition("/")[2])].tags for key in keys]


@pytest.mark.parametrize("from_", [2, 1000], ids=["in a bulk file", "one by one"])
def test_leaving_takes_off_ours_and_leaves_the_rest(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, from_: int
) -> None:
    monkeypatch.setattr(syncing, "BULK_FROM", from_)
    ours, theirs = clients(bakery, 3), clients(bakery, 1, tags=("client",))
    synced(bakery)
    assert tags(bakery, ours + theirs) == [["client", "vip"]] * 3 + [["client"]]
    remove_tags(bakery.services, bakery.shop)
    assert leaving(bakery.services, bakery.shop) == (3, 3, 0)
    synced(bakery)
    assert tags(bakery, ours + theirs) == [["vip"]] * 3 + [["client"]]
    assert leaving(bakery.services, bakery.shop) == (3, 0, 0)
    assert not bakery.known.tagging


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
        customers.hold(tx, bakery.shop, [anna], reason="the shop refused the tag")
    note_objection(bakery.services, bakery.shop, anna)
    synced(bakery)
    assert tags(bakery, [anna]) == [["vip"]]


def test_who_objects_loses_our_tag_also_while_tagging_is_off(bakery: Connected) -> None:
    """As after a return, until the merchant says yes again: nobody else is touched."""
    anna, ben, lea = clients(bakery, 3)
    synced(bakery)
    bakery.change(tagging=False)
    with bakery.services.database.write() as tx:
        customers.judged(tx, bakery.shop, [(ben, VERDICT._replace(kind=Kind.BUYER))], model=1, rules=1)
        objections.opt(tx, bakery.shop, out=[lea], back=[])
        assert bakery.shop in all_shops.to_sync(tx)
    note_objection(bakery.services, bakery.shop, anna)
    synced(bakery)
    assert tags(bakery, [anna, ben, lea]) == [["vip"], ["client", "vip"], ["vip"]]
    with bakery.services.database.read() as tx:
        assert all_shops.to_sync(tx) == []
