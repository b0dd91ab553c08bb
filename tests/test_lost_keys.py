"""An encryption key that was dropped too early: a visit heals the tokens, the key itself heals everything."""

from collections.abc import Callable, Iterator

import pytest
from cryptography.fernet import Fernet

from plugin.db import inbox, shops
from plugin.db.inbox import Delivery
from plugin.errors import GiveUp, Retry
from plugin.jobs import table
from plugin.services import Services
from plugin.shopify.failures import Unauthorized, Unsent
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.drain_inbox import KEY_PAUSE, drain_inbox
from plugin.usecases.erased import Erased
from plugin.usecases.install import connect, is_connected
from plugin.usecases.rotate import reseal
from plugin.usecases.visit import visited
from tests.connected import Connected, connected
from tests.session_tokens import ANNA, session_token


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    with connected(given) as made:
        yield made


@pytest.fixture
def keyless(bakery: Connected) -> Iterator[Services]:
    """The app, started anew without the key that made the tokens."""
    made = bakery.another(encryption_keys=Fernet.generate_key().decode())
    yield made
    made.close()


def renewed(services: Services, bakery: Connected) -> object:
    return services.keyring.renew(bakery.shop, pair=bakery.access.pair)


def refused(services: Services, bakery: Connected) -> object:
    return services.keyring.refused(bakery.shop, "shpat_old", last=False)


def called(services: Services, bakery: Connected) -> object:
    return services.shopify(bakery.known)


@pytest.mark.parametrize("asks", [called, renewed, refused])
def test_a_shop_whose_tokens_cannot_be_read_waits_for_its_merchant(
    bakery: Connected, keyless: Services, asks: Callable[[Services, Connected], object]
) -> None:
    with pytest.raises(Unauthorized, match="ENCRYPTION_KEYS does not list: open the app"):
        asks(keyless, bakery)
    assert "ENCRYPTION_KEYS" in (bakery.known.reconnect or "")
    assert not is_connected(keyless, bakery.known)
    assert bakery.access.renewing_until is None
    assert bakery.counts == {"exchanges": 1}


def test_a_visit_heals_it(bakery: Connected, keyless: Services) -> None:
    """The first one after the key was lost: the panel believes that all is well until the job behind it has looked."""
    visited(keyless, bakery.shop, session_token=session_token())
    assert table.run(keyless, "visit", bakery.shop) is None
    assert bakery.counts == {"exchanges": 2}
    assert is_connected(keyless, bakery.known)
    assert keyless.keyring.token(bakery.shop).startswith("shpat_")


def test_so_does_the_key_when_it_is_listed_again(bakery: Connected, keyless: Services) -> None:
    """Nothing was lost, and no merchant is needed: `regulars rotate` is what one runs after a change of keys."""
    with pytest.raises(Unauthorized):
        called(keyless, bakery)
    assert "ENCRYPTION_KEYS" in reseal(keyless).failed[0][1]
    assert not is_connected(bakery.services, bakery.known)
    assert reseal(bakery.services).already == (ANNA,)
    assert is_connected(bakery.services, bakery.known)
    assert bakery.call() == "Anna's Bakery"
    assert bakery.counts == {"exchanges": 1}


def test_a_shop_that_waits_for_another_reason_goes_on_waiting(bakery: Connected) -> None:
    bakery.change(reconnect="Shopify no longer accepts the app's tokens")
    reseal(bakery.services)
    assert bakery.known.reconnect is not None


def test_tokens_that_become_others_while_they_are_read_are_read_again(
    bakery: Connected, keyless: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit is faster than the call that could not read the old ones: it must not end the new ones."""
    read = keyless.keyring._read

    def visited_meanwhile(shop: int) -> object:
        access = read(shop)
        bakery.change(reconnect="anything")
        connect(keyless, ANNA, session_token=session_token())
        return access

    with monkeypatch.context() as patched:
        patched.setattr(keyless.keyring, "_read", visited_meanwhile)
        with pytest.raises(Unsent, match="become others"):
            keyless.keyring.token(bakery.shop)
    assert is_connected(keyless, bakery.known)
    assert keyless.keyring.token(bakery.shop).startswith("shpat_")


def test_deliveries_wait_while_nobody_can_tell_who_was_erased(
    bakery: Connected, keyless: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with bakery.services.database.write() as tx:
        Erased(bakery.services, bakery.shop).add(tx, ["Order/9"])
        now = bakery.services.now()
        told = [Delivery(bakery.shop, name, now, "orders/delete", now, b'{"id": 5}') for name in ("one", "two")]
        inbox.accept(tx, told)
    with pytest.raises(Retry, match="list that key again") as again:
        drain_inbox(keyless, bakery.shop)
    assert again.value.after == KEY_PAUSE
    assert "who was erased there cannot be told" in caplog.text
    assert counts(bakery) == (2, 0)
    drain_inbox(bakery.services, bakery.shop)
    assert counts(bakery) == (0, 0)


@pytest.mark.parametrize("marked", [False, True])
def test_no_shop_is_erased_because_we_cannot_read_its_tokens(
    bakery: Connected, keyless: Services, marked: bool
) -> None:
    """It has come back before shop/redact came, and is asked whether it has: with what?"""
    if marked:
        with pytest.raises(Unauthorized):
            called(keyless, bakery)
    with bakery.services.database.write() as tx:
        now = bakery.services.now()
        body = b'{"shop_domain": "%s"}' % ANNA.encode()
        inbox.accept(tx, [Delivery(bakery.shop, "redact", now, "shop/redact", now, body)])
    drain_inbox(keyless, bakery.shop)
    with pytest.raises(Retry):
        carry_out_requests(keyless, bakery.shop)
    assert bakery.known.installed
    reseal(bakery.services)
    carry_out_requests(bakery.services, bakery.shop)
    assert bakery.call() == "Anna's Bakery"


def counts(bakery: Connected) -> tuple[int, int]:
    """Deliveries that wait, and that were set aside."""
    with bakery.services.database.read() as tx:
        counted = inbox.counts(tx, bakery.shop)
    return counted.waiting, counted.parked


def test_a_shop_that_left_is_no_shop_with_a_lost_key(bakery: Connected, keyless: Services) -> None:
    with bakery.services.database.write() as tx:
        shops.leave(tx, bakery.shop, now=bakery.services.now())
    with pytest.raises(GiveUp, match="left"):
        called(keyless, bakery)
    assert bakery.known.reconnect is None
