"""A shop is erased once it is gone, with everything it had; what comes late finds nobody and leaves nothing."""

import pytest

from plugin.db import shops
from plugin.errors import GiveUp
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.forget import forget
from tests.usecases.conftest import Oak, order
from tests.usecases.law import ANNA, DOMAIN, carry_out, data_request, everything, holds, lived, redact

LEFT = {"id": 1, "myshopify_domain": DOMAIN, "email": "owner@oak.example"}


def leaves(oak: Oak) -> None:
    """The merchant uninstalls."""
    oak.receive("app/uninstalled", LEFT)
    oak.drain()


def shop_redact(oak: Oak) -> None:
    """Shopify asks for it, 48 hours later."""
    oak.receive("shop/redact", {"shop_id": 1, "shop_domain": DOMAIN})
    oak.drain()


def test_data_stays_after_an_uninstall_until_shopify_asks(oak: Oak) -> None:
    lived(oak)
    before = everything(oak)
    leaves(oak)
    after = everything(oak)
    assert {name for name in before if before[name] != after[name]} == {"shops", "inbox"}
    assert oak.column("SELECT token FROM shops") == [None]
    assert holds(oak, "owner@oak.example") == {}


def test_nothing_of_the_shop_is_left_but_that_requests_were_carried_out(oak: Oak) -> None:
    lived(oak)
    redact(oak)
    carry_out(oak)
    data_request(oak, 700900000025)
    carry_out(oak)
    leaves(oak)
    shop_redact(oak)
    assert carry_out_requests(oak.services, oak.shop) is None
    rows = {name: kept for name, kept in everything(oak).items() if kept}
    assert set(rows) == {"alembic_version", "privacy_requests"}
    topics = "SELECT topic FROM privacy_requests WHERE done_at IS NOT NULL AND customer IS NULL AND answer IS NULL"
    assert sorted(oak.column(topics)) == ["customers/data_request", "customers/redact", "shop/redact"]
    assert holds(oak, "oak", ANNA) == {}


def test_a_late_delivery_to_an_erased_shop_is_a_stranger_and_leaves_no_body(oak: Oak) -> None:
    """Its number is never given again, and what is not needed goes: the shop is forgotten as it was."""
    lived(oak)
    leaves(oak)
    shop_redact(oak)
    carry_out_requests(oak.services, oak.shop)
    gone = oak.shop
    with oak.services.database.write() as tx:
        oak.shop = shops.know(tx, DOMAIN)
    assert oak.shop > gone
    oak.receive("orders/create", order(1, customer=ANNA))
    oak.drain()
    assert holds(oak, ANNA) == {}
    assert everything(oak)["orders"] == []


def test_a_request_about_a_shop_nobody_knows_is_carried_out_too(oak: Oak) -> None:
    """Shopify sends shop/redact again if it was not sure."""
    leaves(oak)
    for _ in range(2):
        with oak.services.database.write() as tx:
            oak.shop = shops.know(tx, DOMAIN)
        shop_redact(oak)
        carry_out_requests(oak.services, oak.shop)
    assert everything(oak)["shops"] == []
    assert oak.column("SELECT count(*) FROM privacy_requests WHERE done_at IS NOT NULL") == [2]


def test_a_job_that_comes_late_says_that_the_shop_is_gone(oak: Oak) -> None:
    leaves(oak)
    shop_redact(oak)
    carry_out_requests(oak.services, oak.shop)
    for job in (drain_inbox, forget):
        with pytest.raises(GiveUp, match="was erased"):
            job(oak.services, oak.shop)


def test_an_uninstall_of_another_shop_than_the_headers_say_is_set_aside(oak: Oak) -> None:
    oak.receive("app/uninstalled", LEFT | {"myshopify_domain": "annas-bakery.myshopify.com"})
    oak.drain()
    assert len(oak.parked()) == 1
    with oak.services.database.read() as tx:
        assert shops.get(tx, oak.shop).installed
