"""Customers of Anna's Bakery for tests of the panel, and what is done with them."""

from plugin.db import shops, tagging
from plugin.db.tagging import Synced
from tests.session_tokens import ANNA
from tests.web.conftest import Pages


def count(pages: Pages, buyers: int, *, start: int = 0) -> None:
    """Anna's Bakery has so many buyers, none of whom is tagged."""
    shop = pages.shop(ANNA)
    assert shop is not None
    with pages.services.database.write() as tx:
        for number in range(start, start + buyers):
            tx.connection.exec_driver_sql(
                "INSERT INTO customers (shop, customer, kind, kind_at_shop, tags_found)"
                f" VALUES ({shop.shop}, 'Customer/{number}', 1, 0, '')"
            )


def tag_customers(pages: Pages, *, held: str | None = None, on: bool = True, number: int = 1) -> int:
    """Customers of Anna's Bakery who carry our tag, and one who shall."""
    shop = pages.connected()
    carry = [f"Customer/{900 + one}" for one in range(number)]
    with pages.services.database.write() as tx:
        tagging.found(tx, shop, [(one, []) for one in carry])
        tx.connection.exec_driver_sql(f"UPDATE customers SET kind = 1 WHERE shop = {shop}")
        tagging.synced(tx, shop, [Synced(one, 1, ["buyer"]) for one in carry])
        shops.change(tx, shop, tagging=on)
    count(pages, 1)
    with pages.services.database.write() as tx:
        tagging.hold(tx, shop, ["Customer/0"], reason=held)
    return shop
