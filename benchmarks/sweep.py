"""A shop's nights, and everybody judged anew: 260,000 customers, against scanning them and against only reading.

Thirty nights run on copies of one database: our sweep, and a plain scan of all customers in Python with one transaction
a night; both must leave the same customers. Judging anew follows new rules and is held against reading the same orders.
Each measurement is a process of its own, so that its peak memory is its own.
"""

import contextlib
import gc
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from benchmarks import bodies, shop
from benchmarks.filled import Filling, filled
from benchmarks.history import memory
from benchmarks.machine import cores, pin
from benchmarks.report import Report, Spread, arguments, show
from benchmarks.servers import ROOT, scratch
from plugin.core.causes import ruled
from plugin.core.certainty import certainty
from plugin.core.model import Model
from plugin.core.moments import day_of
from plugin.core.verdict import Kind
from plugin.db import orders, shops
from plugin.db.tables import rules
from plugin.services import Calendar, Services
from plugin.usecases.rejudge import ORDERS_AT_ONCE, judge_all
from plugin.usecases.sweep import sweep

NUMBER = 1  # of the only shop
SIZE = Filling(orders=740_000, customers=279_800)  # of whom 260,000 ordered
QUICK = Filling(orders=70_000, customers=26_500)
NIGHTS = 30
A_DAY = 86_400_000
LEFT = "customer, kind, since, lapsed, tens, tens_fall_on, rules"


class Timed(NamedTuple):
    """One measurement: seconds (of all nights), memory in MiB, and how many customers it judged, changed or read."""

    seconds: float
    memory: float
    customers: int


class DifferentError(Exception):
    """The sweep and the scan left different customers."""


class Standing(Calendar):
    """The shops' calendar, which stands still so many days after the last order."""

    def __init__(self, days: int) -> None:
        self.at = int(bodies.LAST_DAY.timestamp() * 1000) + days * A_DAY

    def now(self) -> int:
        return self.at


class Row(NamedTuple):
    """A customer as the scan reads them."""

    customer: str
    kind: int
    lapse_on: int | None
    tens: int
    tens_fall_on: int | None
    last_day: int | None
    weight: float
    usual_gap: float


def prepare(database: Path) -> Timed:
    """Everybody is judged on the day of the last order, and every tag says so."""
    services = opened(database)
    services.calendar = Standing(0)
    customers = judge_all(services, NUMBER, cause=ruled(1))
    with services.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE customers SET kind_at_shop = kind")
    services.close()
    return Timed(0, peak(), customers)


def nights(database: Path) -> Timed:
    """Our sweep, night after night."""
    services = opened(database)
    began = time.perf_counter()
    for night in range(1, NIGHTS + 1):
        services.calendar = Standing(night)
        sweep(services, NUMBER)
    took = time.perf_counter() - began
    services.close()
    return Timed(took, peak(), 0)


def scanned(database: Path) -> Timed:
    """Every customer read every night; who changed is written."""
    services = opened(database)
    with services.database.read() as tx:
        model, _ = shops.judging(tx, NUMBER)
        zone = ZoneInfo(shops.get(tx, NUMBER).zone)
    services.close()
    changed = 0
    began = time.perf_counter()
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        for night in range(1, NIGHTS + 1):
            with connection:
                changed += scan(connection, model, day_of(Standing(night).now(), zone))
    return Timed(time.perf_counter() - began, peak(), changed)


def scan(connection: sqlite3.Connection, model: Model, today: int) -> int:
    """One night."""
    turned, fell = [], []
    columns = ", ".join(Row._fields)
    for row in map(Row._make, connection.execute(f"SELECT {columns} FROM customers WHERE shop = ?", (NUMBER,))):
        if row.kind == Kind.CLIENT and row.lapse_on is not None and row.lapse_on <= today:
            turned.append((row.lapse_on, NUMBER, row.customer))
        sure = certainty(row, model, today)
        if sure != (row.tens, row.tens_fall_on):
            fell.append((*sure, NUMBER, row.customer))
    where = "WHERE shop = ? AND customer = ?"
    connection.executemany(f"UPDATE customers SET kind = 1, since = ?, lapsed = 1, cause = 'lapse' {where}", turned)
    connection.executemany(f"UPDATE customers SET tens = ?, tens_fall_on = ? {where}", fell)
    return len(turned) + len(fell)


def judged(database: Path) -> Timed:
    """Everybody by new rules: a client has ordered three times."""
    services = opened(database)
    services.calendar = Standing(0)
    with services.database.write() as tx:
        tx.run(sa.insert(rules).values(shop=NUMBER, number=2, made_at=1, settings='{"occasions": 3}'))
        shops.change(tx, NUMBER, rules=2)
    began = time.perf_counter()
    customers = judge_all(services, NUMBER, cause=ruled(2))
    took = time.perf_counter() - began
    services.close()
    return Timed(took, peak(), customers)


def read(database: Path) -> Timed:
    """The same orders in the same portions, and nothing else."""
    services = opened(database)
    began = time.perf_counter()
    after, total = "", 0
    while True:
        with services.database.read() as tx:
            some = orders.after(tx, NUMBER, after, at_most=ORDERS_AT_ONCE)
        if not some:
            break
        total += len(some)
        after = next(reversed(some))
    took = time.perf_counter() - began
    services.close()
    return Timed(took, peak(), total)


MEASURES: dict[str, Callable[[Path], Timed]] = {
    "prepare": prepare, "nights": nights, "scan": scanned, "judge": judged, "read": read,
}  # fmt: skip
TITLES = {
    "nights": f"Regulars: {NIGHTS} nights",
    "scan": f"every customer read, {NIGHTS} nights",
    "judge": "Regulars: judged anew",
    "read": "their orders only read",
}


def peak() -> float:
    """The most memory this process held, in MiB; what a program before it held, its parent's too, is not counted."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return memory()
    return next(int(line.split()[1]) / 2**10 for line in lines if line.startswith("VmHWM"))


def opened(database: Path) -> Services:
    services = shop.services(database)
    gc.collect()
    gc.freeze()  # as the server does when it has started
    return services


def state(database: Path) -> set[tuple[object, ...]]:
    """The customers, by what a night changes."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return set(connection.execute(f"SELECT {LEFT} FROM customers"))


def apart(measure: str, database: Path) -> Timed:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.sweep", "--measure", measure, "--database", str(database)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(*json.loads(done.stdout.splitlines()[-1]))


def rounds_of(size: Filling, rounds: int) -> Iterator[tuple[str, Timed]]:
    """Every measurement on copies of one database; what sweep and scan left is compared."""
    with scratch() as place:
        source = place / "source.sqlite"
        shutil.copy(filled(size), source)
        yield "prepare", apart("prepare", source)
        for _ in range(rounds):
            for measure in TITLES:
                shutil.copy(source, place / f"{measure}.sqlite")
                yield measure, apart(measure, place / f"{measure}.sqlite")
            if state(place / "nights.sqlite") != state(place / "scan.sqlite"):
                raise DifferentError("the sweep and the scan left different customers")


def parser() -> ArgumentParser:
    made = arguments("sweep", __doc__)
    made.add_argument("--rounds", type=int, help="how often each is measured (3; quick: 1)")
    made.add_argument("--measure", choices=MEASURES, help="only this, in this process, on --database")
    made.add_argument("--database", type=Path)
    return made


def main() -> None:
    args = parser().parse_args()
    pin(cores()[0])
    if args.measure:
        print(json.dumps(MEASURES[args.measure](args.database)))
        return
    timed: dict[str, list[Timed]] = {}
    for measure, found in rounds_of(QUICK if args.quick else SIZE, args.rounds or (1 if args.quick else 3)):
        timed.setdefault(measure, []).append(found)
    customers = timed["prepare"][0].customers
    report = Report("sweep")
    for measure, title in TITLES.items():
        times = NIGHTS if measure in {"nights", "scan"} else 1
        report.rows.append({
            "variant": title,
            "customers": customers,
            "seconds": Spread.of(one.seconds for one in timed[measure]),
            "ms a night": Spread.of(one.seconds / NIGHTS * 1000 for one in timed[measure]) if times > 1 else "",
            "customers/s": Spread.of(customers * times / one.seconds for one in timed[measure]),
            "peak MiB": Spread.of(one.memory for one in timed[measure]),
        })  # fmt: skip
    seconds = {measure: Spread.of(one.seconds for one in timed[measure]).median for measure in TITLES}
    report.ratios["scan"] = seconds["scan"] / seconds["nights"]
    report.ratios["read_only"] = seconds["judge"] / seconds["read"]
    changes = timed["scan"][0].customers
    report.remarks.append(f"In {NIGHTS} nights {changes:,} times a customer lapsed, or the certainty of one fell.")
    show(report, as_json=args.json)


if __name__ == "__main__":
    main()
