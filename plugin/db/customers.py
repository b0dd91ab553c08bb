"""Customers: the verdict on each; what our tag says at the shop is in `tagging`, objections are in `objections`."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import text

from plugin.core.causes import LAPSE
from plugin.core.certainty import Certainty
from plugin.core.verdict import Verdict
from plugin.db import figures
from plugin.db.engine import Tx

_VERDICT = (
    "kind, provisional, since, lapse_on, lapsed, occasions, weight, usual_gap, first_day, last_day, counted, ignored,"
    " model, rules, tens, tens_fall_on"
)
_NAMES = [name.strip() for name in _VERDICT.split(",")]
_KEPT = _NAMES.index("model")

# What an override says is kept as it is, whatever the orders say.
_BY_OVERRIDE = {"kind", "since", "lapse_on", "lapsed"}
_TURNS = "customers.override IS NULL AND customers.kind <> excluded.kind"


def _stored_anew(name: str) -> str:
    if name not in _BY_OVERRIDE:
        return f"{name} = excluded.{name}"
    return f"{name} = CASE WHEN customers.override IS NULL THEN excluded.{name} ELSE customers.{name} END"


_JUDGED = text(
    f"INSERT INTO customers (shop, customer, {_VERDICT}, cause)"
    f" VALUES (:shop, :customer, {', '.join(':' + n for n in _NAMES)}, :cause)"
    f" ON CONFLICT (shop, customer) DO UPDATE SET {', '.join(map(_stored_anew, _NAMES))},"
    f" cause = CASE WHEN {_TURNS} THEN excluded.cause ELSE customers.cause END,"
    # What was undone is written again only when it would be something else.
    f" held = CASE WHEN {_TURNS} AND customers.held = 'undone' THEN NULL ELSE customers.held END"
    # Who objects has no verdict, whoever judges and for whatever reason.
    " WHERE NOT (customers.objects OR customers.sale_opt_out)"
)
_SWEEP = text(
    f"UPDATE customers SET kind = 1, since = lapse_on, lapsed = TRUE, cause = '{LAPSE}',"
    " held = CASE WHEN held = 'undone' THEN NULL ELSE held END"
    " WHERE shop = :shop AND kind = 2 AND lapse_on <= :today"
)
_KINDS = text("SELECT kind, count(*) FROM customers WHERE shop = :shop AND customer >= 'Customer/' GROUP BY kind")
_SUCH = "SELECT customer FROM customers WHERE shop = :shop AND kind = :kind AND lapsed = :lapsed"
_LATEST = text(f"{_SUCH} AND customer >= 'Customer/' ORDER BY since DESC, customer LIMIT 1")
_STRONGEST = text(f"{_SUCH} AND customer >= 'Customer/' ORDER BY weight DESC, customer LIMIT 1")


_FALLING = text(
    "SELECT customer, last_day, weight, usual_gap FROM customers WHERE shop = :shop AND tens_fall_on <= :today"
    " ORDER BY tens_fall_on LIMIT :at_most"
)
_FELL = text("UPDATE customers SET tens = :tens, tens_fall_on = :fall_on WHERE shop = :shop AND customer = :customer")


def in_the_next_sweep(verdict: Verdict) -> Certainty:
    """For who has no certainty at hand: the next sweep works it out."""
    return Certainty(0, None if verdict.last_day is None else 0)


def judged(
    tx: Tx,
    shop: int,
    verdicts: Iterable[tuple[str, Verdict]],
    *,
    model: int,
    rules: int,
    cause: str,
    certainty: Callable[[Verdict], Certainty] = in_the_next_sweep,
) -> None:
    """Keeps verdicts with the numbers of the model and the rules that made them, and why they were made anew."""
    tx.each(
        _JUDGED,
        # A verdict's fields are the columns, in their order, up to what the stored orders tell again.
        [
            (shop, customer, *verdict[:_KEPT], model, rules, *certainty(verdict), cause)
            for customer, verdict in verdicts
        ],
    )
    figures.age(tx, shop)


def sweep(tx: Tx, shop: int, *, today: int) -> int:
    """Makes buyers of the clients whose lapse day has come; returns how many. The day has figures of its own."""
    figures.age(tx, shop)
    return tx.run(_SWEEP, {"shop": shop, "today": today}).rowcount


class Falling(NamedTuple):
    """A customer whose certainty is lower than the one kept, and what it rests on."""

    customer: str
    last_day: int
    weight: float
    usual_gap: float


def falling(tx: Tx, shop: int, *, today: int, at_most: int) -> list[Falling]:
    """The next customers whose certainty has fallen by itself."""
    return list(map(Falling._make, tx.rows(_FALLING, shop, today, at_most)))


def fell(tx: Tx, shop: int, fallen: Iterable[tuple[str, Certainty]]) -> None:
    """Keeps what it is now."""
    tx.each(_FELL, [(*certainty, shop, customer) for customer, certainty in fallen])


class Kinds(NamedTuple):
    """How many customers are what."""

    none: int
    buyers: int
    clients: int


def kinds(tx: Tx, shop: int) -> Kinds:
    """How many customers are what; a whole-shop count."""
    counted: dict[int, int] = dict(tx.rows(_KINDS, shop))
    return Kinds(*(counted.get(kind, 0) for kind in range(3)))


def examples(tx: Tx, shop: int) -> list[str]:
    """The newest and the strongest client, lapsed client and buyer; whole-shop sorts."""
    sorts = ((2, False), (1, True), (1, False))
    found = [row[0] for sort in sorts for best in (_LATEST, _STRONGEST) for row in tx.rows(best, shop, *sort)]
    return list(dict.fromkeys(found))


_WITHOUT_ORDERS = text(
    "SELECT customer FROM customers WHERE shop = :shop AND customer > :after"
    " AND (kind > 0 OR counted > 0 OR ignored > 0 OR earlier > 0)"
    " AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.shop = customers.shop AND orders.customer = customers.customer)"
    " AND NOT EXISTS"
    " (SELECT 1 FROM orders WHERE orders.shop = customers.shop AND orders.ordered_by = customers.customer)"
    " ORDER BY customer LIMIT :at_most"
)


def without_orders(tx: Tx, shop: int, after: str, *, at_most: int) -> list[str]:
    """The next customers in order of key whose verdict rests on orders that are not theirs any more, or not shown."""
    return [row[0] for row in tx.rows(_WITHOUT_ORDERS, shop, after, at_most)]
