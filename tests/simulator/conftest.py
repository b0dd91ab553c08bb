"""A running simulated Shopify with one small shop, and a real server that receives its webhooks."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import requests

from plugin.simulator.app_toml import world_of
from plugin.simulator.merchant import add_customer
from plugin.simulator.run import APP_TOML
from plugin.simulator.server import Server, serve
from plugin.simulator.state import Shop, World
from plugin.simulator.wsgi import HttpServer

BAKERY = "annas-bakery.myshopify.com"


class Received(NamedTuple):
    """One webhook as it arrived."""

    headers: dict[str, str]
    raw: bytes
    status: int

    @property
    def topic(self) -> str:
        return self.headers["X_SHOPIFY_TOPIC"]

    @property
    def id(self) -> str:
        return self.headers["X_SHOPIFY_WEBHOOK_ID"]

    @property
    def payload(self) -> Any:
        return json.loads(self.raw)


class Door:
    """The app's side: keeps every webhook, answers with the statuses it was told, then with 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.seconds = 0.0
        self._lock = threading.Lock()
        self._http = HttpServer(("127.0.0.1", 0), self._answer)
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"

    def topics(self) -> list[str]:
        return [it.topic for it in self.received]

    def of(self, topic: str) -> list[Received]:
        return [it for it in self.received if it.topic == topic]

    def close(self) -> None:
        self._http.close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        time.sleep(self.seconds)
        headers = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
        with self._lock:
            status = self.statuses.pop(0) if self.statuses else 200
            self.received.append(Received(headers, environ["wsgi.input"].read(), status))
        start_response(f"{status} Said", [("Content-Length", "0"), ("Location", "/elsewhere")])
        return [b""]


class Running:
    """A simulation, the door of its app, and short ways to speak to it over HTTP."""

    def __init__(self, server: Server, door: Door) -> None:
        self.server, self.door = server, door
        self.world: World = server.world
        self.shop: Shop = server.world.shops[BAKERY]
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.server.address + path, allow_redirects=False, timeout=10)

    def post(self, path: str, **body: Any) -> requests.Response:
        return self.session.post(self.server.address + path, json=body, allow_redirects=False, timeout=10)

    def rows(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.get(f"/_simulator/{BAKERY}/{name}.jsonl").text.splitlines()]

    def order(self, do: str, **fields: Any) -> dict[str, Any]:
        answer = self.post(f"/_simulator/{BAKERY}/orders", do=do, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def quiet(self) -> None:
        assert self.server.sender.wait_quiet(10)


@pytest.fixture
def running() -> Iterator[Running]:
    """The simulated Shopify with Anna's Bakery, where the app is installed."""
    door = Door()
    world = world_of(APP_TOML, app_url="http://127.0.0.1:1", app_address=door.address)
    shop = Shop(1, BAKERY, "Anna's Bakery", installed=True)
    world.shops[BAKERY] = shop
    server = serve(world)
    add_customer(shop, at=world.now(), joined=False, tags=["newsletter", "VIP list"])
    it = Running(server, door)
    yield it
    it.session.close()
    server.close()
    door.close()
