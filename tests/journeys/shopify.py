"""The simulated Shopify with one shop, watched and steered through its HTTP control only."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from plugin.simulator.run import simulate
from tests.journeys.app import KEY, SECRET

SHOP = "annas-bakery.myshopify.com"
DAY = 86_400_000  # ms
OURS = {"buyer", "client"}


class Shopify:
    """Short ways to be the merchant, the customers and the weather at Anna's Bakery."""

    def __init__(
        self, app_url: str, *, history: Path | None = None, zone: str = "UTC", public_url: str | None = None
    ) -> None:
        self._server = simulate(
            shop=SHOP,
            history=history,
            zone=zone,
            api_key=KEY,
            secret=SECRET,
            app_url=public_url or app_url,
            app_address=app_url,
        )
        self.address = self._server.address
        self.web = requests.Session()
        self.knobs(retry_scale=0.01)

    def close(self) -> None:
        """Ends the simulation."""
        self.web.close()
        self._server.close()

    def read(self, path: str) -> Any:
        """One of its JSON pages."""
        answer = self.web.get(f"{self.address}/_simulator/{path}", timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def send(self, path: str, **wishes: Any) -> Any:
        """A wish to its control."""
        answer = self.web.post(f"{self.address}/_simulator/{path}", json=wishes, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def rows(self, name: str) -> list[Any]:
        """customers, orders or tag_writes of the shop."""
        text = self.web.get(f"{self.address}/_simulator/{SHOP}/{name}.jsonl", timeout=30).text
        return [json.loads(line) for line in text.splitlines()]

    def knobs(self, **wishes: Any) -> None:
        """Turns knobs; see plugin.simulator.state.Knobs."""
        self.send("knobs", **wishes)

    def now(self) -> int:
        """The moment on the shop's calendar, UTC milliseconds."""
        return int(self.read("calendar")["now"])

    def advance(self, ms: int) -> None:
        """Lets that much time pass for the shop in one jump."""
        self.send("calendar", advance=ms)

    def order(self, do: str = "create", **fields: Any) -> dict[str, Any]:
        """A deed with an order, as in the control's own words; the order as it stands then."""
        row: dict[str, Any] = self.send(f"{SHOP}/orders", do=do, **fields)
        return row

    def bought(
        self, *products: int, customer: int | str | None = "new", days_ago: float = 0, price: int = 1000, **fields: Any
    ) -> dict[str, Any]:
        """An order of these products (none: a line without product) so many days ago."""
        lines = [{"product": product, "price": price} for product in products] or [{"price": price}]
        if days_ago:
            fields["processed_at"] = self.now() - int(days_ago * DAY)
        return self.order(customer=customer, lines=lines, **fields)

    def came_again(self, customer: int | str = "new", **fields: Any) -> int:
        """A customer who came ten days ago and today, for another product: a client; their number."""
        first = self.bought(11, customer=customer, days_ago=10, **fields)
        self.bought(12, customer=first["customer"], **fields)
        return int(first["customer"])

    def tags(self) -> dict[int, list[str]]:
        """Every customer's tags."""
        return {row["id"]: row["tags"] for row in self.rows("customers")}

    def our_tags(self, *customers: int) -> list[str]:
        """Our tags of these customers in one list: "buyer", "client", "" for neither, "buyer+client" for both."""
        tags = self.tags()
        return ["+".join(sorted(ours_among(tags[one]))) for one in customers]

    def edit_tags(self, customer: int, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """The merchant edits tags."""
        self.send(f"{SHOP}/customers/{customer}/tags", add=list(add), remove=list(remove))

    def taken(self) -> set[str]:
        """The ids of Shopify's deliveries that the app answered with 2xx."""
        text = self.web.get(f"{self.address}/_simulator/taken.jsonl", timeout=30).text
        return {json.loads(line) for line in text.splitlines()}

    def writes(self, customer: int | None = None) -> list[dict[str, Any]]:
        """Every tag change the app made, or those of one customer."""
        return [row for row in self.rows("tag_writes") if customer in (None, row["customer"])]

    def doubled(self) -> list[dict[str, Any]]:
        """Tag changes that changed nothing."""
        return [row for row in self.writes() if not row["changed"]]


def ours_among(tags: Iterable[str]) -> set[str]:
    """Those tags that have one of our names, whatever their capitals."""
    return {tag.casefold() for tag in tags} & OURS
