"""How it stands with subscriptions is read by the import, and every night of whom one billed."""

from itertools import islice

import pytest

from plugin.core.verdict import Kind
from plugin.simulator import merchant
from plugin.simulator.state import Line, World
from plugin.usecases import ask_subscriptions
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import DOMAIN, Oak
from tests.usecases.history import run
from tests.usecases.reconciling import ago, reconciled
from tests.usecases.reconciling import read as read  # a fixture


def people(world: World) -> list[int]:
    return list(islice(world.shops[DOMAIN].customers, 3))


def says(world: World, person: int, status: str) -> None:
    with world.lock:
        world.shops[DOMAIN].customers[person].subscriber = status


def billed(oak: Oak, world: World, person: int) -> None:
    """A renewal of theirs, of which no delivery tells."""
    shop = world.shops[DOMAIN]
    with world.lock:
        merchant.add_order(
            shop,
            customer=person,
            lines=[Line(93, product=31, quantity=1, price=900)],
            at=ago(oak, 2),
            source_name="subscription_contract",
        )


def test_the_import_reads_it_and_a_running_one_makes_a_client_who_does_not_lapse(at_oak: Oak, world: World) -> None:
    """Also when everybody is judged anew; of who never had one nothing is kept."""
    anna, ben, _ = people(world)
    says(world, anna, "ACTIVE")
    says(world, ben, "PAUSED")
    run(at_oak)
    assert at_oak.column("SELECT subscription FROM customers ORDER BY customer") == [1, 2, 0]
    judge_all(at_oak.services, at_oak.shop, cause="rules 2")
    assert at_oak.kinds() == {
        f"Customer/{who}": kind for who, kind in zip(people(world), (Kind.CLIENT, Kind.BUYER, Kind.BUYER), strict=True)
    }
    assert at_oak.column("SELECT lapse_on FROM customers WHERE kind = 2") == [None]


def test_every_night_it_is_asked_of_whom_one_billed(read: Oak, world: World) -> None:
    """No delivery tells; of others nobody asks."""
    anna, ben, _ = people(world)
    billed(read, world, anna)
    says(world, anna, "ACTIVE")
    says(world, ben, "ACTIVE")
    reconciled(read)
    assert read.kinds() == {f"Customer/{anna}": Kind.CLIENT} | {
        f"Customer/{who}": Kind.BUYER for who in people(world)[1:]
    }
    says(world, anna, "CANCELLED")
    assert reconciled(read).mended.judged == 0
    assert read.column("SELECT subscription FROM customers ORDER BY customer") == [3, 0, 0]
    (last, lapse, gap) = (read.column(f"SELECT {name} FROM customers WHERE subscription = 3")[0] for name in
                          ("last_day", "lapse_on", "usual_gap"))  # fmt: skip
    assert lapse == last + int(gap)
    says(world, anna, "NEVER_SUBSCRIBED")
    reconciled(read)
    assert read.column("SELECT DISTINCT subscription FROM customers") == [0]


def test_it_goes_on_where_it_ended_and_begins_again(read: Oak, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three subscribers, two a night."""
    monkeypatch.setattr(ask_subscriptions, "A_NIGHT", 2)
    keys = sorted(f"Customer/{who}" for who in people(world))
    for who in people(world):
        billed(read, world, who)
        says(world, who, "ACTIVE")
    assert reconciled(read).asked_to == keys[1]
    assert read.column("SELECT customer FROM customers WHERE subscription = 1 ORDER BY customer") == keys[:2]
    assert reconciled(read).asked_to == ""
    assert read.column("SELECT customer FROM customers WHERE subscription = 1 ORDER BY customer") == keys
