"""What Shopify does to a shop is remembered on its row while it lasts, so that the panel can tell of it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.core.troubles import Trouble
from plugin.errors import GiveUp, Retry
from plugin.shopify.shop import read_shop
from plugin.usecases.import_history import import_history
from plugin.usecases.show_troubles import show_troubles
from tests.connected import Connected, connected


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery, connected."""
    with connected(given) as made:
        yield made


def told(bakery: Connected) -> list[Trouble]:
    return list(show_troubles(bakery.services, bakery.known))


def worked(bakery: Connected) -> None:
    until = time.monotonic() + 30
    while (pause := import_history(bakery.services, bakery.shop)) is not None:
        assert time.monotonic() < until
        time.sleep(min(pause, 0.05))


def call(bakery: Connected) -> None:
    read_shop(bakery.services.shopify(bakery.known))


@pytest.mark.parametrize("status", [402, 423])
def test_a_frozen_shop_is_told_of_from_its_first_refusal_to_the_first_answer(bakery: Connected, status: int) -> None:
    call(bakery)
    bakery.world.knobs.api_status = status
    for _ in range(2):
        with pytest.raises(GiveUp):
            call(bakery)
    since = bakery.known.frozen_at
    assert since is not None
    with pytest.raises(GiveUp):
        call(bakery)
    assert bakery.known.frozen_at == since
    assert told(bakery) == [Trouble.FROZEN]
    bakery.world.knobs.api_status = 0
    call(bakery)
    assert told(bakery) == []


def test_that_shopify_does_not_answer_is_told_of_while_it_does_not(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.shopify.client.TRIES", 1)
    bakery.world.knobs.api_status = 503
    with pytest.raises(Retry):
        call(bakery)
    assert told(bakery) == [Trouble.DOWN]
    # A restart in between forgets nothing.
    again = bakery.another()
    bakery.world.knobs.api_status = 0
    read_shop(again.shopify(bakery.known))
    again.close()
    assert told(bakery) == []


def test_an_app_that_may_not_see_orders_is_told_of_until_it_may(bakery: Connected) -> None:
    """Not approved for protected customer data: the export is not asked for again and again."""
    bakery.world.knobs.approved_level = 0
    import_history(bakery.services, bakery.shop)
    with pytest.raises(GiveUp, match="not approved"):
        worked(bakery)
    assert told(bakery) == [Trouble.UNAPPROVED]


def test_a_scope_that_the_merchant_took_back_is_told_of(bakery: Connected) -> None:
    bakery.change(scopes="read_customers")
    assert told(bakery) == [Trouble.SCOPES]


def test_calls_that_go_well_write_nothing(bakery: Connected) -> None:
    """A shop is called thousands of times an hour, and one lock is all that the writers have."""
    call(bakery)
    written: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("UPDATE", "INSERT", "BEGIN IMMEDIATE")):
            written.append(statement)

    engine = bakery.services.database.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        for _ in range(3):
            call(bakery)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert written == []


def test_an_answer_counts_though_the_database_does_not_take_how_it_went(bakery: Connected) -> None:
    """A change that Shopify has carried out is not taken for one that failed; the next call notes what this one could
    not."""
    bakery.world.knobs.api_status = 402
    with pytest.raises(GiveUp):
        call(bakery)
    bakery.world.knobs.api_status = 0
    client = bakery.services.shopify(bakery.known)
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE shops RENAME COLUMN frozen_at TO away")
    answered = client.query("query { shop { id } }", {})
    with bakery.services.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE shops RENAME COLUMN away TO frozen_at")
    assert answered["shop"]["id"].startswith("gid://shopify/Shop/")
    assert told(bakery) == [Trouble.FROZEN]
    call(bakery)
    assert told(bakery) == []
