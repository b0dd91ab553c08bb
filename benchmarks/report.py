"""What every benchmark prints: a table, ratios, the machine and, with `--json`, one JSON object as its last line."""

import argparse
import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from benchmarks.machine import machine, versions


@dataclass(frozen=True)
class Spread:
    """One number measured in several rounds: the median counts, the extremes say how far to trust it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        found = sorted(values)
        return cls(median=statistics.median(found), low=found[0], high=found[-1])

    def __str__(self) -> str:
        return f"{figure(self.median)} ({figure(self.low)}-{figure(self.high)})"


@dataclass
class Report:
    """A benchmark's outcome: rows are printed in the order given, `ratios` are what the README may quote."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=versions)
    machine: dict[str, str | int] = field(default_factory=machine)

    def as_json(self) -> str:
        """One line: name, machine, versions, rows (a spread as its median, low and high), ratios."""
        return json.dumps(
            {
                "name": self.name,
                "machine": self.machine,
                "versions": self.versions,
                "rows": [{name: _plain(value) for name, value in row.items()} for row in self.rows],
                "ratios": {name: round(value, 4) for name, value in self.ratios.items()},
            }
        )

    def as_text(self) -> str:
        """For a person: the table, then ratios, remarks and what it ran on."""
        kinds = ", ".join(f"{name} {value}" for name, value in self.versions.items() if value != "none")
        lines = [f"benchmarks.{self.name}", "", *table(self.rows), ""]
        lines += [f"  {name} = {figure(value)}" for name, value in self.ratios.items()]
        lines += [f"  {remark}" for remark in self.remarks]
        lines += ["", f"  {self.machine['cpu']}, {self.machine['cores']} cores, {self.machine['system']}; {kinds}"]
        return "\n".join(lines)


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The rows under their keys, numbers to the right."""
    if not rows:
        return ["  (no rows)"]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([figure(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    lines = ["  " + "  ".join(_aligned(line, widths)) for line in cells]
    return [lines[0], "  " + "  ".join("-" * width for width in widths), *lines[1:]]


def figure(value: object) -> str:
    """A number with three or four digits that matter; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def arguments(name: str, description: str) -> argparse.ArgumentParser:
    """The command line every benchmark has; it may add its own."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="a short run: shows that it works, not what it is worth")
    return parser


def show(report: Report, *, as_json: bool) -> None:
    print(report.as_text(), flush=True)
    if as_json:
        print(report.as_json(), flush=True)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def _plain(value: object) -> object:
    return {"median": value.median, "low": value.low, "high": value.high} if isinstance(value, Spread) else value
