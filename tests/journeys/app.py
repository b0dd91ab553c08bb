"""The real app as a process of its own, with an environment and a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests
from cryptography.fernet import Fernet

from plugin.config import ROOT, Settings
from tests import databases

KEY, SECRET = "simulated-key", "simulated-secret"
PATIENCE = 90.0  # seconds; the machine may be busy with something else
T = TypeVar("T")


def until(
    words: str,
    look: Callable[[], T | None],
    *,
    seconds: float = PATIENCE,
    pause: float = 0.1,
    instead: Callable[[], object] = str,
) -> T:
    """What `look` finds, once that is something; an AssertionError that says `words` when it takes too long."""
    end = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"it took more than {seconds:.0f} s: {words} {instead()}")
        time.sleep(pause)


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def bare_environment() -> dict[str, str]:
    """This machine's environment without any setting of ours."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


class App:
    """`regulars serve` and its sisters; watched through its pages, its log and its exit code only."""

    def __init__(self, folder: Path, port: int, simulator: str, public_url: str | None = None) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.environment = bare_environment() | {
            "REGULARS_WITH_PARENT": "1",
            "SHOPIFY_API_KEY": KEY,
            "SHOPIFY_API_SECRET": SECRET,
            "APP_URL": public_url or self.address,
            "SECRET_KEY": "a long enough secret key",
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": databases.fresh(folder, migrated=False),
            "PORT": str(port),
            "SHOPIFY_SIMULATOR": simulator,
        }
        self.web = requests.Session()
        self._log = folder / "app.log"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serves, and waits until its health page says that every part is well."""
        said = self.log_from_here()
        self.begin()
        until("the app to be up", lambda: self._is_up(said()), instead=self.last_words)

    def begin(self) -> None:
        """Starts to serve, and waits for nothing."""
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._program("serve"),
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that `kill` ends its worker in the same moment
            )

    def _is_up(self, said: str) -> bool:
        assert self._running is not None
        assert self._running.poll() is None, f"the app ended by itself\n{self.last_words()}"
        try:
            # Before it says so, what answers may be what is left of the one before.
            return "Regulars serves at" in said and self.get("/healthz").ok
        except requests.ConnectionError:
            return False

    def stop(self) -> int:
        """Ends it as an operator would; its exit code."""
        assert self._running is not None
        self._running.terminate()
        return self._ended(self._running)

    def kill(self) -> None:
        """Ends all of it at once, as a power cut would."""
        assert self._running is not None
        os.killpg(self._running.pid, signal.SIGKILL)
        self._ended(self._running)

    def kill_main(self) -> None:
        """Kills the main process only, as the kernel might when memory is short."""
        assert self._running is not None
        self._running.kill()
        self._ended(self._running)

    def _ended(self, running: subprocess.Popen[bytes]) -> int:
        self._running = None
        return running.wait(30)

    def processes(self) -> list[int]:
        """The ids of its main process and of all that this one has started."""
        assert self._running is not None
        found = [self._running.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task").glob("*/children")
            found += [int(child) for some in children for child in some.read_text().split()]
        return found

    def close(self) -> None:
        """Ends whatever still runs."""
        self.web.close()
        if self._running is not None and self._running.poll() is None:
            self.kill()
        databases.drop(self.environment["DATABASE_URL"])

    def log(self) -> str:
        """Everything it has written so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def last_words(self) -> str:
        """The end of that."""
        return self.log()[-5000:]

    def log_from_here(self) -> Callable[[], str]:
        """A function that tells what was written since now."""
        start = len(self.log())
        return lambda: self.log()[start:]

    def get(self, path: str) -> requests.Response:
        """One of its pages, as it is: redirections are not followed."""
        return self.web.get(self.address + path, timeout=30, allow_redirects=False)

    def post(self, path: str, **more: Any) -> requests.Response:
        """A form sent to one of its pages."""
        return self.web.post(self.address + path, timeout=30, allow_redirects=False, **more)

    def status(self) -> dict[str, Any]:
        """Its own numbers for the one shop that installed it; {} while none has."""
        shops: list[dict[str, Any]] = self.get("/status.json").json()
        return shops[0] if shops else {}

    def command(self, *arguments: str, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """`regulars ARGUMENTS`, run beside it to its end; `environment` instead of the app's own."""
        return subprocess.run(
            self._program(*arguments),
            env=self.environment if environment is None else environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def _program(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "plugin.cli", *arguments]
