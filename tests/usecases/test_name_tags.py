"""Before the yes to tagging: who carries our names already, taking those tags over, and other names."""

from collections.abc import Iterator

import pytest

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.verdict import Kind, judge
from plugin.db import customers, imports, ledger, names, objections, shops, tagging
from plugin.errors import GiveUp
from plugin.simulator.merchant import add_customer
from plugin.usecases.accept_tagging import accept_tagging, tags_to_write
from plugin.usecases.name_tags import adopt_tags, rename_tags
from tests.connected import Connected, connected
from tests.usecases.conftest import Oak
from tests.usecases.history import reading
from tests.usecases.tagging import synced, tags

VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery before the yes to tagging."""
    with connected(given) as made:
        yield made


def imported(oak: Oak | Connected) -> None:
    """The history is read."""
    with oak.services.database.write() as tx:
        number = imports.begin(tx, oak.shop, now=oak.services.now() + 1)
        imports.progress(tx, oak.shop, number, stage="done")


def carrying(oak: Oak | Connected, **found: list[str]) -> None:
    """Anna, Ben and others were seen to carry these tags."""
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [(f"Customer/{name}", tags) for name, tags in found.items()])


def judged(oak: Oak | Connected, **kinds: Kind) -> None:
    with oak.services.database.write() as tx:
        verdicts = [(f"Customer/{name}", VERDICT._replace(kind=kind)) for name, kind in kinds.items()]
        customers.judged(tx, oak.shop, verdicts, model=1, rules=1, cause="import 1")


def test_carriers_are_counted_by_name_without_case(oak: Oak) -> None:
    """A customer who carries both counts for both."""
    carrying(oak, anna=["Client"], ben=["client", "buyer"], cleo=[])
    with oak.services.database.read() as tx:
        assert names.carried(tx, oak.shop) == {"client": 2, "buyer": 1}


def test_a_tag_that_is_taken_over_is_ours_and_the_ledger_says_so(oak: Oak) -> None:
    """Whom it fits is done; whom it does not fit is on the work list; the other name stays the merchant's."""
    imported(oak)
    carrying(oak, anna=["Client"], ben=["client", "buyer"], cleo=["buyer"])
    judged(oak, anna=Kind.CLIENT, ben=Kind.BUYER, cleo=Kind.BUYER)
    assert adopt_tags(oak.services, oak.shop, name="client") == 2
    assert oak.column("SELECT tags_ours FROM customers ORDER BY customer") == ["Client", "client", ""]
    assert oak.column("SELECT tags_found FROM customers ORDER BY customer") == ["", "buyer", "buyer"]
    assert oak.column("SELECT kind_at_shop FROM customers ORDER BY customer") == [Kind.CLIENT, Kind.CLIENT, Kind.NONE]
    told = "SELECT customer || ' ' || action || ' ' || tag || ' ' || state || ' ' || cause FROM ledger ORDER BY id"
    lines = ["Customer/anna adopt Client done adopted", "Customer/ben adopt client done adopted"]
    assert oak.column(told) == lines
    assert adopt_tags(oak.services, oak.shop, name="client") == 0
    assert oak.column(told) == lines
    assert tags_to_write(oak.services, oak.shop) == 2


def test_who_objects_keeps_the_merchants_tag(oak: Oak) -> None:
    """Taken over it would come off at once, before the merchant said yes to any tag."""
    imported(oak)
    carrying(oak, anna=["client"])
    with oak.services.database.write() as tx:
        objections.object_(tx, oak.shop, "Customer/anna")
    assert adopt_tags(oak.services, oak.shop, name="client") == 0


def test_more_carriers_than_fit_a_write_are_all_taken_over(oak: Oak) -> None:
    imported(oak)
    carrying(oak, **{f"{number:04}": ["client"] for number in range(1203)})
    assert adopt_tags(oak.services, oak.shop, name="CLIENT") == 1203
    with oak.services.database.read() as tx:
        assert names.carried(tx, oak.shop) == {}


@pytest.mark.parametrize(
    ("buyer", "client", "words"),
    [
        ("", "client", "A tag needs a name"),
        ("x" * 41, "client", "at most 40 characters"),
        ("a,b", "client", "cannot contain a comma"),
        (" Client ", "client", "need different names"),
    ],
)
def test_names_that_cannot_be_are_refused_in_words(oak: Oak, buyer: str, client: str, words: str) -> None:
    with pytest.raises(GiveUp, match=words):
        rename_tags(oak.services, oak.shop, buyer=buyer, client=client)
    assert oak.column("SELECT buyer_tag FROM shops") == ["buyer"]


def test_after_another_name_the_shop_is_read_again_for_who_carries_it(oak: Oak) -> None:
    """What was found before was found of the old names; until it is read nobody can say yes."""
    imported(oak)
    carrying(oak, anna=["client"], ben=[])
    rename_tags(oak.services, oak.shop, buyer=" Erstkunde ", client="Stammkunde")
    assert ("import", oak.shop) in oak.nudged
    with pytest.raises(GiveUp, match="not imported yet"):
        accept_tagging(oak.services, oak.shop, shown=0)
    with pytest.raises(GiveUp, match="not known yet"):
        adopt_tags(oak.services, oak.shop, name="stammkunde")
    reading(oak).customers(
        [
            b'{"id":"gid://shopify/Customer/1","tags":["client"]}',
            b'{"id":"gid://shopify/Customer/2","tags":["stammkunde"]}',
        ]
    )
    with oak.services.database.read() as tx:
        assert shops.get(tx, oak.shop).tag_names == {Kind.BUYER: "Erstkunde", Kind.CLIENT: "Stammkunde"}
        assert names.carried(tx, oak.shop)["stammkunde"] == 1


def test_a_later_look_counts_until_we_write(oak: Oak) -> None:
    """Then it would see our own tags."""
    carrying(oak, anna=["client"])
    carrying(oak, anna=[])
    assert oak.column("SELECT tags_found FROM customers") == [""]
    with oak.services.database.write() as tx:
        ledger.intend(tx, oak.shop, [ledger.Change("Customer/anna", "add", "buyer", 1, 1, 1, "orders")], now=1)
    carrying(oak, anna=["buyer"])
    assert oak.column("SELECT tags_found FROM customers") == [""]


def test_the_same_names_change_nothing(oak: Oak) -> None:
    imported(oak)
    rename_tags(oak.services, oak.shop, buyer="buyer ", client=" client")
    assert oak.nudged == []


@pytest.mark.parametrize("state", [{"tagging": True}, {"removing": 3}])
def test_names_are_settled_before_tagging_only(oak: Oak, state: dict[str, object]) -> None:
    imported(oak)
    with oak.services.database.write() as tx:
        shops.change(tx, oak.shop, **state)
    with pytest.raises(GiveUp, match="before it is switched on"):
        rename_tags(oak.services, oak.shop, buyer="a", client="b")
    with pytest.raises(GiveUp, match="before it is switched on"):
        adopt_tags(oak.services, oak.shop, name="client")


def test_tags_of_an_earlier_time_come_off_before_others_are_chosen(oak: Oak) -> None:
    """Else nobody would know any more that they are ours."""
    carrying(oak, anna=[])
    with oak.services.database.write() as tx:
        tagging.synced(tx, oak.shop, [tagging.Synced("Customer/anna", 1, ["buyer"])])
    with pytest.raises(GiveUp, match="taken off under Leaving"):
        rename_tags(oak.services, oak.shop, buyer="a", client="b")


def test_a_name_that_is_no_longer_ours_cannot_be_taken_over(oak: Oak) -> None:
    """As on a page that was opened before the names were changed."""
    imported(oak)
    with pytest.raises(GiveUp, match="look again"):
        adopt_tags(oak.services, oak.shop, name="vip")


@pytest.mark.parametrize("taken_over", [False, True])
def test_at_the_shop_only_what_was_taken_over_follows_the_verdict(bakery: Connected, taken_over: bool) -> None:
    """Left alone by default, however wrong; nothing else is touched in either case."""
    with bakery.world.lock:
        made = [
            add_customer(bakery.at_shopify, at=1, joined=False, tags=given)
            for given in (("vip", "Client"), ("vip", "client"))
        ]
    keys = [f"Customer/{one.id}" for one in made]
    imported(bakery)
    with bakery.services.database.write() as tx:
        tagging.found(tx, bakery.shop, [(keys[0], ["Client"]), (keys[1], ["client"])])
        kinds = zip(keys, (Kind.BUYER, Kind.CLIENT), strict=True)
        verdicts = [(key, VERDICT._replace(kind=kind)) for key, kind in kinds]
        customers.judged(tx, bakery.shop, verdicts, model=1, rules=1, cause="import 1")
        shops.change(tx, bakery.shop, tagging=False)
    if taken_over:
        adopt_tags(bakery.services, bakery.shop, name="client")
    accept_tagging(bakery.services, bakery.shop, shown=tags_to_write(bakery.services, bakery.shop))
    synced(bakery)
    first = ["buyer", "vip"] if taken_over else ["Client", "buyer", "vip"]
    assert [sorted(some) for some in tags(bakery, keys)] == [first, ["client", "vip"]]
