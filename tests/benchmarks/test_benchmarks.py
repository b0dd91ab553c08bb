"""Every benchmark starts and reports in the shape that README and CI read; nothing here is timed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import bodies, wire
from benchmarks.report import Report, Spread, table

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("ingest", "drain", "history", "tags", "sweep", "panel")


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_says_how_it_is_called(name: str) -> None:
    """`--help` names both options that all of them share."""
    said = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"python -m benchmarks.{name}" in said.stdout
    assert "--json" in said.stdout
    assert "--quick" in said.stdout


def test_a_report_in_json_is_one_line_with_everything_a_reader_needs() -> None:
    """Name, machine, versions, rows and ratios; a ratio is a name and a number."""
    report = Report(
        "ingest", rows=[{"variant": "ours", "req/s": Spread.of([3.0, 1.0, 2.0])}], ratios={"flask_orm": 8.25}
    )
    line = report.as_json()
    assert "\n" not in line
    said = json.loads(line)
    assert set(said) == {"name", "machine", "versions", "rows", "ratios"}
    assert {"cpu", "cores"} <= set(said["machine"])
    assert {"python", "sqlite", "node"} <= set(said["versions"])
    assert said["rows"] == [{"variant": "ours", "req/s": {"median": 2.0, "low": 1.0, "high": 3.0}}]
    assert said["ratios"] == {"flask_orm": 8.25}


def test_a_table_shows_every_column_of_every_row() -> None:
    """A value that only one row has leaves the others blank."""
    lines = table([{"variant": "ours", "req/s": 7024}, {"variant": "theirs", "p99 ms": 33.14}])
    assert lines[0].split() == ["variant", "req/s", "p99", "ms"]
    assert lines[2].split() == ["ours", "7,024"]
    assert lines[3].split() == ["theirs", "33.1"]


def test_the_bodies_are_as_large_as_real_ones_and_repeatable() -> None:
    """5.6 to 10.1 KB, each another order, and the same ones on the next run."""
    some = list(bodies.bodies(200))
    assert some == list(bodies.bodies(200))
    assert len({json.loads(body)["id"] for body in some}) == 200
    assert min(map(len, some)) > 5_500
    assert max(map(len, some)) < 10_500


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no", False),
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
    ],
)
def test_the_load_counts_an_answer_when_all_of_it_is_there(answer: bytes, whole: bool) -> None:
    """Else a slow server would look faster than it is."""
    assert wire.complete(answer) is whole


def test_a_delivery_id_is_never_given_twice() -> None:
    """Duplicates would be answered without a row, and faster."""
    ids = wire.delivery_ids()
    some = [next(ids) for _ in range(3_000)]
    assert len(set(some)) == 3_000
    assert {len(one) for one in some} == {wire.ID_LENGTH}
