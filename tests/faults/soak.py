"""`make soak`: minutes under load, and whether memory, WAL and open files stay flat.

Orders, repeated and shuffled deliveries, a shop's day every few seconds and now and then a failing API.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from tests.faults.scene import Scene, scene
from tests.journeys.shopify import DAY

EVERY = 5.0  # seconds between two samples
WARM_UP = 0.2  # of the time, before memory is expected to be what it stays
console = Console(width=110)


class Measure(NamedTuple):
    """How much the last third may lie above the first one, both after the warm-up."""

    title: str
    share: float
    rest: float  # in the measure's unit, beside the share


MEASURES = {
    "memory": Measure("memory of all processes, MB", 0.10, 8),
    "wal": Measure("write-ahead log, MB", 0.25, 4),
    "files": Measure("open files", 0.10, 8),
    "threads": Measure("threads", 0.10, 4),
    "waiting": Measure("deliveries waiting", 0.25, 200),
}


def sample(there: Scene) -> dict[str, float]:
    """What the app's processes take right now."""
    found = dict.fromkeys(MEASURES, 0.0)
    for one in there.app.processes():
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        told = dict(line.split(":", 1) for line in lines)
        found["memory"] += int(told["VmRSS"].split()[0]) / 1024
        found["threads"] += int(told["Threads"])
        found["files"] += len(list(Path(f"/proc/{one}/fd").iterdir()))
    wal = there.database.with_name(f"{there.database.name}-wal")
    found["wal"] = wal.stat().st_size / 1024**2 if wal.exists() else 0.0
    found["waiting"] = there.app.status()["deliveries"]["waiting"]
    return found


def judge(samples: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Each measure's median in the first and in the last third after the warm-up, and whether that is flat."""
    warm = samples[int(len(samples) * WARM_UP) :]
    third = max(1, len(warm) // 3)
    judged = {}
    for name, measure in MEASURES.items():
        first = median(one[name] for one in warm[:third])
        last = median(one[name] for one in warm[-third:])
        flat = last <= first * (1 + measure.share) + measure.rest
        judged[name] = {"first": round(first, 1), "last": round(last, 1), "flat": flat}
    return judged


def soak(there: Scene, seconds: float) -> list[dict[str, float]]:
    """The load, with a sample every few seconds."""
    chance = Random(1)
    there.shopify.knobs(repeat=0.2, reorder=0.2)
    samples = []
    end = time.monotonic() + seconds
    with there.busy(chance):
        while time.monotonic() < end:
            time.sleep(EVERY)
            samples.append(sample(there))
            if len(samples) % 4 == 0:
                there.shopify.advance(DAY)
            if len(samples) % 6 == 0:
                there.shopify.knobs(api_status=chance.choice((429, 502, 503)), api_failures=2)
    there.fair()
    return samples


def main() -> int:
    """0 when all is flat, and all is right in the end."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as there:
        samples = soak(there, minutes * 60)
        deliveries = len(there.accepted) + len(there.shopify.taken())
        findings = there.outcome().findings
    judged = judge(samples)
    console.print(_table(judged, f"{minutes:g} minutes, {deliveries:,} deliveries, {len(samples)} samples"))
    console.print(f"in the end: {'all is right' if findings.clean else findings}")
    right = findings.clean and all(one["flat"] for one in judged.values())
    told = {"minutes": minutes, "deliveries": deliveries, "measures": judged, "clean": findings.clean, "right": right}
    console.file.write(json.dumps(told) + "\n")
    return 0 if right else 1


def _table(judged: dict[str, dict[str, Any]], title: str) -> Table:
    made = Table(title=title)
    for name in ("", "first third", "last third", "may lie above it by", "flat"):
        made.add_column(name, justify="left" if name == "" else "right")
    for name, one in judged.items():
        measure = MEASURES[name]
        allowed = f"{measure.share:.0%} and {measure.rest:g}"
        made.add_row(measure.title, f"{one['first']:,}", f"{one['last']:,}", allowed, "yes" if one["flat"] else "NO")
    return made


if __name__ == "__main__":
    sys.exit(main())
