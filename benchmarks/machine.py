"""What a number was measured on: processor, cores, versions; and which core does what."""

import os
import platform
import shutil
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("granian", "flask", "gunicorn", "sqlalchemy", "msgspec")


def machine() -> dict[str, str | int]:
    """Processor, cores and memory (GiB) of this machine."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
    }


def versions(*, node: str | None = None) -> dict[str, str]:
    """Versions of everything a number here depends on; `node` where another Node than the machine's own was used."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "node": node or _own_node()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def cores() -> tuple[int | None, int | None]:
    """One core for the server and one for the load; None where this machine cannot pin or has only one."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process, and what it starts, on one core."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _own_node() -> str:
    program = shutil.which("node")
    if program is None:
        return "none"
    said = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return said.strip().lstrip("v")
