"""Orders are kept whole, whatever their size."""

from plugin.db import orders, shops
from plugin.db.engine import Database
from tests.db.queries import FACT, stored


def test_an_order_of_very_many_products_is_kept_and_judged(database: Database) -> None:
    """No index has a row too long for it."""
    products = b"".join(number.to_bytes(4, "little") for number in range(1, 6000))
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        orders.keep(tx, shop, [stored(shop, FACT._replace(products=products), day=1)])
        [[judged]] = orders.of_customers(tx, shop, [FACT.customer or ""]).values()
    assert judged.products == products


def test_a_name_with_a_character_of_no_use_costs_no_other_order(database: Database) -> None:
    """PostgreSQL does not know NUL."""
    with database.write() as tx:
        shop = shops.know(tx, "oak-ltd.myshopify.com")
        names = ("#\x001", "#2")
        facts = [FACT._replace(order=number, name=name) for number, name in enumerate(names, 1)]
        orders.keep(tx, shop, [stored(shop, fact, day=1) for fact in facts])
        listed = orders.listed(tx, shop, FACT.customer or "")
    assert [one.name.replace("\0", "") for one in listed] == ["#1", "#2"]
