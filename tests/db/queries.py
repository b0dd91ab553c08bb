"""A call of every query of plugin.db, and which of them may read a whole shop."""

from collections.abc import Callable
from typing import Any

from plugin.core.certainty import Certainty
from plugin.core.earlier import Earlier
from plugin.core.facts import ConsentSeen, OrderSeen, PrivacyAsked, ShopSeen
from plugin.core.model import Model, Rules
from plugin.core.reconciling import Mended
from plugin.core.undo import Span
from plugin.core.undo_words import Counted
from plugin.core.verdict import Kind, Verdict
from plugin.db import (
    all_shops,
    consents,
    customers,
    earlier,
    erase,
    erased,
    imports,
    inbox,
    ledger,
    ledger_listed,
    looks,
    merges,
    names,
    objections,
    orders,
    privacy,
    reconciliations,
    retention,
    shops,
    states,
    tagging,
    tokens,
    told,
    undos,
    vetoes,
)
from plugin.db.engine import Tx
from tests.db.queries_of_figures import OF_FIGURES

SHOP, OTHER, BARE, ROWS = 1, 2, 3, 100_000
FACT = OrderSeen(
    5, "#5", "Customer/5", None, 1, 1, False, False, "paid", False, 100, 100, 0, 0, 100, 1, False, False, b""
)
VERDICT = Verdict(Kind.BUYER, True, 1, None, False, 1, 1.0, 60.0, 1, 1, 1, 0)
CHANGE = ledger.Change("Customer/5", "add", "buyer", 1, 1, 1, "orders")

# Queries that read a whole shop on purpose: for a person who looks now and then, or once after an import.
WHOLE_SHOP = {
    tagging.count_refused, customers.examples, customers.kinds, inbox.counts, tagging.release, ledger.states,
    looks.ask_refused, orders.count, erased.count, erased.everyone, erase.shop_itself, privacy.listed,
    retention.answers,
}  # fmt: skip
# These ask every shop whether it has work; each answer is one index look-up.
ALL_SHOPS = {
    all_shops.with_deliveries, all_shops.to_import, all_shops.to_rejudge, all_shops.installed, all_shops.to_sync,
    all_shops.to_figure, all_shops.with_requests, all_shops.forget_audit,
    all_shops.with_tokens, all_shops.with_marks,
}  # fmt: skip

Call = Callable[[Tx], object]
CALLS: dict[Callable[..., Any], Call] = {
    **OF_FIGURES,
    all_shops.beat: lambda tx: all_shops.beat(tx, now=5),
    all_shops.reconcile_everywhere: all_shops.reconcile_everywhere,
    all_shops.forget_audit: lambda tx: all_shops.forget_audit(tx, before=5),
    all_shops.installed: all_shops.installed,
    all_shops.to_forget: lambda tx: all_shops.to_forget(tx, now=5),
    all_shops.with_requests: all_shops.with_requests,
    all_shops.to_import: all_shops.to_import,
    all_shops.to_rejudge: all_shops.to_rejudge,
    all_shops.to_reconcile: lambda tx: all_shops.to_reconcile(tx, now=5),
    all_shops.to_renew: lambda tx: all_shops.to_renew(tx, before=5),
    all_shops.to_sweep: lambda tx: all_shops.to_sweep(tx, now=5),
    all_shops.to_sync: all_shops.to_sync,
    all_shops.with_marks: all_shops.with_marks,
    all_shops.with_tokens: all_shops.with_tokens,
    all_shops.with_deliveries: lambda tx: all_shops.with_deliveries(tx, now=5),
    consents.keep: lambda tx: consents.keep(tx, SHOP, [ConsentSeen("Customer/5", "email", "subscribed", 1)]),
    consents.of_customer: lambda tx: consents.of_customer(tx, SHOP, "Customer/5"),
    tagging.count_stuck: lambda tx: tagging.count_stuck(tx, SHOP),
    tagging.count_refused: lambda tx: tagging.count_refused(tx, SHOP),
    tagging.count_tagged: lambda tx: tagging.count_tagged(tx, SHOP, at_most=5),
    tagging.count_left: lambda tx: tagging.count_left(tx, SHOP),
    tagging.count_to_clear: lambda tx: tagging.count_to_clear(tx, SHOP),
    tagging.count_to_sync: lambda tx: tagging.count_to_sync(tx, SHOP),
    customers.examples: lambda tx: customers.examples(tx, SHOP),
    tagging.found: lambda tx: tagging.found(tx, SHOP, [("Customer/5", ["client"])]),
    tagging.hold: lambda tx: tagging.hold(tx, SHOP, ["Customer/5"], reason=None),
    customers.judged: lambda tx: customers.judged(
        tx, SHOP, [("Customer/5", VERDICT)], model=1, rules=1, cause="orders"
    ),
    tagging.inherit: lambda tx: tagging.inherit(
        tx, SHOP, gone="Customer/6", kept="Customer/5", ours={"buyer"}, found=None
    ),
    names.adopt: lambda tx: names.adopt(tx, SHOP, [names.Adopted("Customer/5", 1, ["buyer"], [])]),
    names.carried: lambda tx: names.carried(tx, SHOP),
    names.carriers: lambda tx: names.carriers(tx, SHOP, "Customer/5", at_most=5),
    merges.followed: lambda tx: merges.followed(tx, SHOP, ["Customer/5", "Customer/6"]),
    merges.merge: lambda tx: merges.merge(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    tagging.release: lambda tx: tagging.release(tx, SHOP),
    customers.kinds: lambda tx: customers.kinds(tx, SHOP),
    customers.falling: lambda tx: customers.falling(tx, SHOP, today=5, at_most=5),
    customers.fell: lambda tx: customers.fell(tx, SHOP, [("Customer/5", Certainty(3, 40))]),
    customers.sweep: lambda tx: customers.sweep(tx, SHOP, today=5),
    tagging.differing: lambda tx: tagging.differing(tx, SHOP, ["Customer/5"]),
    tagging.sync_of: lambda tx: (
        tagging.sync_of(tx, SHOP, ["Customer/5"]),
        tagging.sync_of(tx, SHOP, ["Customer/5"], free=True),
    ),
    tagging.synced: lambda tx: tagging.synced(tx, SHOP, [tagging.Synced("Customer/5", 1, ["buyer"])]),
    tagging.waits: lambda tx: tagging.waits(tx, SHOP, cause="import 5"),
    tagging.to_clear: lambda tx: tagging.to_clear(tx, SHOP, at_most=5),
    tagging.to_sync: lambda tx: tagging.to_sync(tx, SHOP, at_most=5),
    customers.without_orders: lambda tx: customers.without_orders(tx, SHOP, "Customer/5", at_most=5),
    earlier.hand_on: lambda tx: earlier.hand_on(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    earlier.held: lambda tx: earlier.held(tx, SHOP, ["Customer/5", "Customer/6"]),
    earlier.keep: lambda tx: earlier.keep(tx, SHOP, [("Customer/5", Earlier(2, 1, 5)), ("Customer/6", None)]),
    earlier.of_customers: lambda tx: earlier.of_customers(tx, SHOP, ["Customer/5", "Customer/6"]),
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
    imports.under_way: lambda tx: imports.under_way(tx, SHOP),
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
    ledger_listed.listed: lambda tx: [
        ledger_listed.listed(tx, SHOP, wanted, ledger_listed.END, newer=newer, at_most=50)
        for newer in (False, True)
        for wanted in (
            ledger_listed.Wanted(),
            ledger_listed.Wanted(customer="Customer/5"),
            ledger_listed.Wanted(cause="orders"),
            ledger_listed.Wanted(state="failed"),
            ledger_listed.Wanted(state="intended"),
            ledger_listed.Wanted(since=1, until=2),
        )
    ],
    ledger.intend: lambda tx: ledger.intend(tx, SHOP, [CHANGE], now=1),
    ledger.left_open: lambda tx: ledger.left_open(tx, SHOP),
    ledger.of_bulk: lambda tx: ledger.of_bulk(tx, SHOP, 1),
    ledger.of_customer: lambda tx: ledger.of_customer(tx, SHOP, "Customer/5"),
    ledger.open_bulk: lambda tx: ledger.open_bulk(tx, SHOP),
    ledger.plan_bulk: lambda tx: ledger.plan_bulk(tx, SHOP, action="add", now=1),
    ledger.set_bulk: lambda tx: ledger.set_bulk(tx, SHOP, 1, state="done", operation=None),
    ledger.settle: lambda tx: ledger.settle(tx, SHOP, [(5, "done", None)], now=1),
    ledger.withdraw: lambda tx: ledger.withdraw(tx, SHOP, [5]),
    ledger.resolve: lambda tx: ledger.resolve(tx, SHOP, [(5, "done", "why")], now=1),
    ledger.unknown_of: lambda tx: ledger.unknown_of(tx, SHOP, ["Customer/5"]),
    ledger.still_open: lambda tx: ledger.still_open(tx, SHOP, [5]),
    ledger.under_way: lambda tx: ledger.under_way(tx, SHOP, ["Customer/5"]),
    looks.anew: lambda tx: looks.anew(tx, SHOP, ["Customer/5"], now=1),
    looks.ask: lambda tx: looks.ask(tx, SHOP, ["Customer/5"], now=1),
    looks.ask_refused: lambda tx: looks.ask_refused(tx, SHOP, now=1),
    looks.forget: lambda tx: looks.forget(tx, SHOP, ["Customer/5"]),
    looks.due: lambda tx: looks.due(tx, SHOP, at_most=5),
    looks.seen: lambda tx: looks.seen(tx, SHOP, [looks.Looked("Customer/5", 1, None, ["buyer"], [], None)], now=1),
    looks.standing: lambda tx: looks.standing(tx, SHOP, ["Customer/5"]),
    vetoes.count_lost: lambda tx: vetoes.count_lost(tx, SHOP, since=5),
    vetoes.lost: lambda tx: vetoes.lost(tx, SHOP, since=5, at_most=5),
    vetoes.count: lambda tx: vetoes.count(tx, SHOP),
    vetoes.hand_on: lambda tx: vetoes.hand_on(tx, SHOP, gone="Customer/9", kept="Customer/8"),
    vetoes.lift: lambda tx: vetoes.lift(tx, SHOP, ["Customer/5"]),
    vetoes.listed: lambda tx: vetoes.listed(tx, SHOP, after="", at_most=5),
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
    reconciliations.begin: lambda tx: reconciliations.begin(tx, SHOP, why="night", since=1, as_of=2, now=2),
    reconciliations.count: lambda tx: reconciliations.count(tx, SHOP, 1, Mended(missing=1)),
    reconciliations.due: lambda tx: reconciliations.due(tx, SHOP),
    reconciliations.end: lambda tx: reconciliations.end(tx, SHOP, reason="why", now=1),
    reconciliations.known: lambda tx: reconciliations.known(tx, SHOP, [5, 6]),
    reconciliations.last: lambda tx: reconciliations.last(tx, SHOP),
    reconciliations.last_done: lambda tx: reconciliations.last_done(tx, SHOP),
    reconciliations.missed: lambda tx: reconciliations.missed(tx, SHOP, at=5),
    reconciliations.opted_out: lambda tx: reconciliations.opted_out(tx, SHOP, ["Customer/5"]),
    reconciliations.orders_after: lambda tx: reconciliations.orders_after(tx, SHOP, 5, at_most=5),
    reconciliations.progress: lambda tx: reconciliations.progress(tx, SHOP, 1, stage="done"),
    reconciliations.to_be_read: lambda tx: reconciliations.to_be_read(tx, SHOP, ["Customer/5"], since=1),
    retention.old_reconciliations: lambda tx: retention.old_reconciliations(tx, SHOP, before=5, at_most=5),
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
    undos.begin: lambda tx: undos.begin(tx, SHOP, Span(5), Counted(1, 1, 0, 0), step="each", now=1),
    undos.causes: lambda tx: undos.causes(tx, SHOP),
    undos.count_held: lambda tx: undos.count_held(tx, SHOP),
    undos.free: lambda tx: undos.free(tx, SHOP, "Customer/5"),
    undos.get: lambda tx: undos.get(tx, SHOP, 1),
    undos.hold: lambda tx: undos.hold(tx, SHOP, ["Customer/5"]),
    ledger.last: lambda tx: ledger.last(tx, SHOP),
    undos.leave: lambda tx: undos.leave(tx, SHOP, [undos.Stands("Customer/5", 1, ["buyer"], None)]),
    undos.lift: lambda tx: undos.lift(tx, SHOP, 1, ["Customer/5"]),
    undos.lines_of: lambda tx: undos.lines_of(tx, SHOP, ["Customer/5", "Customer/6"]),
    undos.listed: lambda tx: undos.listed(tx, SHOP, at_most=5),
    undos.move: lambda tx: undos.move(tx, SHOP, 1, state="done", step="each", after=undos.Place()),
    undos.standing: lambda tx: undos.standing(tx, SHOP, ["Customer/5", "Customer/6"]),
    undos.touched: lambda tx: [
        undos.touched(tx, SHOP, span, undos.Place(), at_most=50)
        for span in (
            Span(ROWS, customer="Customer/5"),
            Span(ROWS, cause="orders"),
            Span(ROWS, since=1, until=2),
            Span(ROWS),
        )
    ],
    undos.under_way: lambda tx: undos.under_way(tx, SHOP),
    retention.old_undos: lambda tx: retention.old_undos(tx, SHOP, before=5, at_most=5),
    told.of_customer: lambda tx: told.of_customer(tx, SHOP, ["Customer/5"], named=[5]),
    tokens.begin: lambda tx: tokens.begin(tx, SHOP, pair=1, now=5, until=9),
    tokens.disconnect: lambda tx: tokens.disconnect(tx, SHOP, pair=1, reason="why"),
    tokens.end: lambda tx: tokens.end(tx, SHOP, pair=1, until=9),
    tokens.readable: lambda tx: tokens.readable(tx, SHOP, pair=1, reason="why"),
    tokens.read: lambda tx: tokens.read(tx, SHOP),
    tokens.reseal: lambda tx: tokens.reseal(tx, SHOP, pair=1, token="t", refresh_token=None),
}


def stored(shop: int, fact: OrderSeen, *, day: int) -> orders.Row:
    """An order as a webhook brought it."""
    return orders.row(shop, fact, day=day, ignored=0, triggered_at=1, read=False)
