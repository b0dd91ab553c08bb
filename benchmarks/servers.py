"""Starts a server under test on its own core, waits until it answers, reads what it cost, and stops it."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.machine import pin

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0


class ServerFailedError(Exception):
    """The server under test did not come up; the text is what it printed."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the same disk as the project (a temporary folder may lie in memory, where a commit costs nothing)."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="run-") as place:
        yield Path(place)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *, port: int, core: int | None, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The server's process id, from its first open port to its end; it and its children stay on `core`."""
    with tempfile.TemporaryFile(dir=CACHE) as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(environment or {}),
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: pin(core),
        )
        try:
            _await(server, port)
            yield server.pid
            _require_alive(server)
        except ServerFailedError as failed:
            output.seek(0)
            raise ServerFailedError(f"{failed}\n{output.read().decode(errors='replace')[-4000:]}") from None
        finally:
            _stop(server)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all its living children; 0.0 where /proc is not to be had."""
    tick = os.sysconf("SC_CLK_TCK")
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            children = [
                Path(f"/proc/{one}/task/{task}/children").read_text() for task in os.listdir(f"/proc/{one}/task")
            ]
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / tick
        waiting += [int(child) for line in children for child in line.split()]
    return total


def _require_alive(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is not None:
        raise ServerFailedError(f"it ended by itself with {server.returncode}")


def _await(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until:
        _require_alive(server)
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ServerFailedError(f"nothing answered on port {port} within {START_TIMEOUT:.0f} seconds")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Politely first; its whole group then, so that no worker is left on the core."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_TIMEOUT)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
