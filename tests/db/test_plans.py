"""Every query finds its rows by index: at 100,000 rows none reads a whole shop unless it is meant to."""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa

import plugin.db
from plugin.core.earlier import Earlier
from plugin.core.facts import PrivacyAsked
from plugin.core.verdict import Kind
from plugin.db import (
    customers,
    earlier,
    erased,
    inbox,
    ledger,
    orders,
    privacy,
    shops,
    tagging,
)
from plugin.db.engine import Database
from plugin.db.tables import metadata
from tests import databases
from tests.db.postgres_plans import on_postgresql
from tests.db.queries import ALL_SHOPS, CALLS, CHANGE, FACT, OTHER, ROWS, SHOP, VERDICT, WHOLE_SHOP, Call, stored
from tests.db.queries_of_pages import PAGES

EVERY = CALLS | PAGES
APART = {"advisory", "dialect", "engine", "metadata", "migrate", "migrations", "only_one", "postgres", "sqlite"}


def public_functions() -> set[Callable[..., Any]]:
    """Every query function of plugin.db."""
    found = set()
    for module in pkgutil.iter_modules(plugin.db.__path__):
        if module.name not in APART and not module.name.startswith("tables"):
            here = import_module(f"plugin.db.{module.name}")
            functions = inspect.getmembers(here, inspect.isfunction)
            found |= {
                one
                for name, one in functions
                if one.__module__ == here.__name__
                and not name.startswith("_")
                and "tx" in inspect.signature(one).parameters
            }
    return found


def crowded(database: Database) -> None:
    """Fills two shops with as many rows as a middling shop has."""
    with database.write() as tx:
        for name in ("oak-ltd", "annas-bakery"):
            shop = shops.know(tx, f"{name}.myshopify.com")
            shops.install(tx, shop, given=shops.Credentials("t", None, None, None), scopes="", now=1)
        shops.know(tx, "bare.myshopify.com")
        numbers = range(ROWS)
        versions = [
            FACT._replace(order=n, customer=f"Customer/{n % 30_000}", ordered_by=None if n % 50 else f"Customer/{n}")
            for n in numbers
        ]
        orders.keep(tx, SHOP, [stored(SHOP, one, day=one.order % 900) for one in versions])
        orders.keep(tx, OTHER, [stored(OTHER, one, day=one.order % 900) for one in versions[:1000]])
        verdict = VERDICT._replace(kind=Kind.CLIENT, lapse_on=900)
        rows = [(f"Customer/{n}", verdict if n % 2 else VERDICT) for n in numbers]
        customers.judged(tx, SHOP, rows, model=1, rules=1, cause="orders")
        earlier.keep(tx, SHOP, [(f"Customer/{n}", Earlier(2, 1, 5)) for n in numbers if n % 2])
        tagging.synced(
            tx, SHOP, [tagging.Synced(key, row.kind if n % 9 else 0, []) for n, (key, row) in enumerate(rows)]
        )
        inbox.accept(tx, [inbox.Delivery(SHOP, str(n), n, "orders/create", 1, b"{}") for n in numbers])
        inbox.finish(tx, SHOP, [str(n) for n in numbers if n % 10])
        erased.add(tx, SHOP, [b"%016d" % n for n in numbers])
        asked = PrivacyAsked("customers/redact", "Customer/5", ())
        for n in range(1000):
            privacy.ask(tx, SHOP, asked=asked, webhook_id=str(n), received_at=n)
            privacy.done(tx, SHOP, str(n), now=n)
        entries = ledger.intend(tx, SHOP, [CHANGE._replace(customer=f"Customer/{n}") for n in numbers], now=1)
        ledger.settle(tx, SHOP, [(entry.id, "done", None) for entry in entries if entry.id % 10], now=1)
    database.optimize()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with 100,000 rows a table, filled once."""
    url = databases.fresh(tmp_path_factory.mktemp("plans"))
    opened = Database(url)
    crowded(opened)
    yield opened
    opened.close()
    databases.drop(url)


def statements_of(database: Database, call: Call) -> list[tuple[str, Any]]:
    """What the call sends to the database; nothing of it is kept."""
    sent: list[tuple[str, Any]] = []

    class NotKept(Exception):
        """Rolls the transaction back."""

    def listen(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        sent.append((statement, values[0] if many else values))

    sa.event.listen(database.engine, "before_cursor_execute", listen)
    try:
        with database.write() as tx:
            call(tx)
            raise NotKept  # noqa: TRY301 -- the way out of a transaction without keeping it
    except NotKept:
        pass
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", listen)
    return [one for one in sent if not one[0].startswith("BEGIN")]


def whole_shop_steps(database: Database, statement: str, values: Any) -> list[str]:
    """The steps of the plan that read a whole table, or all rows that a shop has in one."""
    look = on_postgresql if databases.ON_POSTGRESQL else on_sqlite
    return look(database, statement, values)


def on_sqlite(database: Database, statement: str, values: Any) -> list[str]:
    """As SQLite tells its plan."""
    with database.read() as tx:
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    partial = {
        index.name
        for table in metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    found = []
    sorts = any("TEMP B-TREE FOR ORDER BY" in detail for *_, detail in plan)
    for *_, detail in plan:
        index = re.search(r"INDEX (\w+)", detail)
        if (index and index[1] in partial) or "CONSTANT ROW" in detail or "SUBQUERY" in detail:
            continue
        # Everyone after a key is everyone, unless the first few are enough.
        everyone = detail.endswith("(shop=? AND customer>?)") and (sorts or "LIMIT" not in statement)
        if detail.startswith("SCAN") or detail.endswith("(shop=?)") or everyone:
            found.append(detail)
    return found


def test_every_query_function_has_an_example_here() -> None:
    """A new query cannot be forgotten."""
    assert public_functions() == set(EVERY)


@pytest.mark.parametrize("function", EVERY, ids=lambda one: f"{one.__module__.split('.')[-1]}.{one.__name__}")
def test_no_query_reads_a_whole_shop_unless_it_is_meant_to(full: Database, function: Callable[..., Any]) -> None:
    """The plan of each statement uses more of an index than the shop alone."""
    small = {"shops", "models", "rules", "imports", "reconciliations", "pulses", "bulks", "undos", "oauth_states"}
    small |= {"walked"}  # what a walk of limited length has found
    small |= {"figures"}
    for statement, values in statements_of(full, EVERY[function]):
        steps = [step for step in whole_shop_steps(full, statement, values) if step.split()[1] not in small]
        # The last number of a shop is the end of an index, not a scan of it.
        if steps and function not in WHOLE_SHOP | ALL_SHOPS and "max(" not in statement:
            pytest.fail(f"{statement}\n{steps}")


def test_only_one_module_crosses_shops() -> None:
    """Every other query takes the shop, right after the transaction."""
    for function in public_functions() - {shops.find, shops.know, inbox.accept}:
        if function.__module__ != "plugin.db.all_shops":
            assert list(inspect.signature(function).parameters)[:2] == ["tx", "shop"], function


@pytest.mark.parametrize(
    "function", sorted(WHOLE_SHOP, key=lambda one: one.__qualname__ + one.__module__), ids=lambda one: one.__name__
)
def test_the_list_of_whole_shop_queries_holds_no_others(full: Database, function: Callable[..., Any]) -> None:
    """A query that has learnt to use its index leaves the list."""
    assert any(whole_shop_steps(full, *sent) for sent in statements_of(full, EVERY[function]))
