"""`regulars demo`: a simulated Shopify with a real history, the app beside it, and all that happens in between."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from plugin.demo_parts import Parts, wrong_tags
from plugin.errors import GiveUp

SHOP = "annas-bakery.myshopify.com"
SECONDS_A_DAY = 6.0  # at this pace the tags of a day fit into what Shopify's bucket allows meanwhile
PATIENCE = 90.0  # seconds in which something must move
DAY_MS = 86_400_000
out = Console(highlight=False, soft_wrap=True)


class Demo:
    """The stages, in order; each says what happens and how long it took."""

    def __init__(self, parts: Parts, days: int) -> None:
        self._parts = parts
        self._days = days
        self._web = requests.Session()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, words: str) -> Iterator[None]:
        """One stage, timed."""
        out.print(words)
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)

    def app(self) -> dict[str, Any]:
        """The app's own numbers for the shop."""
        found: list[dict[str, Any]] = self._get(f"{self._parts.app}/status.json").json()
        return found[0] if found else {}

    def shopify(self, path: str) -> Any:
        """What the simulated Shopify says."""
        return self._get(f"{self._parts.simulator}/_simulator/{path}").json()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """One of the simulated shop's lists."""
        text = self._get(f"{self._parts.simulator}/_simulator/{SHOP}/{name}.jsonl").text
        return [json.loads(line) for line in text.splitlines()]

    def _get(self, url: str) -> requests.Response:
        answer = self._web.get(url, timeout=30)
        answer.raise_for_status()
        return answer

    def _post(self, url: str, **more: Any) -> requests.Response:
        answer = self._web.post(url, timeout=30, **more)
        if answer.status_code >= 400:
            raise GiveUp(f"{url} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    def run(self) -> dict[str, Any]:
        """The whole way from install to right tags; returns the numbers."""
        with self.stage("install", "Installing the app by OAuth, as a merchant would from the App Store"):
            page = self._get(f"{self._parts.simulator}/_simulator/{SHOP}/install")
            if "/admin/oauth/authorize" not in page.url:
                raise GiveUp(f"The permission page did not come up, but {page.url}")
            self._post(page.url)
        with self.stage("import", "Importing the CDNOW year: real purchases of 1997, as one bulk operation"):
            self._bar("orders", lambda: self._imported())
        shown = self.app()["to_tag"]
        kinds = self.app()["kinds"]
        out.print(
            f"  {kinds['clients']:,} clients, {kinds['buyers']:,} buyers, {kinds['none']:,} neither."
            f" Nothing has been written yet; the demo says yes to {shown:,} tags, as a merchant would."
        )
        with self.stage("tags", "Writing the tags at the shop"):
            self._post(f"{self._parts.app}/status/accept", data={"shop": SHOP, "shown": shown})
            self._bar("tags", lambda: self._tagged(shown))
        with self.stage("echoes", "The shop reports every tag that was written: working those deliveries off"):
            self._wait("the shop's echoes", lambda: (self._settled(), self.app()["deliveries"]["done"]))
        before = self.app()["today"]
        with self.stage("live", f"{self._days} days of live orders arrive, a day every {SECONDS_A_DAY:g} seconds"):
            self._post(f"{self._parts.simulator}/_simulator/knobs", json={"repeat": 0.05, "reorder": 0.05})
            rate = DAY_MS / (SECONDS_A_DAY * 1000)
            self._post(f"{self._parts.simulator}/_simulator/play", json={"days": self._days, "rate": rate})
            self._bar("days", lambda: self._played(before))
        with self.stage("settle", "Waiting until the last delivery is worked off and the last tag written"):
            self._wait("everything to settle", lambda: (self._settled(), self.app()["ledger"]))
        with self.stage("check", "Comparing every customer's tag at the shop with the verdict on their raw history"):
            self._check()
        return self._numbers()

    def _imported(self) -> tuple[int, int, bool]:
        app = self.app()
        running = app.get("import") or {}
        if running.get("stage") == "failed":
            raise GiveUp(f"the import failed: {running['reason']}")
        return running.get("lines", 0), running.get("expected", 0), running.get("stage") == "done"

    def _tagged(self, shown: int) -> tuple[int, int, bool]:
        left = self.app()["to_tag"]
        written = self.shopify("")["shops"][SHOP]["tag_writes"]
        return min(shown, written), shown, not left and written >= shown

    def _played(self, before: int) -> tuple[int, int, bool]:
        play = self.shopify("play")
        if play["state"] == "failed":
            raise GiveUp(f"the simulated shop could not go on: {play.get('error')}")
        over = play["state"] in {"done", "stopped"}
        return (self._days if over else max(0, self.app()["today"] - before)), self._days, over

    def _settled(self) -> bool:
        # The shop is asked first: what it has sent by then must have gone all the way.
        pending = self.shopify("")["webhooks"]["pending"]
        app = self.app()
        return (
            not pending
            and not app["deliveries"]["waiting"]
            and app["swept_on"] >= app["today"]
            and not app["to_tag"]
            and not app["bulk"]
        )

    def _check(self) -> None:
        wrong = wrong_tags(self.rows("orders"), self.rows("customers"), self.app()["today"])
        if wrong:
            raise GiveUp(f"{len(wrong)} customers have another tag than their history says, such as {wrong[:3]}")

    def _wait(self, what: str, look: Callable[[], tuple[bool, object]]) -> None:
        def alive() -> tuple[bool, object]:
            self._parts.alive()
            return look()

        if not waited(alive, patience=PATIENCE):
            raise GiveUp(f"Nothing moved for {PATIENCE:.0f} s while waiting for {what}: {self.app()}")

    def _bar(self, what: str, look: Callable[[], tuple[int, int, bool]]) -> None:
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=out) as progress:
            task = progress.add_task(what, total=None)

            def seen() -> tuple[bool, object]:
                at, of, over = look()
                progress.update(task, completed=at, total=max(at, of) or None)
                return over, at

            self._wait(what, seen)

    def _numbers(self) -> dict[str, Any]:
        app, sim = self.app(), self.shopify("")
        writes = self.rows("tag_writes")
        waits = order_to_tag(writes)
        made_up = {row["id"] for row in self.rows("customers") if row["joined"]}
        return {
            "orders": app["orders"],
            "deliveries": app["deliveries"]["done"],
            "duplicates": sim["webhooks"]["repeated"],
            "parked": app["deliveries"]["parked"],
            "customers": sum(app["kinds"].values()),
            "made_up_customers": len(made_up),
            "none": app["kinds"]["none"],
            "buyers": app["kinds"]["buyers"],
            "clients": app["kinds"]["clients"],
            "tag_writes": len(writes),
            "api_calls": app["calls"]["calls"],
            "throttled": app["calls"]["throttled"],
            "order_to_tag_ms": {name: waits and percentile(waits, share) for name, share in (("p50", 50), ("p95", 95))},
            "order_to_tag_measured": len(waits),
            "seconds": self.seconds,
        }


def waited(look: Callable[[], tuple[bool, object]], *, patience: float, pause: float = 0.2) -> bool:
    """Whether it came to its end; False once nothing moved for `patience` seconds. `look` says (over, how far)."""
    until, last = time.monotonic() + patience, None
    while True:
        over, far = look()
        if over:
            return True
        now = time.monotonic()
        if far != last:
            until, last = now + patience, far
        if now > until:
            return False
        time.sleep(pause)


def order_to_tag(writes: list[dict[str, Any]]) -> list[int]:
    """Milliseconds from a live order to the tag it caused: new clients, and first tags of new customers."""
    seen: set[int] = set()
    waits = []
    for write in writes:
        first = write["customer"] not in seen
        seen.add(write["customer"])
        # A buyer's tag on a known customer is a lapse: no order caused it.
        if write["action"] == "add" and write["placed_at"] is not None and ("client" in write["tags"] or first):
            waits.append(write["at"] - write["placed_at"])
    return waits


def percentile(values: list[int], share: int) -> int:
    """The value below which `share` percent lie."""
    return round(statistics.quantiles(values, n=100, method="inclusive")[share - 1]) if len(values) > 1 else values[0]


def demo(*, once: bool, days: int) -> int:
    """Runs the demo; 0 when every tag is right, 1 with the reason when not. `once`: exits, JSON as the last line."""
    try:
        with Parts(fixed=not once) as parts:
            out.print(f"A simulated Shopify is up at {parts.simulator}, the app at {parts.app}")
            if not once:
                out.print(f"Status page: {parts.app}/status")
            _run(parts, once=once, days=days)
    except (GiveUp, requests.RequestException) as error:
        out.print(f"The demo failed: {error}", markup=False)
        return 1
    except KeyboardInterrupt:
        out.print("Stopped.")
    return 0


def _run(parts: Parts, *, once: bool, days: int) -> None:
    show = Demo(parts, days)
    show.seconds["start"] = parts.started_in
    try:
        numbers = show.run()
    except (GiveUp, requests.RequestException) as error:
        raise GiveUp(f"{error}\n{parts.last_words()}") from error
    _tell(numbers, parts)
    if once:
        print(json.dumps(numbers), flush=True)  # noqa: T201 -- the last line is for programs: no markup, no wrapping
    else:
        parts.wait()


def _tell(numbers: dict[str, Any], parts: Parts) -> None:
    out.print(
        f"\nEvery one of {numbers['customers']:,} customers carries the tag their history says:"
        f" {numbers['clients']:,} clients, {numbers['buyers']:,} buyers,"
        f" {numbers['none']:,} without an order that counts ({numbers['made_up_customers']:,} customers are made up)."
    )
    wait = numbers["order_to_tag_ms"]
    out.print(
        f"{numbers['deliveries']:,} deliveries, {numbers['duplicates']:,} of them sent twice;"
        f" from order to tag {wait['p50']} ms (half) and {wait['p95']} ms (19 of 20), at {SECONDS_A_DAY:g} s a day."
    )
    out.print("\nA few of them, and why:")
    for kind, customer, words in parts.examples():
        out.print(f"  {kind:6}  {customer}: {words}", markup=False)
