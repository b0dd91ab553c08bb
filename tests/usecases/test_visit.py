"""Opening the app proves that its tokens are those of the present installation, behind the page."""

from collections.abc import Iterator

import pytest

from plugin.db import inbox
from plugin.db.inbox import Delivery
from plugin.errors import Retry
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


def told_late(bakery: Connected, left_at: int) -> None:
    """The news of having left arrives now."""
    with bakery.services.database.write() as tx:
        late = Delivery(bakery.shop, "late", bakery.services.now(), "app/uninstalled", left_at, b"{}")
        inbox.accept(tx, [late])
    drain_inbox(bakery.services, bakery.shop)


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
    told_late(bakery, left_at)
    assert bakery.known.installed
    assert bakery.call() == "Anna's Bakery"


def test_trouble_at_shopify_changes_nothing(bakery: Connected) -> None:
    before = bakery.pair
    bakery.send("knobs", api_status=403)
    opened(bakery)
    assert bakery.pair == before
    assert bakery.known.reconnect is None


def test_trouble_at_shopify_forgets_no_visit(bakery: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else late news of the leaving would end the new installation."""
    monkeypatch.setattr("plugin.shopify.client.TRIES", 1)
    left_at = bakery.services.now()
    reinstalled(bakery)
    bakery.send("knobs", api_status=503)
    token = session_token()
    visited(bakery.services, bakery.shop, session_token=token)
    with pytest.raises(Retry):
        table.run(bakery.services, "visit", bakery.shop)
    assert bakery.services.visits == {bakery.shop: token}
    bakery.send("knobs", api_status=0, token_status=503)
    with pytest.raises(Retry):
        table.run(bakery.services, "visit", bakery.shop)
    bakery.send("knobs", token_status=0)
    assert table.run(bakery.services, "visit", bakery.shop) is None
    assert bakery.services.visits == {}
    told_late(bakery, left_at)
    assert bakery.known.installed
    assert bakery.call() == "Anna's Bakery"


def test_a_later_visit_is_not_replaced_by_one_that_must_be_tried_again(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_trouble(_client: object) -> None:
        visited(bakery.services, bakery.shop, session_token="the later one")
        raise Retry("Shopify answered 503")

    monkeypatch.setattr("plugin.usecases.visit.read_shop", in_trouble)
    visited(bakery.services, bakery.shop, session_token="the first one")
    with pytest.raises(Retry):
        table.run(bakery.services, "visit", bakery.shop)
    assert bakery.services.visits == {bakery.shop: "the later one"}


def test_a_nudge_without_a_visit_calls_nobody(bakery: Connected) -> None:
    bakery.send(f"revoke/{ANNA}")
    table.run(bakery.services, "visit", bakery.shop)
    assert bakery.known.reconnect is None
    assert bakery.counts == {"exchanges": 1}
