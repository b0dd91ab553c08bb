"""Deliveries that are turned away may never come again: their shop is asked what has changed, an hour later."""

import pytest
import sqlalchemy as sa

from plugin.db import reconciliations, shops
from plugin.db.reconciliations import OUTAGE, Due
from plugin.db.shops import Credentials
from plugin.usecases import accept_deliveries
from plugin.usecases.accept_deliveries import AN_HOUR
from tests.webhooks.test_receive import Asked
from tests.webhooks.test_receive import asked as asked  # a fixture

NIGHT = 10 * AN_HOUR
RECEIVED = 1234  # what the clock of that door says


def oak(asked: Asked, **columns: object) -> int:
    """Oak Ltd, installed, with a night to come."""
    with asked.database.write() as tx:
        number = shops.know(tx, "oak-ltd.myshopify.com")
        shops.install(tx, number, given=Credentials("t", None, None, None), scopes="", now=1)
        shops.change(tx, number, **{"reconciled_to": 1, "next_reconcile_at": NIGHT, **columns})
    return number


def due(asked: Asked, shop: int) -> Due:
    with asked.database.read() as tx:
        return reconciliations.due(tx, shop)


def test_a_full_queue_makes_its_shop_due(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as there is room again to write that down; once, for the next is written without."""
    shop = oak(asked)
    with monkeypatch.context() as patch:
        patch.setattr(accept_deliveries, "MOST_WAITING", -1)
        assert asked.post() == 503
    assert due(asked, shop) == Due(NIGHT, 1, None)
    assert asked.post() == 200
    assert due(asked, shop) == Due(RECEIVED + AN_HOUR, 1, OUTAGE)
    with asked.database.write() as tx:
        shops.change(tx, shop, next_reconcile_at=NIGHT, reconcile_for=None)
    assert asked.post() == 200
    assert due(asked, shop) == Due(NIGHT, 1, None)


def test_so_does_a_database_that_does_not_write(asked: Asked) -> None:
    """A delivery of another shop tells that it writes again."""
    shop = oak(asked)
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE inbox RENAME TO elsewhere"))
    assert asked.post() == 503
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE elsewhere RENAME TO inbox"))
    assert asked.post(HTTP_X_SHOPIFY_SHOP_DOMAIN="annas-bakery.myshopify.com") == 200
    assert due(asked, shop) == Due(RECEIVED + AN_HOUR, 1, OUTAGE)


def test_one_that_comes_sooner_stays(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = oak(asked, next_reconcile_at=7)
    with monkeypatch.context() as patch:
        patch.setattr(accept_deliveries, "MOST_WAITING", -1)
        assert asked.post() == 503
    assert asked.post() == 200
    assert due(asked, shop) == Due(7, 1, OUTAGE)


def test_a_stranger_is_asked_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are they written down because of it."""
    with monkeypatch.context() as patch:
        patch.setattr(accept_deliveries, "MOST_WAITING", -1)
        assert asked.post(HTTP_X_SHOPIFY_SHOP_DOMAIN="nobody.myshopify.com") == 503
    assert asked.post() == 200
    with asked.database.read() as tx:
        assert shops.find(tx, "nobody.myshopify.com") is None
