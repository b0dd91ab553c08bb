"""Customers of the shops in `Pages`: orders as webhooks brought them, judged."""

from collections.abc import Sequence

from plugin.core.facts import OrderSeen
from plugin.core.orders import Ignored
from plugin.db import orders, shops
from plugin.usecases.judge import Bench
from tests.session_tokens import ANNA
from tests.web.conftest import DAY, Pages

A_DAY = 86_400_000
TODAY = 719_163 + DAY // A_DAY  # the ordinal of that moment's day


def bought(number: int, *, days_ago: int, total: int = 1250, name: str = "", by: str | None = None) -> OrderSeen:
    """An order of another product each."""
    at = DAY - days_ago * A_DAY
    return OrderSeen(
        number, name or f"#{1000 + number}", "", by, at, at, False, False, "paid", False, total, total, 0, 0, total, 1,
        False, False, number.to_bytes(4, "little"),
    )  # fmt: skip


def customer(
    pages: Pages,
    key: str,
    placed: Sequence[OrderSeen],
    *,
    domain: str = ANNA,
    ignored: dict[int, Ignored] | None = None,
) -> int:
    """They placed these orders, of which those in `ignored` do not count; the shop's number."""
    shop = pages.shop(domain)
    assert shop is not None
    why = ignored or {}
    with pages.services.database.write() as tx:
        shops.change(tx, shop.shop, currency="EUR", zone="UTC")
        rows = [
            orders.row(
                shop.shop,
                one._replace(customer=key),
                day=TODAY - (DAY - one.processed_at) // A_DAY,
                ignored=why.get(one.order, Ignored.COUNTED),
                triggered_at=1,
                read=False,
            )
            for one in placed
        ]
        orders.keep(tx, shop.shop, rows)
        Bench(shop.shop, *shops.judging(tx, shop.shop), TODAY, cause="orders").judge(tx, [key])
    return shop.shop
