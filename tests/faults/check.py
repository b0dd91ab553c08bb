"""What must hold after every fault, told from the simulated Shopify's own records and the app's database.

The database is read with plain SQL, and only when the fault is over; counting rules and verdicts are the journeys' own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from plugin.db.dialect import dialect_of, is_postgresql
from tests.journeys.shopify import OURS, ours_among
from tests.journeys.verdicts import wrong_tags

Row = Mapping[str, Any]
Ask = Callable[[str], list[Any]]  # the rows of a question in SQL


class Findings(NamedTuple):
    """What is wrong, in numbers, and a few words on each."""

    lost: int = 0  # deliveries that were answered with 200 and are not there, and orders the app does not know
    doubled: int = 0  # rows there twice, and tag writes that nobody needed
    foreign: int = 0  # customers whose other tags are not what they should be
    wrong: int = 0  # customers whose tag is not the verdict on their orders, and what was left undone
    words: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether there is nothing."""
        return not any(self[:4])


class Shopify(NamedTuple):
    """The shop as the simulated Shopify tells it."""

    customers: list[Row]
    orders: list[Row]
    writes: list[Row]
    accepted: set[str]  # ids of deliveries that were answered with 200, whoever sent them


class Deeds(NamedTuple):
    """What others did: the tags, not ours, that customers should have (absent: none), and ours as they left them."""

    foreign: Mapping[int, set[str]]
    vetoed: Mapping[int, set[str]]


def find(url: str, shopify: Shopify, deeds: Deeds, *, today: int, parked: int) -> Findings:
    """Everything that is wrong in the database at `url`; `parked`: how many deliveries should be."""
    foreign, vetoed = deeds
    engine = dialect_of(url).create(url)
    try:
        with engine.connect() as opened:
            opened.exec_driver_sql(dialect_of(url).begin_read)

            def ask(words: str) -> list[Any]:
                return list(opened.execute(sa.text(words)))

            lost = _lost(ask, shopify)
            doubled = [*_doubled_rows(ask), *_doubled_writes(ask, shopify.writes)]
            unasked = _vetoed_unasked(ask, vetoed)
            undone = [*_undone(ask, parked), *([] if is_postgresql(url) else _broken(ask))]
    finally:
        engine.dispose()
    touched = [
        f"{row['tags']} instead of {sorted(foreign.get(row['id'], ()))}"
        for row in shopify.customers
        if {tag for tag in row["tags"] if tag.casefold() not in OURS} != foreign.get(row["id"], set())
    ]
    ruled = [row for row in shopify.customers if row["id"] not in vetoed]
    wrong = [f"{tags} should be {wanted!r}" for tags, wanted, _ in wrong_tags(ruled, shopify.orders, today)]
    wrong += [
        f"{row['tags']} is not how the merchant left ours"
        for row in shopify.customers
        if ours_among(row["tags"]) != vetoed.get(row["id"], ours_among(row["tags"]))
    ]
    twice = [f"{row['tags']} has both" for row in shopify.customers if len(ours_among(row["tags"])) > 1]
    wrong += [*twice, *undone, *unasked]
    words = [f"{sort}: {', '.join(some[:3])}" for sort, some in _named(lost, doubled, touched, wrong) if some]
    return Findings(len(lost), len(doubled), len(touched), len(wrong), tuple(words))


def _named(*found: list[str]) -> Iterable[tuple[str, list[str]]]:
    return zip(("lost", "doubled", "foreign", "wrong"), found, strict=True)


def _lost(ask: Ask, shopify: Shopify) -> list[str]:
    kept = {row[0] for row in ask("SELECT webhook_id FROM inbox")}
    known = {row[0] for row in ask("SELECT id FROM orders WHERE NOT deleted")}
    lost = [f"delivery {one}" for one in sorted(shopify.accepted - kept)]
    return lost + [f"order {row['id']}" for row in shopify.orders if row["id"] not in known]


def _doubled_rows(ask: Ask) -> list[str]:
    """The primary keys forbid it, so this asks for what they let through: a body for which no delivery stands."""
    bodies = ask(
        "SELECT webhook_id FROM bodies WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.shop = bodies.shop"
        " AND inbox.webhook_id = bodies.webhook_id AND inbox.received_at = bodies.received_at)"
    )
    return [f"body of {row[0]}" for row in bodies]


def _doubled_writes(ask: Ask, writes: list[Row]) -> list[str]:
    """Tag writes that changed nothing, but for those whose earlier answer nobody heard; and those without a line."""
    unheard: Counter[tuple[str, str, str]] = Counter()
    lines: Counter[tuple[str, str, str]] = Counter()
    for customer, action, tag, state, count in ask(
        "SELECT customer, action, tag, state, count(*) FROM ledger GROUP BY customer, action, tag, state"
    ):
        lines[customer, action, tag] += count
        if state == "unknown":
            unheard[customer, action, tag] += count
    found = []
    for write in writes:
        for tag in write["tags"]:
            key = (f"Customer/{write['customer']}", write["action"], tag)
            if not write["heard"]:
                unheard[key] += 1
            elif tag not in write["changed"]:
                unheard[key] -= 1
                if unheard[key] < 0:
                    found.append(f"{write['action']} {tag} for {write['customer']} changed nothing")
            if tag in write["changed"]:
                lines[key] -= 1
                if lines[key] < 0:
                    found.append(f"{write['action']} {tag} for {write['customer']} stands in no ledger")
    return found


def _vetoed_unasked(ask: Ask, vetoed: Mapping[int, set[str]]) -> list[str]:
    """Customers the app leaves alone although nobody else touched our tags."""
    names = {f"Customer/{one}" for one in vetoed}
    rows = ask("SELECT customer, veto FROM customers WHERE veto IS NOT NULL")
    return [f"{customer} is vetoed ({veto})" for customer, veto in rows if customer not in names]


def _undone(ask: Ask, parked: int) -> list[str]:
    states = {row[0]: row[1] for row in ask("SELECT state, count(*) FROM inbox GROUP BY state")}
    ((intended,),) = ask("SELECT count(*) FROM ledger WHERE state = 'intended'")
    undone = [f"{states[0]} deliveries wait"] if states.get(0) else []
    undone += [f"{states.get(2, 0)} deliveries are parked, not {parked}"] if states.get(2, 0) != parked else []
    undone += [f"{intended} tag changes are neither done nor failed"] if intended else []
    return undone


def _broken(ask: Ask) -> list[str]:
    ((integrity,),) = ask("PRAGMA integrity_check(1)")
    return [f"the database is broken: {integrity}"] if integrity != "ok" else []
