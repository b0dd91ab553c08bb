"""Shopify's own library as a peer: finds or fetches a Node that is new enough, and installs the peer into the cache."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from benchmarks.servers import CACHE

SOURCE = Path(__file__).parent / "node_durable"
PLACE = CACHE / "node"
NEEDED = 22
FETCHED = "24.21.0"  # a registry package that carries the program itself, no download beside it
FILES = ("package.json", "package-lock.json", "server.js")


class NodeMissingError(Exception):
    """No Node >= 22, or its packages cannot be installed; the text says which."""


def node() -> Path:
    """A Node of at least `NEEDED`: the machine's own, or one from the package registry."""
    own = shutil.which("node")
    if own is not None and int(version(Path(own)).split(".")[0]) >= NEEDED:
        return Path(own)
    package = _package()
    program = PLACE / "runtime" / "node_modules" / package / "bin" / "node"
    if not program.exists():
        _npm("install", "--no-save", "--prefix", str(PLACE / "runtime"), f"{package}@{FETCHED}", within=CACHE)
    return program


def version(program: Path) -> str:
    """As `24.21.0`."""
    said = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return said.strip().lstrip("v")


def install() -> Path:
    """The peer's packages in the cache, as its lock file says; answers with the Node to run it."""
    program = node()
    peer = PLACE / "peer"
    lock = (SOURCE / "package-lock.json").read_bytes()
    stamp = peer / "installed"
    peer.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(SOURCE / name, peer / name)
    if not stamp.exists() or stamp.read_bytes() != lock:
        _npm("ci", "--ignore-scripts", within=peer, path=program.parent)
        stamp.write_bytes(lock)
    return program


def command(*, port: int, database: Path, secret: str) -> list[str]:
    """How to start it, once installed."""
    return [str(node()), str(PLACE / "peer" / "server.js"), str(port), str(database), secret]


def _package() -> str:
    system = platform.system().lower()
    chip = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower())
    if system not in ("linux", "darwin") or chip is None:
        raise NodeMissingError(f"Node >= {NEEDED} is not installed and not packaged for {system} {platform.machine()}")
    return f"node-bin-{system}-{chip}" if (system, chip) == ("darwin", "arm64") else f"node-{system}-{chip}"


def _npm(*words: str, within: Path, path: Path | None = None) -> None:
    program = shutil.which("npm")
    if program is None:
        raise NodeMissingError(f"neither Node >= {NEEDED} nor npm is installed (Debian: apt-get install npm)")
    within.mkdir(parents=True, exist_ok=True)
    places = [str(path)] if path else []
    environment = os.environ | {"PATH": os.pathsep.join([*places, os.environ["PATH"]])}
    quiet = ["--no-audit", "--no-fund", "--loglevel", "error"]
    done = subprocess.run([program, *words, *quiet], cwd=within, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise NodeMissingError(f"npm {words[0]} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
