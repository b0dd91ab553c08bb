"""How much of Shopify's cost bucket our tag sync uses, and whether it drops or repeats a write.

A simulated Shopify runs as a process of its own and is spoken to over HTTP: the app is installed, the history
imported, tagging accepted; then the live sync is timed until no tag differs. The simulator's own record of who wrote
what says afterwards which tags are missing and which were written twice.
"""

import csv
import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from benchmarks import shop
from benchmarks.bodies import LAST_DAY, SECRET, SHOP
from benchmarks.report import Report, arguments, show
from benchmarks.servers import free_port, running, scratch
from plugin.core.verdict import Kind
from plugin.db import shops
from plugin.db.migrate import migrate
from plugin.db.tables import customers
from plugin.services import Services
from plugin.shopify.throttle import Status
from plugin.usecases.accept_tagging import accept_tagging, tags_to_write
from plugin.usecases.import_history import import_history
from plugin.usecases.install import ask_permission, install
from plugin.usecases.sync_tags import sync_tags

BUCKET, RESTORE = 2000.0, 100.0  # what a development shop answers
WRITE = 10.0  # points a tag costs
GLANCE = "query Glance { shop { id } }"


class Synced(NamedTuple):
    """One sync; `allowed` is what the bucket held at its start and what came back until its end."""

    seconds: float
    spent: float
    allowed: float
    calls: int
    throttled: int


def main() -> None:
    parser = arguments("tags", __doc__)
    parser.add_argument("--seconds", type=float, help="how long the bucket should last (60; quick: 15)")
    args = parser.parse_args()
    seconds = args.seconds or (15.0 if args.quick else 60.0)
    number = int((BUCKET + RESTORE * seconds) / WRITE)
    report = Report("tags")
    with scratch() as place:
        history = place / "history.csv"
        write_history(history, number=number)
        port = free_port()
        with running(simulator(port, history), port=port, core=None):
            services = shop.services(place / "regulars.sqlite", simulator=f"http://127.0.0.1:{port}")
            try:
                ours = prepare(services)
                synced = sync(services, ours)
                wrong, doubled, wanted = look_back(services, ours)
            finally:
                services.close()
    report.rows = [{"customers": wanted, **synced._asdict(), "dropped": wrong, "doubled": doubled}]
    report.ratios = {"bucket_use": synced.spent / synced.allowed, "dropped": wrong, "doubled": doubled}
    show(report, as_json=args.json)
    if wrong or doubled:
        sys.exit(f"{wrong} customers without the right tag, {doubled} writes that changed nothing")


def write_history(path: Path, *, number: int) -> None:
    """A CSV with `number` customers, every other one of whom came back often enough to be a client."""
    chance = random.Random(3)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("customer", "date", "amount"))
        for customer in range(1, number + 1):
            for visit in range(1 if customer % 2 else 3):
                day = LAST_DAY - timedelta(days=1 + 20 * visit + chance.randrange(15))
                rows.writerow((customer, day.date().isoformat(), f"{chance.randrange(500, 9000) / 100:.2f}"))


def simulator(port: int, history: Path) -> list[str]:
    """The command of a simulated Shopify with that history; no one listens where its webhooks go."""
    words = ["--port", str(port), "--shop", SHOP, "--history", str(history), "--zone", "UTC", "--currency", "EUR"]
    words += ["--api-key", "simulated-key", "--secret", SECRET, "--app-url", shop.environment(Path())["APP_URL"]]
    return [sys.executable, "-m", "plugin.simulator.run", *words]


def prepare(services: Services) -> int:
    """Installs the app, imports the history and accepts tagging; answers with the shop's number."""
    migrate(services.database)
    page, state = ask_permission(services, SHOP)
    agreed = services.web.post(page, allow_redirects=False)
    code = parse_qs(urlsplit(agreed.headers["Location"]).query)["code"][0]
    ours = install(services, SHOP, code=code, state=state)
    repeat(lambda: import_history(services, ours))
    accept_tagging(services, ours, shown=tags_to_write(services, ours))
    return ours


def sync(services: Services, ours: int) -> Synced:
    """The live sync from a full bucket until no tag differs."""
    with services.database.read() as tx:
        client = services.shopify(shops.get(tx, ours))
    status = Status(BUCKET, 0.0, RESTORE)
    while status.available < status.maximum:
        time.sleep((status.maximum - status.available) / status.restore_rate)
        status = client.run(GLANCE, {}, repeatable=True).status or status
    before, began = client.counters, time.monotonic()
    repeat(lambda: sync_tags(services, ours))
    took, after = time.monotonic() - began, client.counters
    return Synced(
        seconds=took,
        spent=after.points - before.points,
        allowed=status.available + status.restore_rate * took,
        calls=after.calls - before.calls,
        throttled=after.throttled - before.throttled,
    )


def repeat(job: Callable[[], float | None]) -> None:
    """Calls a use case as the jobs do, as long as it wants to look again."""
    while (after := job()) is not None:
        time.sleep(after)


def look_back(services: Services, ours: int) -> tuple[int, int, int]:
    """(customers without exactly the right one of our tags, writes that changed nothing, customers)."""
    at_shop = {f"Customer/{row['id']}": set(row["tags"]) for row in records(services, "customers.jsonl")}
    with services.database.read() as tx:
        names = shops.get(tx, ours).tag_names
        kinds = tx.run(select(customers.c.customer, customers.c.kind).where(customers.c.shop == ours)).all()
    wanted = {key: {names[Kind(kind)]} if kind else set() for key, kind in kinds}
    wrong = sum(tags.intersection(names.values()) != wanted[key] for key, tags in at_shop.items())
    doubled = sum(not row["changed"] for row in records(services, "tag_writes.jsonl"))
    return wrong, doubled, len(at_shop)


def records(services: Services, page: str) -> list[Mapping[str, Any]]:
    """What the simulator has seen, from its control pages."""
    answer = services.web.get(f"{services.settings.shopify_simulator}/_simulator/{SHOP}/{page}")
    return [json.loads(line) for line in answer.content.splitlines()]


if __name__ == "__main__":
    main()
