"""A shop that is connected to the app by a simulated Shopify, both in this process; nothing but HTTP in between."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from plugin.config import load
from plugin.db import shops, tokens
from plugin.db.shops import Shop
from plugin.db.tokens import Access
from plugin.services import Services, build
from plugin.shopify.shop import read_shop
from plugin.simulator.app_toml import world_of
from plugin.simulator.run import APP_TOML
from plugin.simulator.server import serve
from plugin.simulator.state import Shop as AtShopify
from plugin.simulator.state import World
from plugin.usecases.install import connect
from tests.session_tokens import ANNA, KEY, SECRET, session_token


class Connected:
    """Anna's Bakery: our services, what the database says, and the simulated Shopify."""

    def __init__(self, given: dict[str, str], world: World) -> None:
        self.given = given | {"shopify_simulator": world.address}
        self.world = world
        self.nudged: list[tuple[str, int]] = []
        self.services = self.another()
        self.shop = self.visit()

    def another(self, **changes: str) -> Services:
        """Services of the same database, as another process has them."""
        settings = load(**self.given | changes)
        return build(settings, lambda job, shop, *, after=0.0: self.nudged.append((job, shop)))

    def visit(self) -> int:
        """The merchant opens the app."""
        return connect(self.services, ANNA, session_token=session_token())

    @property
    def known(self) -> Shop:
        """The shop as the use cases see it."""
        with self.services.database.read() as tx:
            return shops.get(tx, self.shop)

    @property
    def access(self) -> Access:
        """Its tokens as they are kept."""
        with self.services.database.read() as tx:
            return tokens.read(tx, self.shop)

    @property
    def pair(self) -> tuple[str, str]:
        """The same in clear."""
        access = self.access
        return tuple(self.services.box.decrypt(one or "") for one in (access.token, access.refresh_token))  # type: ignore[return-value]

    @property
    def at_shopify(self) -> AtShopify:
        """The shop as Shopify sees it."""
        return self.world.shops[ANNA]

    @property
    def counts(self) -> dict[str, int]:
        """How often tokens were asked for, by way and outcome."""
        return dict(self.at_shopify.token_calls)

    def change(self, **values: Any) -> None:
        """Changes the shop's row."""
        with self.services.database.write() as tx:
            shops.change(tx, self.shop, **values)

    def expire(self) -> None:
        """The access token has come to its end."""
        self.change(token_expires_at=self.services.now() - 1)
        for grant in self.at_shopify.tokens.values():
            grant.expires_at = time.time_ns() // 1_000_000

    def send(self, path: str, **wishes: Any) -> None:
        """A wish to the simulator's control."""
        assert requests.post(f"{self.world.address}/_simulator/{path}", json=wishes, timeout=10).ok

    def call(self) -> str:
        """Calls the shop; the name it says."""
        return read_shop(self.services.shopify(self.known)).name


@contextmanager
def connected(given: dict[str, str]) -> Iterator[Connected]:
    """Anna's Bakery with a fresh pair of tokens."""
    world = world_of(APP_TOML, api_key=KEY, secret=SECRET, app_url="http://127.0.0.1:1", app_address=given["app_url"])
    world.shops[ANNA] = AtShopify(1, ANNA, "Anna's Bakery", zone="UTC", installed=True, scopes=world.scopes)
    server = serve(world)
    made = None
    try:
        made = Connected(given, world)
        yield made
    finally:
        if made is not None:
            made.services.close()
        server.close()
