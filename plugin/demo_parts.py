"""What the demo runs: two processes with settings of their own, and the comparison at the end."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

import requests
from cryptography.fernet import Fernet

from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Ignored, Judged, pack_products
from plugin.core.verdict import Kind, judge
from plugin.errors import GiveUp

APP_PORT, SIMULATOR_PORT = 8080, 9292
START = 30.0  # seconds
NAMES = {Kind.NONE: None, Kind.BUYER: "buyer", Kind.CLIENT: "client"}
UNPAID = {"pending", "voided", "expired", "refunded"}


class Parts:
    """The simulated Shopify and the app, each a process with its own log; gone when the demo ends."""

    def __init__(self, *, fixed: bool) -> None:
        began = time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="regulars-demo-")
        app_port, simulator_port = (_port(APP_PORT, fixed), _port(SIMULATOR_PORT, fixed))
        self.app = f"http://127.0.0.1:{app_port}"
        self.simulator = f"http://127.0.0.1:{simulator_port}"
        environment = {
            **os.environ,
            "REGULARS_WITH_PARENT": "1",
            "SHOPIFY_API_KEY": "simulated-key",
            "SHOPIFY_API_SECRET": "simulated-" + secrets.token_hex(16),
            "SHOPIFY_OLD_API_SECRET": "",
            "APP_URL": self.app,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": f"sqlite:///{self._folder.name}/regulars.db",
            "HOST": "127.0.0.1",
            "PORT": str(app_port),
            "SHOPIFY_SIMULATOR": self.simulator,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._start("simulator", environment, "--port", str(simulator_port))
            self._until_up(f"{self.simulator}/_simulator/")
            self._start("serve", environment)
            self._until_up(f"{self.app}/healthz")
        except BaseException:
            self.close()
            raise
        self.started_in = round(time.monotonic() - began, 2)

    def _start(self, command: str, environment: Mapping[str, str], *arguments: str) -> None:
        log = self._log(command).open("wb")
        program = [sys.executable, "-m", "plugin.cli", command, *arguments]
        root = Path(__file__).resolve().parent.parent
        self._running[command] = subprocess.Popen(  # noqa: S603 -- our own commands
            program, env=dict(environment), stdout=log, stderr=log, cwd=root, stdin=subprocess.DEVNULL
        )
        log.close()

    def _log(self, command: str) -> Path:
        return Path(self._folder.name) / f"{command}.log"

    def _until_up(self, url: str) -> None:
        until = time.monotonic() + START
        while True:
            self.alive()
            try:
                if requests.get(url, timeout=2).ok:
                    return
            except requests.RequestException:
                pass
            if time.monotonic() > until:
                raise GiveUp(f"{url} did not answer within {START:.0f} s\n{self.last_words()}")
            time.sleep(0.1)

    def alive(self) -> None:
        """GiveUp when one of the two has ended."""
        for command, one in self._running.items():
            if one.poll() is not None:
                raise GiveUp(f"`regulars {command}` ended by itself\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of both logs."""
        said = []
        for command in self._running:
            lines = self._log(command).read_text(errors="replace").splitlines()[-15:]
            said += [f"--- regulars {command}", *lines]
        return "\n".join(said)

    def examples(self) -> list[tuple[str, str, str]]:
        """A few customers with their reasons."""
        found: list[dict[str, Any]] = requests.get(f"{self.app}/status.json?examples=1", timeout=30).json()
        return [(kind, customer, words) for customer, kind, words in found[0]["examples"]]

    def wait(self) -> None:
        """Until somebody stops it."""
        sys.stdout.write(f"\nLook around: {self.app}/status   (Ctrl-C ends the demo)\n")
        while True:
            self.alive()
            time.sleep(1)

    def close(self) -> None:
        """Ends both processes and forgets their files."""
        for one in self._running.values():
            one.terminate()
        for one in self._running.values():
            try:
                one.wait(timeout=10)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _port(wished: int, fixed: bool) -> int:
    for port in (wished, 0) if fixed else (0,):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise GiveUp("No free port was found on this machine.")


def wrong_tags(
    orders: Iterable[Mapping[str, Any]], customers: Iterable[Mapping[str, Any]], today: int
) -> list[dict[str, Any]]:
    """Customers whose tag at the shop is not the verdict on their raw orders; empty when all are right."""
    history: dict[int, list[Judged]] = {}
    for row in orders:
        if row["customer"]:
            history.setdefault(row["customer"], []).append(_judged(row))
    wrong = []
    for row in customers:
        kind = judge(history.get(row["id"], ()), PRIOR, DEFAULT_RULES, today).kind
        have = {tag.casefold() for tag in row["tags"]} & {"buyer", "client"}
        if have != ({NAMES[kind]} if NAMES[kind] else set()):
            wrong.append({"customer": row["id"], "tags": row["tags"], "should_be": NAMES[kind]})
    return wrong


def _judged(row: Mapping[str, Any]) -> Judged:
    uncounted = row["test"] or row["cancelled"] or row["status"] in UNPAID or row["refunded"] >= row["total"]
    products = pack_products(product for product in row["products"] if product)
    day = date.fromisoformat(row["day"]).toordinal()
    return Judged(day, Ignored.CANCELLED if uncounted else Ignored.COUNTED, False, products)
