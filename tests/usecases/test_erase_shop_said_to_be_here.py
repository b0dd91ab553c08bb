"""Shopify asks to erase a shop that is said to have the app: it proves that, or the news of its leaving was lost."""

from collections.abc import Iterator

import pytest

from plugin.core.facts import ShopSeen
from plugin.db import inbox, privacy, shops
from plugin.db.inbox import Delivery
from plugin.db.privacy import Request
from plugin.errors import Retry
from plugin.shopify.client import Client
from plugin.shopify.shop import read_shop
from plugin.usecases import erase_shop as erasing
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.drain_inbox import drain_inbox
from tests.connected import Connected, connected
from tests.session_tokens import ANNA


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    with connected(given) as made:
        yield made


def redacted(bakery: Connected) -> Request | None:
    """shop/redact comes and is carried out; how it is listed then, None when it went with the shop."""
    body, now = b'{"shop_domain": "%s"}' % ANNA.encode(), bakery.services.now()
    with bakery.services.database.write() as tx:
        inbox.accept(tx, [Delivery(bakery.shop, "redact", now, "shop/redact", now, body)])
    drain_inbox(bakery.services, bakery.shop)
    carry_out_requests(bakery.services, bakery.shop)
    with bakery.services.database.read() as tx:
        return next(iter(privacy.listed(tx, bakery.shop)), None) if shops.find(tx, ANNA) else None


def kept(bakery: Connected, sql: str) -> int:
    with bakery.services.database.read() as tx:
        return int(tx.connection.exec_driver_sql(sql).scalar_one())


def test_a_shop_that_came_back_is_not_erased(bakery: Connected) -> None:
    """shop/redact comes 48 hours after the uninstall, and the merchant may have been quicker."""
    bakery.send(f"{ANNA}/uninstall")
    bakery.change(state="left", left_at=1)
    bakery.send(f"{ANNA}/admin")
    bakery.visit()
    request = redacted(bakery)
    assert request is not None
    assert request.done_at is not None
    assert request.note == "The app is installed in the shop, so the shop was not erased."
    assert bakery.call() == "Anna's Bakery"
    assert kept(bakery, f"SELECT count(*) FROM inbox WHERE state <> {inbox.EMPTIED}") == 0
    assert kept(bakery, "SELECT count(*) FROM bodies") == 0


def test_a_shop_whose_uninstall_nobody_heard_of_is_erased(bakery: Connected) -> None:
    """It looks installed, and refuses its tokens."""
    bakery.send(f"{ANNA}/uninstall")
    assert bakery.known.installed
    assert redacted(bakery) is None
    assert kept(bakery, "SELECT count(*) FROM privacy_requests WHERE done_at IS NOT NULL AND note IS NULL") == 1


def test_a_shop_that_had_refused_its_tokens_before_is_erased(bakery: Connected) -> None:
    bakery.send(f"{ANNA}/uninstall")
    bakery.change(reconnect="Shopify no longer accepts the tokens")
    assert redacted(bakery) is None


@pytest.mark.parametrize("status", [403, 423])
def test_a_shop_that_says_neither_is_asked_again(bakery: Connected, status: int) -> None:
    """Nothing is erased, and the request is not closed: it is due in 30 days."""
    bakery.send("knobs", api_status=status)
    with pytest.raises(Retry):
        redacted(bakery)
    assert kept(bakery, "SELECT count(*) FROM privacy_requests WHERE done_at IS NULL") == 1
    bakery.send("knobs", api_status=0)
    bakery.send(f"{ANNA}/uninstall")
    assert redacted(bakery) is None


def test_who_comes_back_while_it_is_looked_at_is_not_erased(bakery: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the refused call and the erasing."""

    def come_back_at_once(client: Client) -> ShopSeen:
        try:
            return read_shop(client)
        finally:
            bakery.send(f"{ANNA}/admin")
            bakery.visit()

    monkeypatch.setattr(erasing, "read_shop", come_back_at_once)
    bakery.send(f"{ANNA}/uninstall")
    request = redacted(bakery)
    assert request is not None
    assert request.note == erasing.INSTALLED
    assert bakery.call() == "Anna's Bakery"
