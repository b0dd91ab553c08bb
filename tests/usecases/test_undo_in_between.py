"""What comes between an undo and its end: merchants, customers, other apps, lost answers, and other undos."""

from collections.abc import Iterator, Sequence

import pytest

from plugin.core.causes import ORDERS, imported
from plugin.core.facts import CustomersMerged
from plugin.core.undo import Left, Span
from plugin.core.verdict import Kind
from plugin.db import erase, objections, tagging
from plugin.errors import GiveUp, Retry
from plugin.shopify.tag_requests import TagChange
from plugin.shopify.tags import TagOutcome, write_tags
from plugin.usecases.leave import remove_tags
from plugin.usecases.merge_customers import merge_customers
from plugin.usecases.objections import note_objection
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.undo import begin_undo, lift_undo
from plugin.usecases.undo_spans import list_undos
from tests.connected import connected
from tests.usecases.tagging import begun, synced
from tests.usecases.undoing import AFTER, BEFORE, KINDS, Bakery


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Bakery]:
    """After two imports."""
    with connected(given) as made:
        bakery = Bakery(made)
        assert bakery.tags() == BEFORE
        bakery.second_import()
        assert bakery.tags() == AFTER
        yield bakery


def test_a_tag_that_has_changed_since_is_left_alone_and_so_is_one_that_is_about_to(bakery: Bakery) -> None:
    """The newest word about a customer stands, written or not."""
    bakery.judged(ORDERS, {"anna": Kind.BUYER})
    synced(bakery.connected)
    bakery.judged(ORDERS, {"cleo": Kind.BUYER})
    assert bakery.preview().left == {Left.CHANGED: 2}
    bakery.undo()
    assert bakery.tags() == BEFORE | {"anna": ["buyer", "vip"], "cleo": ["buyer", "vip"]}
    assert (bakery.of("anna", "held"), bakery.of("cleo", "held")) == (None, None)


def test_who_objects_gets_no_tag_back(bakery: Bakery) -> None:
    """Neither one who objected before nor one who does after."""
    note_objection(bakery.services, bakery.shop, bakery.key("eva"))
    bakery.undo()
    assert bakery.tags() == BEFORE | {"eva": ["vip"]}
    note_objection(bakery.services, bakery.shop, bakery.key("anna"))
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"eva": ["vip"], "anna": ["vip"]}
    with bakery.services.database.read() as tx:
        assert objections.tagged(tx, bakery.shop, at_most=5) == []


def test_the_merchant_who_leaves_loses_the_tags_that_an_undo_put_back(bakery: Bakery) -> None:
    bakery.undo()
    remove_tags(bakery.services, bakery.shop)
    synced(bakery.connected)
    assert bakery.tags() == {name: ["vip"] for name in KINDS}


def test_an_undo_ends_when_the_merchant_leaves(bakery: Bakery) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    remove_tags(bakery.services, bakery.shop)
    with pytest.raises(GiveUp, match="being taken off"):
        begin_undo(bakery.services, bakery.shop, bakery.preview())
    synced(bakery.connected)
    assert bakery.tags() == {name: ["vip"] for name in KINDS}
    assert [one.state for one in list_undos(bakery.services, bakery.shop)] == ["stopped"]


def test_what_is_still_being_written_cannot_be_undone_yet(bakery: Bakery) -> None:
    """The rest of it would come after the undo, and stay."""
    seen = bakery.preview()
    bakery.judged(imported(2), {"ben": Kind.CLIENT})
    with pytest.raises(GiveUp, match="Some of these tags are still being written"):
        begin_undo(bakery.services, bakery.shop, seen)
    begin_undo(bakery.services, bakery.shop, bakery.preview(Span(0, customer=bakery.key("anna"))))


def test_what_is_on_its_way_in_a_file_cannot_be_undone_yet(bakery: Bakery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is settled they would be undone all the same, though the merchant was shown that they are not."""
    monkeypatch.setattr("plugin.usecases.sync_tags.BULK_FROM", 0)
    bakery.judged(imported(3), {"ben": Kind.CLIENT, "cleo": Kind.BUYER})
    begun(bakery.connected)
    span = Span(0, cause=imported(3))
    with pytest.raises(GiveUp, match="still being written"):
        begin_undo(bakery.services, bakery.shop, bakery.preview(span))
    synced(bakery.connected)
    bakery.undo(span)
    assert bakery.tags() == AFTER


def test_one_undo_at_a_time(bakery: Bakery) -> None:
    begin_undo(bakery.services, bakery.shop, bakery.preview())
    with pytest.raises(GiveUp, match="Undo 1 is still under way"):
        begin_undo(bakery.services, bakery.shop, bakery.preview())
    bakery.judged(imported(3), {"ben": Kind.CLIENT})
    sync_tags(bakery.services, bakery.shop)
    assert bakery.tags()["ben"] == ["buyer", "vip"], "the undo comes first"


def test_an_undo_that_is_lifted_while_it_runs_goes_no_further(bakery: Bakery) -> None:
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    lift_undo(bakery.services, bakery.shop, number)
    synced(bakery.connected)
    assert bakery.tags() == AFTER
    assert {bakery.of(name, "held") for name in KINDS} == {None}


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_answer_is_made_good(bakery: Bakery, monkeypatch: pytest.MonkeyPatch, *, carried_out: bool) -> None:
    """The tags may be changed or not: the customers are read, and the books end as if nothing had happened."""

    def lost(client: object, changes: Sequence[TagChange]) -> list[TagOutcome]:
        monkeypatch.undo()
        if carried_out:
            write_tags(client, changes)  # type: ignore[arg-type]
        return [TagOutcome(one.customer, "unknown", "lost") for one in changes]

    monkeypatch.setattr("plugin.usecases.carry_out_undo.write_tags", lost)
    begin_undo(bakery.services, bakery.shop, bakery.preview(Span(0)))
    sync_tags(bakery.services, bakery.shop)
    assert "unknown" in bakery.column("SELECT state FROM ledger")
    synced(bakery.connected)
    assert bakery.tags() == {name: ["vip"] for name in KINDS} | {"dan": ["Client", "vip"]}
    assert (bakery.of("dan", "tags_ours"), bakery.of("dan", "tags_found")) == ("", "Client")
    assert bakery.column("SELECT count(*) FROM ledger WHERE action = 'return'") == [1]
    assert (bakery.of("anna", "kind_at_shop"), bakery.of("dan", "kind_at_shop")) == (Kind.NONE, Kind.CLIENT)


def test_what_the_merchant_changed_by_hand_stays(bakery: Bakery) -> None:
    """Though nobody has told of it yet: Anna's tag was taken off, Cleo is a favourite, Eva a buyer."""
    at_shop = bakery.connected.at_shopify.customers
    at_shop[bakery.ids["anna"]].tags = ["vip"]
    at_shop[bakery.ids["cleo"]].tags = ["client", "favourite", "vip"]
    at_shop[bakery.ids["eva"]].tags = ["buyer", "vip"]
    bakery.undo()
    assert bakery.tags() == BEFORE | {"anna": ["vip"], "cleo": ["favourite", "vip"]}
    assert {name: bakery.of(name, "veto") is not None for name in KINDS} == {
        "anna": True, "ben": False, "cleo": False, "dan": False, "eva": True,
    }  # fmt: skip
    assert (bakery.of("eva", "tags_ours"), bakery.of("eva", "held")) == ("", None)


def test_an_undo_waits_while_the_merchant_is_asked_about_another_app(bakery: Bakery) -> None:
    seen = bakery.preview()
    bakery.connected.change(paused_at=5)
    with pytest.raises(GiveUp, match="lost Regulars' tag"):
        begin_undo(bakery.services, bakery.shop, seen)
    bakery.connected.change(paused_at=None)
    begin_undo(bakery.services, bakery.shop, seen)
    bakery.connected.change(paused_at=5)
    synced(bakery.connected)
    assert bakery.tags() == AFTER
    bakery.connected.change(paused_at=None)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE


def test_what_was_never_sent_is_tried_again(bakery: Bakery) -> None:
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    bakery.connected.send("knobs", token_status=503)
    bakery.connected.expire()
    with pytest.raises(Retry):
        sync_tags(bakery.services, bakery.shop)
    assert bakery.column(f"SELECT count(*) FROM ledger WHERE cause = 'undo {number}'") == [0]
    bakery.connected.send("knobs", token_status=0)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE


def test_who_is_merged_into_another_is_tagged_by_what_both_are(bakery: Bakery) -> None:
    """No undo is about the customer that two became, whichever of them it held."""
    bakery.undo()
    for gone, kept in (("eva", "ben"), ("ben", "anna")):
        with bakery.services.database.write() as tx:
            merge_customers(tx, bakery.shop, CustomersMerged(gone=bakery.key(gone), kept=bakery.key(kept)))
            tagging.hold(tx, bakery.shop, [bakery.key(gone)], reason=tagging.GONE)
    assert (bakery.of("anna", "held"), bakery.of("anna", "kind_at_shop")) == (None, tagging.UNKNOWN)
    synced(bakery.connected)
    assert bakery.tags()["anna"] == AFTER["anna"]


def test_an_erased_customer_is_in_no_undo(bakery: Bakery) -> None:
    """Neither are they tagged again, nor does the undo of their tags say whose they were."""
    bakery.undo(Span(0, customer=bakery.key("dan")))
    seen = bakery.preview()
    with bakery.services.database.write() as tx:
        for name in ("dan", "anna"):
            erase.customer(tx, bakery.shop, bakery.key(name))
    assert bakery.column("SELECT customer FROM undos") == [""]
    begin_undo(bakery.services, bakery.shop, seen)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE | {"anna": AFTER["anna"]}
