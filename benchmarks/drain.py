"""Deliveries a second from inbox to stored verdicts: our drain against an ORM with one transaction an order.

Both work off the same deliveries on copies of the same database, with 70,000 and with 1,000,000 orders stored, on one
core; afterwards every verdict in both must be the same.
"""

import contextlib
import gc
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import shop
from benchmarks.filled import WAITING, Filling, filled
from benchmarks.machine import cores, pin
from benchmarks.peers.drain_orm import OrmDrain
from benchmarks.report import Report, Spread, arguments, show
from benchmarks.servers import scratch
from plugin.db import inbox, shops
from plugin.usecases.drain_inbox import drain_inbox

NUMBER = 1  # of the only shop
SIZES = {"70k": (70_000, 23_570), "1m": (1_000_000, 351_316)}  # orders, customers; both as in real histories
COMPARED = "customer, kind, lapse_on, occasions, weight, usual_gap, first_day, last_day, counted, ignored"


class Timed(NamedTuple):
    """One drain of all that waited; `cpu` in microseconds a delivery."""

    per_second: float
    cpu: float


class DifferentError(Exception):
    """The two ways came to different verdicts."""


def ours(database: Path) -> None:
    """Turn after turn of the use case, until nothing waits."""
    services = shop.services(database)
    gc.collect()
    gc.freeze()  # as the server does when it has started
    while drain_inbox(services, NUMBER) is not None:
        pass
    services.close()


def orm(database: Path) -> None:
    """The peer, with the same model, rules and day."""
    services = shop.services(database)
    with services.database.read() as tx:
        model, rules = shops.judging(tx, NUMBER)
        today = services.today(shops.get(tx, NUMBER))
        waiting = [one.webhook_id for one in inbox.take(tx, NUMBER, now=services.now(), at_most=1_000_000)]
    services.close()
    drain = OrmDrain(database, shop=NUMBER, model=model, rules=rules, today=today)
    drain.carry_out(waiting)
    drain.close()


WAYS: dict[str, Callable[[Path], None]] = {"ours": ours, "orm": orm}


def once(way: str, source: Path, target: Path, *, waiting: int) -> Timed:
    """Drain a fresh copy in which so many wait; all of them must be done."""
    shutil.copy(source, target)
    with contextlib.closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("DELETE FROM inbox WHERE webhook_id >= ?", (f"waiting-{waiting:08d}",))
    began, cpu = time.perf_counter(), time.process_time()
    WAYS[way](target)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    with contextlib.closing(sqlite3.connect(target)) as connection:
        done = connection.execute("SELECT count(*) FROM inbox WHERE state = ?", (inbox.DONE,)).fetchone()[0]
    if done != waiting:
        raise DifferentError(f"{way} carried out {done} of {waiting} deliveries")
    return Timed(per_second=waiting / took, cpu=1e6 * cpu / waiting)


def compare(one: Path, other: Path) -> None:
    """Raises unless both hold the same verdicts."""
    with contextlib.closing(sqlite3.connect(one)) as connection:
        connection.execute("ATTACH ? AS other", (str(other),))
        mine, theirs = f"SELECT {COMPARED} FROM main.customers", f"SELECT {COMPARED} FROM other.customers"
        for left, right in ((mine, theirs), (theirs, mine)):
            different = connection.execute(f"SELECT count(*) FROM ({left} EXCEPT {right})").fetchone()[0]
            if different:
                raise DifferentError(f"{different} customers were judged differently")


def measure(size: str, *, rounds: int, waiting: int) -> dict[str, list[Timed]]:
    """Both ways in turn on copies of the database of that size, in another order each round."""
    stored, customers = SIZES[size]
    source = filled(Filling(orders=stored, customers=customers))
    timed: dict[str, list[Timed]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        with scratch() as place:
            for way in random.Random(turn).sample(list(WAYS), len(WAYS)):
                timed[way].append(once(way, source, place / f"{way}.sqlite", waiting=waiting))
            compare(place / "ours.sqlite", place / "orm.sqlite")
    return timed


def row(size: str, way: str, timed: Sequence[Timed]) -> dict[str, Any]:
    """One line of the table."""
    titles = {"ours": "Regulars, batches of 500", "orm": "SQLAlchemy ORM, one order a transaction"}
    return {
        "variant": titles[way],
        "stored orders": SIZES[size][0],
        "deliveries/s": Spread.of(one.per_second for one in timed),
        "cpu us/delivery": Spread.of(one.cpu for one in timed),
    }


def main() -> None:
    parser = arguments("drain", __doc__)
    parser.add_argument("--rounds", type=int, help="how often each way runs (3; quick: 1)")
    parser.add_argument(
        "--waiting", type=int, help=f"deliveries to work off ({WAITING}, which is the most; quick: 1000)"
    )
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="how many orders are stored")
    args = parser.parse_args()
    pin(cores()[0])
    report = Report("drain")
    for size in args.sizes:
        timed = measure(
            size,
            rounds=args.rounds or (1 if args.quick else 3),
            waiting=args.waiting or (1000 if args.quick else WAITING),
        )
        report.rows += [row(size, way, timed[way]) for way in WAYS]
        ours_rate, orm_rate = (Spread.of(one.per_second for one in timed[way]).median for way in WAYS)
        report.ratios[f"orm_{size}"] = ours_rate / orm_rate
    show(report, as_json=args.json)


if __name__ == "__main__":
    main()
