"""The merchant uninstalls, comes back, and grants more or less; news of it arrive late and in any order."""

import pytest

from plugin.db import shops, tokens
from plugin.db.shops import Credentials, Shop
from plugin.errors import GiveUp
from plugin.jobs import table
from plugin.usecases.install import may
from tests.usecases.conftest import Oak, order


def known(oak: Oak) -> Shop:
    with oak.services.database.read() as tx:
        return shops.get(tx, oak.shop)


def come_back(oak: Oak, *, at: int) -> None:
    with oak.services.database.write() as tx:
        given = Credentials(oak.services.box.encrypt("shpat_again"), None, None, None)
        shops.install(tx, oak.shop, given=given, scopes="read_orders", now=at)


def test_an_uninstall_forgets_the_tokens_and_nothing_is_called_afterwards(oak: Oak) -> None:
    oak.receive("orders/create", order())
    oak.receive("app/uninstalled", {"myshopify_domain": "oak-ltd.myshopify.com"})
    oak.drain()
    assert known(oak).state == "left"
    assert oak.column("SELECT token FROM shops") == [None]
    assert oak.column("SELECT count(*) FROM orders") == [1], "data stays until the shop is erased"
    with pytest.raises(GiveUp, match="left"):
        oak.services.shopify(known(oak))
    for job in table.JOBS:
        if job not in ("privacy", "forget"):  # these have work at a shop that left, and call nobody
            assert table.run(oak.services, job, oak.shop) is None


def test_a_client_that_somebody_still_holds_calls_nothing_after_an_uninstall(oak: Oak) -> None:
    client = oak.services.shopify(known(oak))
    oak.receive("app/uninstalled", {})
    oak.drain()
    with pytest.raises(GiveUp, match="left"):
        client.query("{ shop { id } }", {})
    assert client.counters.points == 0


def test_an_uninstall_of_before_the_installation_ends_nothing(oak: Oak) -> None:
    come_back(oak, at=5000)
    oak.receive("app/uninstalled", {}, triggered_at=4999)
    oak.drain()
    assert known(oak).installed
    assert oak.services.keyring.token(oak.shop) == "shpat_again"
    oak.receive("app/uninstalled", {}, triggered_at=5001)
    oak.drain()
    assert not known(oak).installed


def test_an_uninstall_sent_twice_does_not_end_what_came_between(oak: Oak) -> None:
    oak.receive("app/uninstalled", {}, triggered_at=4000)
    oak.drain()
    come_back(oak, at=5000)
    oak.receive("app/uninstalled", {}, triggered_at=4000, webhook_id="again")
    oak.drain()
    assert known(oak).installed


def test_a_shop_that_comes_back_has_another_pair(oak: Oak) -> None:
    def pair() -> int:
        with oak.services.database.read() as tx:
            return tokens.read(tx, oak.shop).pair

    before = pair()
    oak.receive("app/uninstalled", {})
    oak.drain()
    come_back(oak, at=9000)
    assert pair() == before + 2


def test_a_merchant_who_grants_less_or_more_is_believed_whatever_comes_first(oak: Oak) -> None:
    oak.receive("app/scopes_update", {"current": ["write_customers", "read_orders"]}, triggered_at=3000)
    oak.drain()
    assert known(oak).scopes == "read_orders,write_customers"
    oak.receive("app/scopes_update", {"current": ["read_orders"]}, triggered_at=2000)
    oak.drain()
    assert known(oak).scopes == "read_orders,write_customers"
    oak.receive("app/scopes_update", {"current": ["read_orders"]}, triggered_at=4000)
    oak.drain()
    assert known(oak).scopes == "read_orders"


def test_scopes_that_came_with_a_token_are_newer_than_a_late_delivery(oak: Oak) -> None:
    come_back(oak, at=9000)
    oak.receive("app/scopes_update", {"current": []}, triggered_at=8000)
    oak.drain()
    assert known(oak).scopes == "read_orders"


def test_an_optional_scope_is_there_as_long_as_the_merchant_grants_it(oak: Oak) -> None:
    """A scope to write brings the one to read."""
    assert not may(known(oak), "read_discounts")
    oak.receive("app/scopes_update", {"current": ["read_orders", "write_discounts"]}, triggered_at=3000)
    oak.drain()
    assert may(known(oak), "read_discounts")
    assert may(known(oak), "read_orders")
    oak.receive("app/scopes_update", {"current": ["read_orders"]}, triggered_at=4000)
    oak.drain()
    assert not may(known(oak), "read_discounts")
