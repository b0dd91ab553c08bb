"""`make faults`: every fault as often as it says, a table of what came of them, and a JSON object as the last line."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from requests import RequestException
from rich.console import Console

from tests import databases
from tests.faults.run import Stage
from tests.faults.scene import PATIENCE
from tests.faults.table import Fault, all_faults

console = Console(width=130)
COUNTS = ("lost", "doubled", "foreign", "wrong")


def main() -> int:
    """0 when nothing was lost, doubled or touched and every fault was recovered from."""
    asked = _parser().parse_args()
    wanted = [one for one in all_faults() if asked.only in f"{one.family}: {one.name}"]
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        rows = [row for one in wanted if (row := _tried(stage, one, asked.runs))]
    databases.stop()
    console.file.write(_table(rows))
    console.file.write(json.dumps({"faults": rows, "right": all(map(_is_right, rows))}) + "\n")
    return 0 if all(map(_is_right, rows)) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default="", help="those whose family or name has this in it, say 'disk' or 'SIGKILL'")
    parser.add_argument("--runs", type=int, help="so many runs of each instead of its own number")
    return parser


def _tried(stage: Stage, one: Fault, runs: int | None) -> dict[str, Any] | None:
    if reason := stage.cannot(one):
        console.print(f"[yellow]{one.name}: left out, {reason}")
        return None
    row: dict[str, Any] = {"family": one.family, "fault": one.name, "runs": 0, **dict.fromkeys(COUNTS, 0)}
    seconds = []
    for number in range(runs or one.runs):
        row["runs"] += 1
        try:
            outcome = stage.run(one, Random(number))
        except (AssertionError, RequestException) as error:
            # The fault did not go as it should, say a second process was not refused, or the app gave no answer.
            row["wrong"] += 1
            console.print(f"[red]{one.name}, run {number}: {error}", markup=True)
            continue
        seconds.append(outcome.seconds)
        for name in COUNTS:
            row[name] += getattr(outcome.findings, name)
        if not outcome.findings.clean:
            console.print(f"[red]{one.name}, run {number}: {outcome.findings.words}")
    row |= {"recovered": round(median(seconds), 1) if seconds else None, "longest": round(max(seconds, default=0), 1)}
    console.print(f"{one.family}: {one.name}: {row['runs']} runs, {row['recovered']} s")
    return row


def _is_right(row: dict[str, Any]) -> bool:
    return not any(row[name] for name in COUNTS) and row["recovered"] is not None and row["longest"] < PATIENCE


def _table(rows: list[dict[str, Any]]) -> str:
    """In Markdown, as the README quotes it; what is not right stands out."""
    titles = ("fault", "runs", "lost", "doubled", "other tags touched", "wrong", "seconds to recover", "longest")
    lines = [titles, ("---", *["---:"] * (len(titles) - 1))]
    for row in rows:
        name = row["fault"] if _is_right(row) else f"**{row['fault']}**"
        lines.append((name, row["runs"], *(row[count] for count in COUNTS), row["recovered"], row["longest"]))
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
