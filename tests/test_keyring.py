"""Tokens are fresh at every call, renewed once however many ask, and never lost; a dead pair waits for its merchant."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from plugin.config import load
from plugin.db import shops, tokens
from plugin.errors import GiveUp
from plugin.keyring import LEASE, REFRESH_LIFE
from plugin.services import build
from plugin.shopify.failures import Unauthorized, Unsent
from plugin.shopify.oauth import Grant
from plugin.usecases.install import is_connected
from tests.connected import Connected, connected

HOUR, DAY = 3_600_000, 86_400_000


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    with connected(given) as made:
        yield made


def test_a_pair_is_kept_whole_and_sealed(bakery: Connected) -> None:
    access, now = bakery.access, bakery.services.now()
    assert access.token_expires_at == pytest.approx(now + HOUR, abs=10_000)
    assert access.refresh_expires_at == pytest.approx(now + 90 * DAY, abs=10_000)
    token, refresh_token = bakery.pair
    assert token.startswith("shpat_")
    assert refresh_token.startswith("shprt_")
    assert "sh" not in (str(access.token)[:2], str(access.refresh_token)[:2])


def test_a_fresh_token_is_used_as_it_is(bakery: Connected) -> None:
    before = bakery.pair
    assert bakery.call() == "Anna's Bakery"
    assert bakery.pair == before
    assert bakery.counts == {"exchanges": 1}


def test_a_token_that_ends_within_a_minute_is_renewed_before_the_call(bakery: Connected) -> None:
    before, number = bakery.pair, bakery.access.pair
    bakery.change(token_expires_at=bakery.services.now() + 59_000)
    assert bakery.call() == "Anna's Bakery"
    assert not set(bakery.pair) & set(before)
    assert bakery.access.pair == number + 1
    assert bakery.access.token_expires_at == pytest.approx(bakery.services.now() + HOUR, abs=10_000)
    assert bakery.counts == {"exchanges": 1, "refreshes": 1}


def test_a_client_that_is_kept_for_long_gets_a_fresh_token_at_each_call(bakery: Connected) -> None:
    """A sync or an import of hours holds one client."""
    client = bakery.services.shopify(bakery.known)
    for renewed in (1, 2):
        bakery.expire()
        client.query("{ shop { name } }", {})
        assert bakery.counts["refreshes"] == renewed


def test_a_pair_without_an_end_counts_as_over(bakery: Connected) -> None:
    bakery.change(token_expires_at=None)
    bakery.call()
    assert bakery.counts["refreshes"] == 1


def test_a_token_that_cannot_be_renewed_serves_until_it_is_refused(bakery: Connected) -> None:
    bakery.change(token_expires_at=None, refresh_token=None)
    bakery.call()
    bakery.expire()
    bakery.change(token_expires_at=None)
    with pytest.raises(Unauthorized, match="open the app"):
        bakery.call()
    assert bakery.counts == {"exchanges": 1}


def test_a_refused_token_is_renewed_once_and_the_call_goes_through(bakery: Connected) -> None:
    """Shopify may end an access token before its time."""
    bakery.send(f"revoke/{bakery.known.domain}", refresh_tokens=False)
    assert bakery.call() == "Anna's Bakery"
    assert bakery.counts["refreshes"] == 1
    assert bakery.known.reconnect is None


def test_a_token_refused_because_another_worker_has_renewed_it_is_not_renewed_again(bakery: Connected) -> None:
    bakery.send("knobs", old_token_grace=0)
    old, _ = bakery.pair
    bakery.services.keyring.renew(bakery.shop, pair=bakery.access.pair)
    bakery.services.keyring.refused(bakery.shop, old, last=False)
    bakery.services.keyring.refused(bakery.shop, old, last=True)
    assert bakery.counts["refreshes"] == 1
    assert bakery.known.reconnect is None


def test_a_shop_that_refuses_the_new_token_too_waits_for_its_merchant(bakery: Connected) -> None:
    bakery.send("knobs", api_status=401)
    with pytest.raises(Unauthorized):
        bakery.call()
    assert bakery.counts["refreshes"] == 1
    assert "open the app" in (bakery.known.reconnect or "")


@pytest.mark.parametrize("error", ["", "invalid_grant", "app_not_installed"])
def test_a_dead_refresh_token_waits_for_the_merchant_whose_visit_heals_it(bakery: Connected, error: str) -> None:
    bakery.expire()
    if error:
        bakery.send("knobs", refresh_error=error)
    else:
        bakery.at_shopify.renewals.clear()
    with pytest.raises(Unauthorized, match="open the app"):
        bakery.call()
    assert "open the app" in (bakery.known.reconnect or "")
    assert not is_connected(bakery.services, bakery.known)
    asked = sum(bakery.counts.values())
    with pytest.raises(Unauthorized, match="open the app"):
        bakery.call()
    assert sum(bakery.counts.values()) == asked, "a shop that waits is not called"
    bakery.visit()
    assert is_connected(bakery.services, bakery.known)
    assert bakery.call() == "Anna's Bakery"


@pytest.mark.parametrize("trouble", [{"token_status": 520}, {"token_status": 429}, {"lose_tokens": 1}])
def test_trouble_at_shopify_neither_deletes_nor_marks(bakery: Connected, trouble: dict[str, Any]) -> None:
    before = bakery.pair
    bakery.expire()
    bakery.send("knobs", reuse_refresh=True, **trouble)
    with pytest.raises(Unsent):
        bakery.services.keyring.token(bakery.shop)
    assert bakery.pair == before
    assert bakery.known.reconnect is None
    assert bakery.access.renewing_until is None
    bakery.send("knobs", token_status=0)
    assert bakery.call() == "Anna's Bakery"


def test_a_secret_that_shopify_does_not_know_is_no_shop_s_fault(bakery: Connected) -> None:
    bakery.expire()
    bakery.world.secret = "simulated-other"
    with pytest.raises(GiveUp, match="SHOPIFY_API_SECRET"):
        bakery.call()
    assert bakery.known.reconnect is None


def test_many_threads_of_two_services_make_one_refresh(bakery: Connected) -> None:
    bakery.send("knobs", token_delay=0.2)
    bakery.expire()
    other = bakery.another()
    together = threading.Barrier(16)

    def ask(number: int) -> str:
        together.wait()
        return (bakery.services, other)[number % 2].keyring.token(bakery.shop)

    with ThreadPoolExecutor(16) as workers:
        got = set(workers.map(ask, range(16)))
    other.close()
    assert got == {bakery.pair[0]}
    assert bakery.counts == {"exchanges": 1, "refreshes": 1}
    assert bakery.call() == "Anna's Bakery"


def _ask(given: dict[str, str], shop: int) -> str:
    """What a worker in a process of its own does."""
    services = build(load(**given), lambda job, shop, *, after=0.0: None)
    try:
        return services.keyring.token(shop)
    finally:
        services.close()


def test_two_processes_that_race_make_one_refresh_and_lose_no_pair(bakery: Connected) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as workers:
        ready = [workers.submit(_ask, bakery.given, bakery.shop) for _ in range(2)]
        assert {one.result() for one in ready} == {bakery.pair[0]}
        bakery.send("knobs", token_delay=0.5, old_token_grace=0)
        bakery.expire()
        racing = [workers.submit(_ask, bakery.given, bakery.shop) for _ in range(2)]
        assert {one.result() for one in racing} == {bakery.pair[0]}
    assert bakery.counts == {"exchanges": 1, "refreshes": 1}
    assert bakery.call() == "Anna's Bakery"
    bakery.expire()
    assert bakery.call() == "Anna's Bakery"


def test_a_worker_that_never_came_back_is_replaced_when_its_time_is_over(bakery: Connected) -> None:
    bakery.expire()
    with bakery.services.database.write() as tx:
        assert tokens.begin(tx, bakery.shop, pair=bakery.access.pair, now=1, until=bakery.services.now() + 400)
    assert bakery.call() == "Anna's Bakery"
    assert bakery.counts["refreshes"] == 1


def test_whoever_waits_for_another_worker_waits_only_so_long(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.keyring.PATIENCE", 0.1)
    bakery.expire()
    bakery.change(renewing_until=bakery.services.now() + LEASE)
    with pytest.raises(Unsent, match="another worker"):
        bakery.services.keyring.token(bakery.shop)
    assert "refreshes" not in bakery.counts


def test_no_transaction_is_open_while_shopify_is_asked(bakery: Connected) -> None:
    """Others write meanwhile."""
    bakery.send("knobs", token_delay=1.0)
    bakery.expire()
    with ThreadPoolExecutor(1) as worker:
        asking = worker.submit(bakery.services.keyring.token, bakery.shop)
        while bakery.access.renewing_until is None:
            pass
        bakery.change(name="Anna")
        assert not asking.done()
        assert asking.result() == bakery.pair[0]


def meanwhile(bakery: Connected, happens: Callable[[], object]) -> Any:
    """A renewal in whose middle something else happens; what it raised or returned."""
    bakery.send("knobs", token_delay=0.5)
    bakery.expire()
    with ThreadPoolExecutor(1) as worker:
        asking = worker.submit(bakery.services.keyring.token, bakery.shop)
        while bakery.access.renewing_until is None:
            pass
        happens()
        return asking.exception() or asking.result()


def test_a_renewal_brings_nothing_back_to_a_shop_that_left_meanwhile(bakery: Connected) -> None:
    def leave() -> None:
        with bakery.services.database.write() as tx:
            shops.leave(tx, bakery.shop, now=bakery.services.now())

    assert isinstance(meanwhile(bakery, leave), GiveUp)
    assert (bakery.access.token, bakery.access.refresh_token, bakery.known.reconnect) == (None, None, None)


@pytest.mark.parametrize("refused", [True, False])
def test_a_renewal_never_replaces_the_pair_of_a_visit_meanwhile(bakery: Connected, refused: bool) -> None:
    """Nor does its refusal mark the shop: the exchange ended its refresh token, which says nothing of the new one."""
    new = bakery.services.keyring.sealed

    def visited() -> None:
        if refused:
            bakery.at_shopify.renewals.clear()
        with bakery.services.database.write() as tx:
            given = new(Grant("shpat_new", (), bakery.services.now() + HOUR, "shprt_new", None), now=1)
            shops.keep_tokens(tx, bakery.shop, given=given, scopes="", now=1)

    assert meanwhile(bakery, visited) == "shpat_new"
    assert bakery.pair == ("shpat_new", "shprt_new")
    assert bakery.access.refresh_expires_at == 1 + REFRESH_LIFE
    assert bakery.known.reconnect is None
