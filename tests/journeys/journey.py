"""A merchant's way with the app: install, import, the yes to tagging, and what follows."""

import base64
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

from tests.journeys.app import PATIENCE, SECRET, App, free_port, until
from tests.journeys.shopify import SHOP, Shopify
from tests.journeys.verdicts import wrong_tags

MANY = 1100  # customers: more than the app tags one by one


class Journey:
    """One app and one simulated shop."""

    def __init__(
        self, folder: Path, *, history: Path | None = None, zone: str = "UTC", public_url: str | None = None
    ) -> None:
        port = free_port()
        self.shopify = Shopify(f"http://127.0.0.1:{port}", history=history, zone=zone, public_url=public_url)
        self.app = App(folder, port, self.shopify.address, public_url)
        self._installed = 0

    def close(self) -> None:
        """Ends both."""
        self.app.close()
        self.shopify.close()

    @property
    def admin(self) -> str:
        """The address of the shop's admin, with the app in it."""
        return f"{self.shopify.address}/_simulator/{SHOP}/admin"

    def open_app(self) -> requests.Response:
        """The merchant follows a link to the app from outside the Shopify admin; where that ends."""
        return self.app.web.get(f"{self.shopify.address}/_simulator/{SHOP}/install", timeout=30)

    def panel(self, path: str = "/") -> requests.Response:
        """What the frame in the shop's admin shows, as a browser would load it."""
        return self.app.web.get(self.shopify.read(f"{SHOP}/app_url?path={path}")["url"], timeout=60)

    def deliver(self, topic: str, body: bytes, webhook_id: str) -> None:
        """A delivery that is signed as Shopify signs, whatever is in it."""
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode(),
        }
        assert self.app.post("/webhooks", data=body, headers=headers).status_code == 200

    def install(self) -> None:
        """The merchant installs the app by the code grant, and is led into the admin."""
        page = self.open_app()
        assert f"{SHOP}/admin/oauth/authorize" in page.url, f"no permission page, but {page.url}: {page.text}"
        done = self.app.web.post(page.url, timeout=60)
        assert done.ok, done.text
        assert done.url == self.admin
        self._installed += 1

    def install_from_shopify(self) -> requests.Response:
        """The merchant says yes on Shopify's own page, which then opens the app; the panel's first page."""
        asked = self.app.web.get(self.admin, timeout=30)
        assert "Install Regulars" in asked.text
        assert self.app.web.post(self.admin, timeout=30).ok
        self._installed += 1
        return self.panel()

    def imported(self, *, seconds: float = PATIENCE) -> dict[str, Any]:
        """Waits until the history is read and judged, anew after each installation; the app's numbers then."""

        def look() -> dict[str, Any] | None:
            status = self.app.status()
            running = status["import"] or {"stage": "asked", "number": 0}
            assert running["stage"] != "failed", running["reason"]
            return status if running["stage"] == "done" and running["number"] >= self._installed else None

        return until("the import", look, seconds=seconds)

    def is_gone(self) -> None:
        """Waits until the app has heard that it was uninstalled."""
        until("the app to hear that it was uninstalled", lambda: self.app.status() == {})

    def accept(self, shown: int | str | None = None) -> requests.Response:
        """The merchant says yes to the number on the page, or to another; the app's answer."""
        number = self.app.status()["to_tag"] if shown is None else shown
        return self.app.post("/status/accept", data={"shop": SHOP, "shown": number})

    def tagging(self) -> None:
        """All of it, until the tags of the history are written."""
        self.install()
        self.imported()
        assert self.accept().status_code == 302
        self.settled()

    def settled(self, *, seconds: float = PATIENCE) -> dict[str, Any]:
        """Waits until every delivery is worked off and every tag written; the app's numbers then."""
        until("everything to settle", self.is_settled, seconds=seconds, instead=self.app.status)
        return self.app.status()

    def is_settled(self) -> bool:
        """Whether there is nothing left to do, neither at Shopify nor in the app."""
        # Shopify is asked first: what it has sent by then must have gone all the way.
        pending = self.shopify.read("")["webhooks"]["pending"]
        status = self.app.status()
        return (
            not pending
            and not status["deliveries"]["waiting"]
            and (status["import"] or {}).get("stage") == "done"
            and status["swept_on"] >= status["today"]
            and not status["to_tag"]
            and not status["bulk"]
        )

    def all_right(self) -> None:
        """Waits until all is settled, then holds every customer's tag against the raw orders."""
        today = self.settled()["today"]
        assert wrong_tags(self.shopify.rows("customers"), self.shopify.rows("orders"), today)[:3] == []

    def becomes(self, customer: int, tag: str) -> None:
        """Waits until our tags of that customer read `tag`."""
        until(
            f"{customer} to be {tag or 'neither'}, not",
            lambda: self.shopify.our_tags(customer) == [tag],
            instead=lambda: self.shopify.our_tags(customer),
        )


def history_of(folder: Path, *, customers: int, visits: int = 1) -> Path:
    """A file of so many customers who came every ten days for another loaf, and of one who came ten days later."""
    days = [date(2026, 1, 1) + timedelta(days=10 * visit) for visit in range(visits + 1)]
    rows = [f"{number},{days[visit]},12.50,loaf {visit}" for visit in range(visits) for number in range(customers)]
    path = folder / "history.csv"
    path.write_text("\n".join(["customer,date,amount,product", *rows, f"late,{days[-1]},10,loaf"]))
    return path


@contextmanager
def journey(
    folder: Path, *, history: Path | None = None, zone: str = "UTC", public_url: str | None = None
) -> Iterator[Journey]:
    """A journey with its app up, and nothing installed yet; browsers reach it at its address, or at `public_url`."""
    made = Journey(folder, history=history, zone=zone, public_url=public_url)
    try:
        made.app.start()
        yield made
    finally:
        made.close()
