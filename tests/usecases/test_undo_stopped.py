"""The app dies while an undo is carried out: before any write or call, or after a call whose answer it never saw."""

from collections.abc import Iterator

import pytest
import requests

from plugin.core.undo import Span
from plugin.core.verdict import Kind
from plugin.usecases.undo import begin_undo, lift_undo
from tests.connected import connected
from tests.usecases.tagging import synced
from tests.usecases.test_import_stopped import Died, dying
from tests.usecases.undoing import BEFORE, KINDS, Bakery

WRITES, CALLS = 7, 4  #  of an undo of four customers, two a call


@pytest.fixture
def bakery(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bakery]:
    """After two imports; two customers are written in a call."""
    monkeypatch.setattr("plugin.usecases.carry_out_undo.LIVE_AT_ONCE", 2)
    with connected(given) as made:
        bakery = Bakery(made)
        bakery.second_import()
        yield bakery


def stop(bakery: Bakery, what: str, at: int) -> bool:
    """Works until it dies at that step; False when it had come to its end before."""
    where, name = (bakery.services.database, "write") if what == "write" else (requests.Session, "send")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, dying(getattr(where, name), at=at, answered=what == "answer"))
        try:
            synced(bakery.connected)
        except Died:
            return True
    return False


TIMES = {"write": WRITES + 1, "call": CALLS, "answer": CALLS}  # one write more than there are
STEPS = [(what, at) for what, times in TIMES.items() for at in range(1, times + 1)]


@pytest.mark.parametrize(("what", "at"), STEPS)
def test_stopped_at_any_step_an_undo_goes_on_and_ends_alike(bakery: Bakery, what: str, at: int) -> None:
    """What is at the shop is what the books say, nobody is left out, and the undo is over."""
    number = begin_undo(bakery.services, bakery.shop, bakery.preview())
    stopped = stop(bakery, what, at)
    assert stopped == (what != "write" or at <= WRITES)
    synced(bakery.connected)
    assert bakery.tags() == BEFORE
    assert {name: bakery.of(name, "tags_ours") for name in KINDS} == {
        "anna": "buyer", "ben": "buyer", "cleo": "", "dan": "Client", "eva": "buyer",
    }  # fmt: skip
    assert {name: bakery.of(name, "held") for name in KINDS} == dict.fromkeys(KINDS, "undone") | {"ben": None}
    assert [bakery.of(name, "kind_at_shop") for name in KINDS] == [Kind.BUYER, 1, Kind.NONE, Kind.CLIENT, 1]
    assert bakery.column("SELECT state FROM undos") == ["done"]
    done = bakery.column(
        f"SELECT customer || action FROM ledger WHERE cause = 'undo {number}' AND state = 'done' ORDER BY id"
    )
    assert len(done) == len(set(done))
    assert bakery.column("SELECT count(*) FROM ledger WHERE state = 'intended'") == [0]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_stopped_while_it_is_lifted_it_frees_everyone_all_the_same(
    bakery: Bakery, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr("plugin.usecases.carry_out_undo.AT_ONCE", 2)
    number = bakery.undo(Span(0, customer=bakery.key("anna")))
    lift_undo(bakery.services, bakery.shop, number)
    assert stop(bakery, "write", at)
    synced(bakery.connected)
    assert bakery.tags()["anna"] == ["client", "vip"]
    assert bakery.column("SELECT state FROM undos") == ["lifted"]
