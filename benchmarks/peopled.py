"""A shop with so many customers that has lived with us: judged, tagged, with a ledger, vetoes and parked deliveries."""

import time
from itertools import islice

from sqlalchemy import text

from benchmarks import bodies, shop
from benchmarks.filled import AT_ONCE, Filling, stored
from plugin.core.causes import imported
from plugin.db import inbox, orders, shops
from plugin.services import Services
from plugin.usecases.figure import figure
from plugin.usecases.rejudge import judge_all

ORDERS_EACH = 1.4  # as in real histories: most come once
VETOED, PARKED = 0.002, 200  # a share of customers; deliveries
DAY = 86_400_000  # ms

TAGGED = (
    "UPDATE customers SET kind_at_shop = kind, tags_found = '',"
    " tags_ours = CASE kind WHEN 2 THEN 'client' ELSE 'buyer' END"
)
WRITTEN = text(
    "INSERT INTO ledger (shop, id, customer, at, action, tag, kind, model, rules, cause, state, settled_at, reason)"
    " SELECT shop, number, customer, :first + number * 3, 'add', CASE kind WHEN 2 THEN 'client' ELSE 'buyer' END, kind,"
    " model, rules, 'import 1', CASE WHEN number % 2000 = 0 THEN 'failed' ELSE 'done' END, :first + number * 3 + 900,"
    " CASE WHEN number % 2000 = 0 THEN 'Shopify refused it' END"
    " FROM (SELECT shop, customer, kind, model, rules, row_number() OVER (ORDER BY customer) AS number FROM customers)"
    " AS numbered WHERE kind > 0"
)
VETO = text(
    "UPDATE customers SET veto = 'removed', vetoed_at = :at, kind_at_shop = 0, tags_ours = ''"
    " WHERE customer IN (SELECT customer FROM customers ORDER BY customer LIMIT :some)"
)
IMPORT = text(
    "INSERT INTO imports (shop, number, stage, started_at, finished_at, orders, customers, lines, expected)"
    " VALUES (:shop, 1, 'done', :now, :now, :orders, :customers, :orders, :orders)"
)


def people(services: Services, *, customers: int) -> int:
    """Fills the database of these services; the shop's number."""
    number = shop.installed(services.database)
    _order(services, number, Filling(round(customers * ORDERS_EACH), customers))
    judge_all(services, number, cause=imported(1))
    _tag(services, number, customers)
    services.database.optimize()
    while figure(services, number) is not None:
        time.sleep(1)
    return number


def _order(services: Services, number: int, filling: Filling) -> None:
    rows = stored(number, filling)
    while some := list(islice(rows, AT_ONCE)):
        with services.database.write() as tx:
            orders.keep(tx, number, some)
    services.database.optimize()


def _tag(services: Services, number: int, customers: int) -> None:
    now = services.now()
    with services.database.write() as tx:
        tx.connection.exec_driver_sql(TAGGED)
        tx.run(WRITTEN, {"first": now - 3 * DAY})
        tx.run(VETO, {"at": now - 2 * DAY, "some": round(customers * VETOED) + 1})
        tx.run(IMPORT, {"shop": number, "now": now, "orders": round(customers * ORDERS_EACH), "customers": customers})
        asked_for = ",".join(services.settings.app.scopes)
        shops.change(tx, number, tagging=True, scopes=asked_for, swept_on=services.today(shops.get(tx, number)))
        odd = [inbox.Delivery(number, f"odd-{one}", now, bodies.TOPIC, now, b"{}") for one in range(PARKED)]
        inbox.accept(tx, odd)
    with services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE inbox SET state = 2, reason = 'it has no id'")
