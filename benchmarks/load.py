"""The load: signed webhooks over kept-alive connections, each sent once the one before it is answered (a closed loop).

One thread over epoll patches only the delivery id into ready-made requests, so that on a core of its own it outruns
every server measured here. `python -m benchmarks.load --port 8000` runs it alone and prints one JSON object.
"""

import argparse
import gc
import json
import selectors
import subprocess
import sys
import time
from array import array
from collections import Counter
from itertools import cycle
from typing import NamedTuple

from benchmarks import bodies
from benchmarks.machine import pin
from benchmarks.wire import ANSWER_TIMEOUT, Connection, Webhook, delivery_ids

CONNECTIONS = 32
DISTINCT = 1024


class Load(NamedTuple):
    """What one run saw; times in milliseconds."""

    acknowledged: int  # every 200, also those of the warm-up
    per_second: float
    p50: float
    p99: float
    longest: float
    refused: dict[str, int]  # answers other than 200, and broken connections, by what they were
    busy: float  # share of its core the client used: near 1.0 the client was the limit


class Client:
    """`connections` connections kept busy with `distinct` bodies in turn."""

    def __init__(self, *, port: int, connections: int, distinct: int) -> None:
        self.port = port
        self.webhooks = cycle([Webhook(body, port=port) for body in bodies.bodies(distinct)])
        self.ids = delivery_ids()
        self.times = array("d")
        self.answers: Counter[str] = Counter()
        self.under_way = 0
        self.selector = selectors.DefaultSelector()
        for _ in range(connections):
            self._connect()

    def keep_busy(self, seconds: float) -> None:
        """Send for `seconds`; answers still under way then are awaited by the next call or by `settle`."""
        self._turn(until=time.perf_counter() + seconds, sending=True)

    def settle(self) -> None:
        """Wait for what is under way, so that acknowledged and stored can be compared, and hang up."""
        self._turn(until=time.perf_counter() + ANSWER_TIMEOUT, sending=False)
        for key in list(self.selector.get_map().values()):
            key.data.socket.close()
        self.selector.close()

    def _connect(self) -> None:
        connection = Connection(self.port)
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._send(connection)

    def _send(self, connection: Connection) -> None:
        connection.send(next(self.webhooks).again(next(self.ids)))
        self.under_way += 1

    def _turn(self, *, until: float, sending: bool) -> None:
        clock, wait = time.perf_counter, self.selector.select
        while self.under_way and (now := clock()) < until:
            for key, _ in wait(until - now):
                connection: Connection = key.data
                status = connection.receive()
                if not status:
                    continue
                self.times.append(clock() - connection.sent_at)
                self.answers[status] += 1
                self.under_way -= 1
                if status == "closed":
                    self.selector.unregister(connection.socket)
                    connection.socket.close()
                    if sending:
                        self._connect()
                elif sending:
                    self._send(connection)


def load(*, port: int, seconds: float, warmup: float, connections: int, distinct: int) -> Load:
    """Send for `warmup` and then `seconds` seconds; only the latter are timed."""
    client = Client(port=port, connections=connections, distinct=distinct)
    gc.freeze()
    gc.disable()
    client.keep_busy(warmup)
    client.times = array("d")
    began, cpu = time.perf_counter(), time.process_time()
    client.keep_busy(seconds)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    times = sorted(client.times)
    client.settle()
    acknowledged = client.answers.pop("200", 0)
    return Load(
        acknowledged=acknowledged,
        per_second=len(times) / took,
        p50=1000 * times[len(times) // 2],
        p99=1000 * times[len(times) * 99 // 100],
        longest=1000 * times[-1],
        refused=dict(client.answers),
        busy=cpu / took,
    )


def load_from(core: int | None, *, port: int, seconds: float, warmup: float, distinct: int = DISTINCT) -> Load:
    """`load` in a process of its own, pinned to `core`."""
    command = [sys.executable, "-m", "benchmarks.load", "--port", str(port), "--seconds", str(seconds)]
    command += ["--warmup", str(warmup), "--distinct", str(distinct)]
    command += [] if core is None else ["--core", str(core)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Load(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--warmup", type=float, default=1.0)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--distinct", type=int, default=DISTINCT, help="how many bodies are cycled")
    parser.add_argument("--core", type=int, help="run on this core only")
    args = parser.parse_args()
    pin(args.core)
    seen = load(
        port=args.port,
        seconds=args.seconds,
        warmup=args.warmup,
        connections=args.connections,
        distinct=args.distinct,
    )
    print(json.dumps(seen._asdict()))


if __name__ == "__main__":
    main()
