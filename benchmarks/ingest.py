"""Durable webhooks a second: our door against the usual Flask receiver and Shopify's own Node library.

The server runs on one core and the load on another, 32 connections, round after round over all variants; every answer
200 must be a row on the disk, which is counted afterwards. Ours runs with its drain paused, because the peers only
keep what they get, and once more with the drain working beside the door.
"""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import ours
from benchmarks.bodies import SECRET
from benchmarks.load import DISTINCT, Load, load_from
from benchmarks.machine import cores, versions
from benchmarks.peers import flask_orm, node
from benchmarks.report import Report, Spread, arguments, show
from benchmarks.servers import cpu_seconds, free_port, running, scratch

MANY = 16_384  # distinct orders where the drain works: with fewer it would see little but repetitions


class Variant(NamedTuple):
    """A server under test: how it starts, and the table in which it keeps what it acknowledges."""

    name: str
    title: str
    command: Callable[[int, Path], list[str]]
    table: str = "deliveries"
    prepare: Callable[[Path], None] | None = None
    distinct: int = DISTINCT


class Round(NamedTuple):
    """One variant measured once; `cpu` is the server's, in microseconds a request."""

    load: Load
    kept: int
    cpu: float


class LostError(Exception):
    """A delivery was acknowledged and is not there."""


OURS = Variant(
    "ours",
    "Regulars, drain paused",
    lambda port, database: ours.command(port=port, database=database, drain=False),
    table="inbox",
    prepare=ours.prepare,
)
DRAINING = Variant(
    "ours_draining",
    "Regulars, drain working",
    lambda port, database: ours.command(port=port, database=database, drain=True),
    table="inbox",
    prepare=ours.prepare,
    distinct=MANY,
)
FLASK = Variant(
    "flask_orm",
    "Flask, gunicorn, SQLAlchemy ORM",
    lambda port, database: flask_orm.command(port=port, database=database, secret=SECRET),
)
NODE = Variant(
    "node_durable",
    "Shopify's library, better-sqlite3",
    lambda port, database: node.command(port=port, database=database, secret=SECRET),
)


def once(variant: Variant, *, seconds: float, warmup: float) -> Round:
    """Start it on an empty database, load it, stop it, count its rows."""
    server_core, load_core = cores()
    with scratch() as place:
        database, port = place / "deliveries.sqlite", free_port()
        if variant.prepare:
            variant.prepare(database)
        with running(variant.command(port, database), port=port, core=server_core) as pid:
            before = cpu_seconds(pid)
            load = load_from(load_core, port=port, seconds=seconds, warmup=warmup, distinct=variant.distinct)
            spent = cpu_seconds(pid) - before
        with contextlib.closing(sqlite3.connect(database)) as connection:
            kept = connection.execute(f"SELECT count(*) FROM {variant.table}").fetchone()[0]
    if kept < load.acknowledged:
        raise LostError(f"{variant.title}: {load.acknowledged} deliveries acknowledged, {kept} kept")
    return Round(load=load, kept=kept, cpu=1e6 * spent / max(load.acknowledged, 1))


def interleaved(variants: Sequence[Variant], *, rounds: int, seconds: float, warmup: float) -> dict[str, list[Round]]:
    """Every variant once a round, in another order each time: what disturbs the machine disturbs all alike."""
    measured: dict[str, list[Round]] = {variant.name: [] for variant in variants}
    for turn in range(rounds):
        for variant in random.Random(turn).sample(variants, len(variants)):
            measured[variant.name].append(once(variant, seconds=seconds, warmup=warmup))
    return measured


def row(variant: Variant, rounds: Sequence[Round]) -> dict[str, Any]:
    """One line of the table."""
    refused: dict[str, int] = {}
    for one in rounds:
        for status, count in one.load.refused.items():
            refused[status] = refused.get(status, 0) + count
    return {
        "variant": variant.title,
        "req/s": Spread.of(one.load.per_second for one in rounds),
        "p50 ms": Spread.of(one.load.p50 for one in rounds),
        "p99 ms": Spread.of(one.load.p99 for one in rounds),
        "max ms": max(one.load.longest for one in rounds),
        "cpu us/req": Spread.of(one.cpu for one in rounds),
        "client busy": Spread.of(one.load.busy for one in rounds),
        "kept": sum(one.kept for one in rounds),
        "acknowledged": sum(one.load.acknowledged for one in rounds),
        "not 200": " ".join(f"{status}:{count}" for status, count in sorted(refused.items())) or "0",
    }


def ratios(measured: dict[str, list[Round]]) -> dict[str, float]:
    """Ours over each peer: requests a second, and p99; peers that could not run are left out."""

    def median(name: str, field: str) -> float:
        return Spread.of(getattr(one.load, field) for one in measured[name]).median

    found = {}
    for peer, p99 in (("flask_orm", "p99_vs_flask_orm"), ("node_durable", "p99_vs_node")):
        if peer in measured and "ours" in measured:
            found[peer] = median("ours", "per_second") / median(peer, "per_second")
            found[p99] = median("ours", "p99") / median(peer, "p99")
    return found


def main() -> None:
    parser = arguments("ingest", __doc__)
    parser.add_argument("--rounds", type=int, help="how often each variant runs (5; quick: 1)")
    parser.add_argument("--seconds", type=float, help="how long it is timed each time (8; quick: 3)")
    parser.add_argument("--only", nargs="+", metavar="VARIANT", help="of ours, ours_draining, flask_orm, node_durable")
    args = parser.parse_args()
    report = Report("ingest")
    variants = [OURS, DRAINING, FLASK, NODE]
    try:
        report.versions = versions(node=node.version(node.install()))
    except node.NodeMissingError as missing:
        variants.remove(NODE)
        report.remarks.append(f"Without node_durable: {missing}.")
    if cores() == (None, None):
        report.remarks.append("Server and load shared their cores: this machine has one, or cannot pin.")
    variants = [variant for variant in variants if not args.only or variant.name in args.only]
    measured = interleaved(
        variants,
        rounds=args.rounds or (1 if args.quick else 5),
        seconds=args.seconds or (3.0 if args.quick else 8.0),
        warmup=1.0,
    )
    report.rows = [row(variant, measured[variant.name]) for variant in variants]
    report.ratios = ratios(measured)
    show(report, as_json=args.json)


if __name__ == "__main__":
    main()
