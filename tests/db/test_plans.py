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
from plugin.core.facts import ConsentSeen, OrderSeen, PrivacyAsked, ShopSeen
from plugin.core.model import Model, Rules
from plugin.core.verdict import Kind, Verdict
from plugin.db import (
    all_shops,
    consents,
    customers,
    erase,
    erased,
    imports,
    inbox,
    ledger,
    objections,
    orders,
    privacy,
    retention,
    shops,
    states,
    tokens,
    told,
)
from plugin.db.engine import Database, Tx
from plugin.db.tables import metadata

SHOP, OTHER, BARE, ROWS = 1, 2, 3, 100_000
FACT = OrderSeen(
    5, "#5", "Customer/5", None, 1, 1, False, False, "paid", False, 100, 100, 0, 0, 100, 1, False, False, b""
)
VERDICT = Verdict(Kind.BUYER, True, 1, None, False, 1, 1.0, 60.0, 1, 1, 1, 0)
CHANGE = ledger.Change("Customer/5", "add", "buyer", 1, 1, 1)

# Queries that read a whole shop on purpose: for a person who looks now and then, or once after an import.
WHOLE_SHOP = {
    customers.count_refused, customers.examples, customers.kinds, inbox.counts, customers.release, ledger.states,
    orders.count, erased.count, erased.everyone, erase.shop_itself, privacy.listed, retention.answers,
}  # fmt: skip
# These ask every shop whether it has work; each answer is one index look-up.
ALL_SHOPS = {
    all_shops.with_deliveries, all_shops.to_import, all_shops.to_rejudge, all_shops.installed, all_shops.to_sync,
    all_shops.with_requests, all_shops.forget_audit,
    all_shops.with_tokens, all_shops.with_marks,
}  # fmt: skip

Call = Callable[[Tx], object]
CALLS: dict[Callable[..., Any], Call] = {
    all_shops.forget_audit: lambda tx: all_shops.forget_audit(tx, before=5),
    all_shops.installed: all_shops.installed,
    all_shops.to_forget: lambda tx: all_shops.to_forget(tx, now=5),
    all_shops.with_requests: all_shops.with_requests,
    all_shops.to_import: all_shops.to_import,
    all_shops.to_rejudge: all_shops.to_rejudge,
    all_shops.to_renew: lambda tx: all_shops.to_renew(tx, before=5),
    all_shops.to_sweep: lambda tx: all_shops.to_sweep(tx, now=5),
    all_shops.to_sync: all_shops.to_sync,
    all_shops.with_marks: all_shops.with_marks,
    all_shops.with_tokens: all_shops.with_tokens,
    all_shops.with_deliveries: lambda tx: all_shops.with_deliveries(tx, now=5),
    consents.keep: lambda tx: consents.keep(tx, SHOP, [ConsentSeen("Customer/5", "email", "subscribed", 1)]),
    consents.of_customer: lambda tx: consents.of_customer(tx, SHOP, "Customer/5"),
    customers.count_stuck: lambda tx: customers.count_stuck(tx, SHOP),
    customers.count_refused: lambda tx: customers.count_refused(tx, SHOP),
    customers.count_tagged: lambda tx: customers.count_tagged(tx, SHOP, at_most=5),
    customers.count_left: lambda tx: customers.count_left(tx, SHOP),
    customers.count_to_clear: lambda tx: customers.count_to_clear(tx, SHOP),
    customers.count_to_sync: lambda tx: customers.count_to_sync(tx, SHOP),
    customers.examples: lambda tx: customers.examples(tx, SHOP),
    customers.found: lambda tx: customers.found(tx, SHOP, [("Customer/5", ["client"])]),
    customers.hold: lambda tx: customers.hold(tx, SHOP, ["Customer/5"], reason=None),
    customers.judged: lambda tx: customers.judged(tx, SHOP, [("Customer/5", VERDICT)], model=1, rules=1),
    customers.inherit: lambda tx: customers.inherit(tx, SHOP, kept="Customer/5", ours={"buyer"}),
    customers.look_again: lambda tx: customers.look_again(tx, SHOP, ["Customer/5"]),
    customers.merge: lambda tx: customers.merge(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    customers.release: lambda tx: customers.release(tx, SHOP),
    customers.kinds: lambda tx: customers.kinds(tx, SHOP),
    customers.sweep: lambda tx: customers.sweep(tx, SHOP, today=5),
    customers.sync_of: lambda tx: (
        customers.sync_of(tx, SHOP, ["Customer/5"]),
        customers.sync_of(tx, SHOP, ["Customer/5"], free=True),
    ),
    customers.synced: lambda tx: customers.synced(tx, SHOP, [customers.Synced("Customer/5", 1, ["buyer"])]),
    customers.to_clear: lambda tx: customers.to_clear(tx, SHOP, at_most=5),
    customers.to_sync: lambda tx: customers.to_sync(tx, SHOP, at_most=5),
    customers.without_orders: lambda tx: customers.without_orders(tx, SHOP, "Customer/5", at_most=5),
    erase.customer: lambda tx: erase.customer(tx, SHOP, "Customer/5"),
    erase.merged_into: lambda tx: erase.merged_into(tx, SHOP, "Customer/5"),
    erase.orders_named: lambda tx: erase.orders_named(tx, SHOP, [5, 6]),
    erase.orders_of: lambda tx: erase.orders_of(tx, SHOP, "Customer/5"),
    erase.shop_itself: lambda tx: erase.shop_itself(tx, BARE, now=5),
    erase.some_rows: lambda tx: erase.some_rows(tx, OTHER, at_most=5),
    erased.add: lambda tx: erased.add(tx, SHOP, [b"m"]),
    erased.among: lambda tx: erased.among(tx, SHOP, [b"m", b"n"]),
    erased.count: lambda tx: erased.count(tx, SHOP),
    erased.everyone: lambda tx: erased.everyone(tx, SHOP),
    erased.key: lambda tx: erased.key(tx, SHOP),
    erased.reseal: lambda tx: erased.reseal(tx, SHOP, key="k"),
    imports.begin: lambda tx: imports.begin(tx, SHOP, orders_operation="o", customers_operation="c", now=1),
    imports.end: lambda tx: imports.end(tx, SHOP, reason="why", now=1),
    imports.forget_words: lambda tx: imports.forget_words(tx, SHOP, ["5"]),
    imports.last: lambda tx: imports.last(tx, SHOP),
    imports.progress: lambda tx: imports.progress(tx, SHOP, 1, lines=3),
    inbox.accept: lambda tx: inbox.accept(tx, [inbox.Delivery(SHOP, "new", 1, "orders/create", 1, b"{}")]),
    inbox.after: lambda tx: inbox.after(tx, SHOP, "5", at_most=5),
    inbox.body: lambda tx: inbox.body(tx, SHOP, "5"),
    inbox.counts: lambda tx: inbox.counts(tx, SHOP),
    inbox.empty: lambda tx: inbox.empty(tx, SHOP, ["5"]),
    inbox.finish: lambda tx: inbox.finish(tx, SHOP, ["5"]),
    inbox.park: lambda tx: inbox.park(tx, SHOP, "6", reason="why"),
    inbox.parked: lambda tx: inbox.parked(tx, SHOP),
    inbox.replay: lambda tx: (inbox.replay(tx, SHOP, now=5), inbox.replay(tx, SHOP, now=5, webhook_id="6")),
    inbox.take: lambda tx: inbox.take(tx, SHOP, now=5),
    inbox.try_again: lambda tx: inbox.try_again(tx, SHOP, "7", at=9),
    ledger.intend: lambda tx: ledger.intend(tx, SHOP, [CHANGE], now=1),
    ledger.left_open: lambda tx: ledger.left_open(tx, SHOP),
    ledger.of_bulk: lambda tx: ledger.of_bulk(tx, SHOP, 1),
    ledger.of_customer: lambda tx: ledger.of_customer(tx, SHOP, "Customer/5"),
    ledger.open_bulk: lambda tx: ledger.open_bulk(tx, SHOP),
    ledger.plan_bulk: lambda tx: ledger.plan_bulk(tx, SHOP, action="add", now=1),
    ledger.set_bulk: lambda tx: ledger.set_bulk(tx, SHOP, 1, state="done", operation=None),
    ledger.settle: lambda tx: ledger.settle(tx, SHOP, [(5, "done", None)], now=1),
    ledger.withdraw: lambda tx: ledger.withdraw(tx, SHOP, [5]),
    ledger.states: lambda tx: ledger.states(tx, SHOP),
    objections.hand_on: lambda tx: objections.hand_on(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    objections.object_: lambda tx: objections.object_(tx, SHOP, "Customer/5"),
    objections.objecting: lambda tx: objections.objecting(tx, SHOP),
    objections.of: lambda tx: objections.of(tx, SHOP, "Customer/5"),
    objections.opt: lambda tx: objections.opt(tx, SHOP, out=["Customer/5"], back=["Customer/6"]),
    objections.opted_out: lambda tx: objections.opted_out(tx, SHOP),
    objections.tagged: lambda tx: objections.tagged(tx, SHOP, at_most=5),
    objections.withdraw: lambda tx: objections.withdraw(tx, SHOP, "Customer/5"),
    orders.add_products: lambda tx: orders.add_products(tx, SHOP, 5, products=b"\1\0\0\0", renewal=False),
    orders.after: lambda tx: orders.after(tx, SHOP, "Customer/5", at_most=50),
    orders.bury: lambda tx: orders.bury(tx, SHOP, [7]),
    orders.count: lambda tx: orders.count(tx, SHOP),
    orders.dates: lambda tx: orders.dates(tx, SHOP, 5, at_most=50),
    orders.keep: lambda tx: orders.keep(tx, SHOP, [stored(SHOP, FACT, day=1)]),
    orders.listed: lambda tx: orders.listed(tx, SHOP, "Customer/5"),
    orders.locations_of: lambda tx: orders.locations_of(tx, SHOP, ["Customer/5"]),
    orders.of_customers: lambda tx: orders.of_customers(tx, SHOP, ["Customer/5", "Customer/6"]),
    orders.owners: lambda tx: orders.owners(tx, SHOP, [5, 6]),
    orders.people_of: lambda tx: orders.people_of(tx, SHOP, ["CompanyLocation/5"]),
    orders.redate: lambda tx: orders.redate(tx, SHOP, [(5, 6)]),
    orders.rekey: lambda tx: orders.rekey(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    privacy.all_open: lambda tx: privacy.all_open(tx, SHOP),
    privacy.answer: lambda tx: privacy.answer(tx, SHOP, "5"),
    privacy.ask: lambda tx: privacy.ask(
        tx, SHOP, asked=PrivacyAsked("customers/redact", None, ()), webhook_id="w", received_at=1
    ),
    privacy.count: lambda tx: privacy.count(tx, SHOP, "5", rows=1),
    privacy.done: lambda tx: privacy.done(tx, SHOP, "5", now=1),
    privacy.downloaded: lambda tx: privacy.downloaded(tx, SHOP, "5", now=1),
    privacy.listed: lambda tx: privacy.listed(tx, SHOP),
    privacy.ready: lambda tx: privacy.ready(tx, SHOP, "5", now=1, answer=b"{}", rows=1),
    privacy.strip: lambda tx: privacy.strip(tx, SHOP, "Customer/5"),
    retention.answers: lambda tx: retention.answers(tx, SHOP, before=5, at_most=5),
    retention.anything: lambda tx: retention.anything(tx, SHOP),
    retention.bodies: lambda tx: retention.bodies(tx, SHOP, before=5, at_most=5),
    retention.bulk_files: lambda tx: retention.bulk_files(tx, SHOP, before=5, at_most=5),
    retention.ids: lambda tx: retention.ids(tx, SHOP, before=5, at_most=5),
    retention.installations: lambda tx: retention.installations(tx, SHOP, before=5, at_most=5),
    retention.old_imports: lambda tx: retention.old_imports(tx, SHOP, before=5, at_most=5),
    retention.parked: lambda tx: retention.parked(tx, SHOP, before=5, at_most=5),
    retention.tag_changes: lambda tx: retention.tag_changes(tx, SHOP, before=5, at_most=5),
    shops.add_model: lambda tx: shops.add_model(tx, SHOP, model=Model(number=9), now=1),
    shops.add_rules: lambda tx: shops.add_rules(tx, SHOP, chosen=Rules(number=9), now=1),
    shops.change: lambda tx: shops.change(tx, SHOP, tagging=True),
    shops.credentials: lambda tx: shops.credentials(tx, SHOP),
    shops.find: lambda tx: shops.find(tx, "oak-ltd.myshopify.com"),
    shops.get: lambda tx: shops.get(tx, SHOP),
    shops.grant: lambda tx: shops.grant(tx, SHOP, scopes="read_orders", at=9),
    shops.install: lambda tx: shops.install(
        tx, SHOP, given=shops.Credentials("t", None, None, None), scopes="read_orders", now=1
    ),
    shops.judging: lambda tx: shops.judging(tx, SHOP),
    shops.keep_tokens: lambda tx: shops.keep_tokens(
        tx, SHOP, given=shops.Credentials("t", None, None, None), scopes="read_orders", now=1, instead_of=1
    ),
    shops.know: lambda tx: shops.know(tx, "oak-ltd.myshopify.com"),
    shops.leave: lambda tx: shops.leave(tx, OTHER, now=1),
    shops.see: lambda tx: shops.see(tx, SHOP, seen=ShopSeen("Oak Ltd", "Europe/Brussels", "EUR", "fr", "basic"), at=1),
    states.give: lambda tx: states.give(tx, SHOP, state="s", expires_at=9, now=1),
    states.take: lambda tx: states.take(tx, SHOP, state="s", now=1),
    told.of_customer: lambda tx: told.of_customer(tx, SHOP, ["Customer/5"], named=[5]),
    tokens.begin: lambda tx: tokens.begin(tx, SHOP, pair=1, now=5, until=9),
    tokens.disconnect: lambda tx: tokens.disconnect(tx, SHOP, pair=1, reason="why"),
    tokens.end: lambda tx: tokens.end(tx, SHOP, pair=1, until=9),
    tokens.read: lambda tx: tokens.read(tx, SHOP),
    tokens.reseal: lambda tx: tokens.reseal(tx, SHOP, pair=1, token="t", refresh_token=None),
}
APART = {"engine", "metadata", "tables", "tables_of_requests", "migrate", "migrations"}


def public_functions() -> set[Callable[..., Any]]:
    """Every query function of plugin.db."""
    found = set()
    for module in pkgutil.iter_modules(plugin.db.__path__):
        if module.name not in APART:
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


def stored(shop: int, fact: OrderSeen, *, day: int) -> orders.Row:
    """An order as a webhook brought it."""
    return orders.row(shop, fact, day=day, ignored=0, triggered_at=1, read=False)


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
        customers.judged(tx, SHOP, rows, model=1, rules=1)
        customers.synced(
            tx, SHOP, [customers.Synced(key, row.kind if n % 9 else 0, []) for n, (key, row) in enumerate(rows)]
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
    from plugin.db.migrate import migrate

    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('plans')}/full.db")
    migrate(opened)
    crowded(opened)
    yield opened
    opened.close()


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
    assert public_functions() == set(CALLS)


@pytest.mark.parametrize("function", CALLS, ids=lambda one: f"{one.__module__.split('.')[-1]}.{one.__name__}")
def test_no_query_reads_a_whole_shop_unless_it_is_meant_to(full: Database, function: Callable[..., Any]) -> None:
    """The plan of each statement uses more of an index than the shop alone."""
    small = {"shops", "models", "rules", "imports", "bulks", "oauth_states"}
    for statement, values in statements_of(full, CALLS[function]):
        steps = [step for step in whole_shop_steps(full, statement, values) if step.split()[1] not in small]
        # The last number of a shop is the end of an index, not a scan of it.
        if steps and function not in WHOLE_SHOP | ALL_SHOPS and "max(" not in statement:
            pytest.fail(f"{statement}\n{steps}")


def test_only_one_module_crosses_shops() -> None:
    """Every other query takes the shop, right after the transaction."""
    for function in public_functions() - {shops.find, shops.know, inbox.accept}:
        if function.__module__ != "plugin.db.all_shops":
            assert list(inspect.signature(function).parameters)[:2] == ["tx", "shop"], function


@pytest.mark.parametrize("function", WHOLE_SHOP, ids=lambda one: one.__name__)
def test_the_list_of_whole_shop_queries_holds_no_others(full: Database, function: Callable[..., Any]) -> None:
    """A query that has learnt to use its index leaves the list."""
    assert any(whole_shop_steps(full, *sent) for sent in statements_of(full, CALLS[function]))
