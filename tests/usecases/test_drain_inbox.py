"""The drain: deliveries become facts and verdicts; poison is set aside and nothing behind it waits."""

import random
from typing import Any

import pytest

from plugin.core.verdict import Kind
from plugin.db import shops
from plugin.errors import Retry
from plugin.usecases.replay import replay
from tests.usecases.conftest import Oak, order

BUYER, CLIENT, NONE = Kind.BUYER, Kind.CLIENT, Kind.NONE


def test_two_days_make_a_client_and_nudge_the_tag_sync(oak: Oak) -> None:
    """The main job in small."""
    oak.receive("orders/create", order(1, day="2026-11-01"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    oak.receive("orders/create", order(2, day="2026-11-15"))
    oak.drain()
    assert oak.kinds() == {"Customer/7": CLIENT}
    assert ("sync", oak.shop) in oak.nudged
    assert oak.column("SELECT count(*) FROM inbox WHERE state = 1") == [2]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"not json", "orders/create"), (b'{"id": 5}', "orders/create"), (b'{"id": "x"}', "orders/create")],
)
def test_poison_is_parked_with_its_reason_and_nothing_behind_it_waits(oak: Oak, body: bytes, words: str) -> None:
    """A person sees why; the others are worked off."""
    oak.receive("orders/create", body)
    oak.receive("orders/create", order())
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    [reason] = oak.parked()
    assert words in reason


def test_a_row_that_the_database_refuses_is_parked_alone(oak: Oak) -> None:
    """The batch goes once more, row by row."""
    too_large = str(2**70)
    oak.receive("orders/create", order(1, total_price=too_large, current_total_price=too_large))
    oak.receive("orders/create", order(2))
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}
    assert oak.column("SELECT id FROM orders") == [2]
    assert len(oak.parked()) == 1


def test_a_parked_delivery_is_worked_off_when_it_is_replayed(oak: Oak) -> None:
    """`regulars replay` puts it back; what was mended in between counts."""
    parked = oak.receive("orders/create", b"{}")
    oak.drain()
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE inbox SET topic = 'moons/rise'")
    assert replay(oak.services, oak.shop, webhook_id=parked) == 1
    oak.drain()
    assert oak.parked() == []


def test_a_shop_that_left_is_not_worked_for(oak: Oak) -> None:
    """Its tokens are forgotten; what still arrives is done without a trace."""
    oak.receive("app/uninstalled", {"id": 1, "myshopify_domain": "oak-ltd.myshopify.com"}, triggered_at=4000)
    oak.receive("orders/create", order(1))
    oak.drain()
    oak.receive("orders/create", order(2))
    oak.drain()
    with oak.services.database.read() as tx:
        assert shops.credentials(tx, oak.shop).token is None
        assert not shops.get(tx, oak.shop).tagging
    assert oak.column("SELECT count(*) FROM orders WHERE id = 2") == [0]


def test_more_than_a_batch_takes_more_than_a_turn(oak: Oak) -> None:
    """At most 500 a turn, then to the end of the line."""
    for number in range(1, 602):
        oak.receive("orders/create", order(number, customer=number))
    from plugin.usecases.drain_inbox import drain_inbox

    assert drain_inbox(oak.services, oak.shop) == 0.0
    assert drain_inbox(oak.services, oak.shop) is None
    assert len(oak.kinds()) == 601


def test_shuffled_and_repeated_deliveries_give_the_same_rows(oak: Oak, tmp_path: Any) -> None:
    """Facts do not mind order or repetition."""
    deliveries = [
        ("orders/updated", {**order(n, customer=n % 5 + 1, day=f"2026-{n % 9 + 1:02}-{n % 27 + 1:02}"), **change})
        for n in range(1, 40)
        for change in (
            {"updated_at": "2026-10-01T00:00:00Z"},
            {"updated_at": "2026-10-02T00:00:00Z", "financial_status": "pending"},
            {"updated_at": "2026-10-03T00:00:00Z", "customer": {"id": n % 3 + 1}},
        )
    ]
    found = []
    for seed in range(4):
        rows = deliveries * 2
        random.Random(seed).shuffle(rows)
        with oak.services.database.write() as tx:
            for table in ("inbox", "orders", "customers"):
                tx.connection.exec_driver_sql(f"DELETE FROM {table}")
        for topic, payload in rows:
            oak.receive(topic, payload, triggered_at=0)
        oak.drain()
        found.append(oak.kinds())
    assert [one == found[0] for one in found] == [True] * 4
    assert set(found[0].values()) == {NONE, CLIENT}


def test_trouble_with_the_database_parks_nothing(oak: Oak) -> None:
    """A full disk or a locked file is no delivery's fault: they wait until it is over."""
    oak.receive("orders/create", order(1))
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE orders RENAME TO elsewhere")
    with pytest.raises(Retry):
        oak.drain()
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO orders")
    assert oak.parked() == []
    oak.drain()
    assert oak.kinds() == {"Customer/7": BUYER}


def test_a_bug_holds_up_only_the_delivery_that_meets_it(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is parked with its words; those behind it are worked off."""
    from plugin.usecases import apply_facts

    real = apply_facts.stored

    def clumsy(shop: int, fact: Any, *rest: Any, **more: Any) -> Any:
        if fact.order == 1:
            raise KeyError("a bug")
        return real(shop, fact, *rest, **more)

    monkeypatch.setattr(apply_facts, "stored", clumsy)
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, customer=8))
    oak.drain()
    assert oak.kinds() == {"Customer/8": BUYER}
    assert oak.parked() == ["KeyError: 'a bug'"]


def test_an_unknown_time_zone_is_parked_and_the_old_one_stays(oak: Oak) -> None:
    oak.receive("shop/update", {"id": 1, "iana_timezone": "Moon/Tranquility"})
    oak.drain()
    assert oak.column("SELECT zone FROM shops") == ["UTC"]
    assert "Moon/Tranquility" in oak.parked()[0]
