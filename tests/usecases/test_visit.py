"""Opening the app proves that its tokens are those of the present installation, behind the page."""

from collections.abc import Iterator

import pytest

from plugin.db import inbox
from plugin.db.inbox import Delivery
from plugin.jobs import table
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.visit import visited
from tests.connected import Connected, connected
from tests.session_tokens import ANNA, session_token


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    with connected(given) as made:
        yield made


def opened(bakery: Connected) -> None:
    visited(bakery.services, bakery.shop, session_token=session_token())
    assert bakery.nudged[-1] == ("visit", bakery.shop)
    assert table.run(bakery.services, "visit", bakery.shop) is None


def reinstalled(bakery: Connected) -> None:
    bakery.send(f"{ANNA}/uninstall")
    bakery.send(f"{ANNA}/admin")


def test_tokens_that_are_good_stay(bakery: Connected) -> None:
    before = bakery.pair
    opened(bakery)
    assert bakery.pair == before
    assert bakery.counts == {"exchanges": 1}
    assert bakery.services.visits == {}


def test_whoever_came_back_within_the_hour_is_connected_anew_and_late_news_of_the_leaving_ends_nothing(
    bakery: Connected,
) -> None:
    left_at = bakery.services.now()
    reinstalled(bakery)
    opened(bakery)
    assert bakery.counts["exchanges"] == 2
    assert bakery.call() == "Anna's Bakery"
    with bakery.services.database.write() as tx:
        late = Delivery(bakery.shop, "late", bakery.services.now(), "app/uninstalled", left_at, b"{}")
        inbox.accept(tx, [late])
    drain_inbox(bakery.services, bakery.shop)
    assert bakery.known.installed
    assert bakery.call() == "Anna's Bakery"


def test_trouble_at_shopify_changes_nothing(bakery: Connected) -> None:
    before = bakery.pair
    bakery.send("knobs", api_status=403)
    opened(bakery)
    assert bakery.pair == before
    assert bakery.known.reconnect is None


def test_a_nudge_without_a_visit_calls_nobody(bakery: Connected) -> None:
    bakery.send(f"revoke/{ANNA}")
    table.run(bakery.services, "visit", bakery.shop)
    assert bakery.known.reconnect is None
    assert bakery.counts == {"exchanges": 1}
