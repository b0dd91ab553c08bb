"""Our server for `benchmarks.ingest`: `regulars serve` with settings of its own, its drain working or paused."""

import argparse
import os
import sys
from pathlib import Path

from benchmarks import shop
from plugin.config import load
from plugin.db.engine import Database
from plugin.serve import serve


def command(*, port: int, database: Path, drain: bool) -> list[str]:
    """How to start it on a database made by `prepare`."""
    words = ["--port", str(port), "--database", str(database), "--drain", "on" if drain else "off"]
    return [sys.executable, "-m", "benchmarks.ours", *words]


def prepare(path: Path) -> None:
    """A database whose shop has installed the app."""
    database = Database(f"sqlite:///{path}")
    shop.installed(database)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ours", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--drain", choices=("on", "off"), default="on")
    args = parser.parse_args()
    # granian's worker is another process: it reads the environment again.
    os.environ |= shop.environment(args.database, port=args.port) | {"REGULARS_WORK": args.drain}
    serve(load())


if __name__ == "__main__":
    main()
