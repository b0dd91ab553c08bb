"""A shop's whole history: bulk export lines to stored verdicts, against decoding the same lines and nothing else.

What is timed is what the import does once Shopify's file is there: reading, keeping a million orders, the planner's
figures, judging every customer. Each measurement is a process of its own, so that its peak memory is its own.
"""

import gc
import json
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks import shop
from benchmarks.exported import exported
from benchmarks.machine import cores, pin
from benchmarks.report import Report, Spread, arguments, show
from benchmarks.servers import ROOT, scratch
from plugin.core.causes import imported
from plugin.db import imports, shops
from plugin.shopify.history_lines import ItemLine, OrderLine
from plugin.usecases.read_history import Reading
from plugin.usecases.rejudge import judge_all

CHILD = b'"__parentId"'


class Timed(NamedTuple):
    """One measurement: seconds (`reading` of which are reading and keeping), memory in MiB, what came out."""

    seconds: float
    reading: float
    memory: float
    orders: int
    lines: int
    customers: int


class IncompleteError(Exception):
    """Fewer orders were kept than the file holds."""


def decode(export: Path, _: Path) -> Timed:
    """Every line into the typed value that the import reads, which is then dropped."""
    order, item = msgspec.json.Decoder(OrderLine).decode, msgspec.json.Decoder(ItemLine).decode
    orders = items = 0
    began = time.perf_counter()
    for line in lines(export):
        if CHILD in line:
            item(line)
            items += 1
        else:
            order(line)
            orders += 1
    took = time.perf_counter() - began
    return Timed(took, took, memory(), orders, orders + items, 0)


def keep_and_judge(export: Path, database: Path) -> Timed:
    """The import's own steps on an empty database."""
    services = shop.services(database)
    number = shop.installed(services.database)
    with services.database.write() as tx:
        imports.begin(tx, number, orders_operation="", customers_operation="", now=services.now())
        known, running = shops.get(tx, number), imports.last(tx, number)
    assert running is not None
    gc.collect()
    gc.freeze()  # as the server does when it has started
    began = time.perf_counter()
    Reading(services, known, running).orders(lines(export))
    read = time.perf_counter() - began
    services.database.optimize()
    customers = judge_all(services, number, cause=imported(1))
    took = time.perf_counter() - began
    with services.database.read() as tx:
        finished = imports.last(tx, number)
    services.close()
    assert finished is not None
    return Timed(took, read, memory(), finished.orders, finished.lines, customers)


MEASURES: dict[str, Callable[[Path, Path], Timed]] = {"decode": decode, "import": keep_and_judge}


def lines(export: Path) -> Iterator[bytes]:
    """The lines of the file, without their ends."""
    with export.open("rb", buffering=1 << 18) as file:
        for line in file:
            yield line[:-1]


def memory() -> float:
    """The most memory this process ever held, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def apart(measure: str, export: Path) -> Timed:
    """One measurement in a process of its own."""
    with scratch() as place:
        words = ["--measure", measure, "--export", str(export), "--database", str(place / "regulars.sqlite")]
        command = [sys.executable, "-m", "benchmarks.history", *words]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Timed(**json.loads(done.stdout.splitlines()[-1]))


def parser() -> ArgumentParser:
    made = arguments("history", __doc__)
    made.add_argument("--orders", type=int, help="how many orders (1000000; quick: 100000)")
    made.add_argument("--rounds", type=int, default=1, help="how often it is imported; decoded thrice as often")
    made.add_argument("--measure", choices=MEASURES, help="only this, in this process, on --export and --database")
    made.add_argument("--export", type=Path)
    made.add_argument("--database", type=Path)
    return made


def main() -> None:
    args = parser().parse_args()
    pin(cores()[0])
    if args.measure:
        print(json.dumps(MEASURES[args.measure](args.export, args.database)._asdict()))
        return
    export = exported(args.orders or (100_000 if args.quick else 1_000_000))
    timed: dict[str, list[Timed]] = {"decode": [], "import": []}
    for measure in ("decode", "import", "decode", "decode") * args.rounds:
        timed[measure].append(apart(measure, export))
    if any(one.orders != timed["decode"][0].orders for one in timed["import"]):
        raise IncompleteError(f"{timed['import']} of {timed['decode'][0].orders} orders were kept")
    report = Report("history")
    titles = {"decode": "msgspec decoding alone", "import": "Regulars: import to stored verdicts"}
    report.rows = [
        {
            "variant": titles[measure],
            "orders": found[0].orders,
            "lines": found[0].lines,
            "customers": found[0].customers,
            "seconds": Spread.of(one.seconds for one in found),
            "of it reading": Spread.of(one.reading for one in found),
            "orders/s": Spread.of(one.orders / one.seconds for one in found),
            "peak MiB": Spread.of(one.memory for one in found),
        }
        for measure, found in timed.items()
    ]
    decoding, importing = (Spread.of(one.seconds for one in timed[name]).median for name in ("decode", "import"))
    report.ratios["decode_only"] = importing / decoding
    report.remarks.append(f"The export: {export.stat().st_size / 2**20:,.0f} MiB.")
    show(report, as_json=args.json)


if __name__ == "__main__":
    main()
