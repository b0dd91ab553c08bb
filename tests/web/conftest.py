"""The pages in this process: a Flask client before real services, and a scripted Shopify behind them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import load, read_app_toml
from plugin.db import imports, shops
from plugin.db.shops import Credentials, Shop
from plugin.services import Services, build
from tests.session_tokens import ANNA, OAK, session_token
from tests.shopify.scripted import Call, Reply, Script, serving

DAY = 20_000 * 86_400_000  # a quiet moment on the shops' calendar, UTC ms
SCOPES = ",".join(read_app_toml().scopes)


class Pages:
    """The app, the shops it knows, and what was asked of Shopify."""

    def __init__(self, services: Services, shopify: Script) -> None:
        self.services = services
        self.shopify = shopify
        self.nudged: list[tuple[str, int]] = []
        services.nudge = lambda job, shop, *, after=0.0: self.nudged.append((job, shop))
        self.app: Flask = create_app(services)
        self.browser: FlaskClient = self.app.test_client()
        self.exchange: dict[str, Any] = {"access_token": "shpat_secret", "scope": SCOPES, "expires_in": 3600}
        shopify.always = self._reply

    def _reply(self, call: Call) -> Reply:
        if call.path == "/_simulator/calendar":
            return Reply(body=json.dumps({"now": DAY, "wall": DAY, "rate": 0.0, "until": None}).encode())
        assert call.path.endswith("/admin/oauth/access_token"), call.path
        return Reply(200 if "access_token" in self.exchange else 400, json.dumps(self.exchange).encode())

    @property
    def exchanges(self) -> int:
        """How often Shopify was asked for tokens."""
        return sum(call.path.endswith("/access_token") for call in self.shopify.calls)

    def shop(self, domain: str = ANNA) -> Shop | None:
        """What is known of a shop."""
        with self.services.database.read() as tx:
            return shops.find(tx, domain)

    def connected(self, domain: str = ANNA, *, scopes: str = SCOPES, token: str = "shpat_kept") -> int:
        """A shop that has installed the app and whose history is read; its number."""
        with self.services.database.write() as tx:
            shop = shops.know(tx, domain)
            given = Credentials(self.services.box.encrypt(token), None, None, None)
            shops.install(tx, shop, given=given, scopes=scopes, now=1)
            shops.change(tx, shop, name=domain.split(".")[0].replace("-", " ").title())
        return shop

    def imported(self, shop: int) -> None:
        """Its order history is read."""
        with self.services.database.write() as tx:
            number = imports.begin(tx, shop, now=2)
            imports.progress(tx, shop, number, stage="done")

    def document(self, path: str = "/", token: str | None = None, **query: str) -> TestResponse:
        """A page as Shopify's admin loads it in its frame; `token` "" for none."""
        given = session_token() if token is None else token
        asked = {"shop": ANNA, "host": "aG9zdA", "embedded": "1", **query, **({"id_token": given} if given else {})}
        return self.browser.get(path, query_string=asked)

    def fetch(self, path: str = "/", token: str | None = None, *, method: str = "GET", **form: str) -> TestResponse:
        """A request as App Bridge signs it."""
        bearer = {"Authorization": f"Bearer {session_token() if token is None else token}"}
        return self.browser.open(path, method=method, headers=bearer, data=form or None)


@pytest.fixture
def shopify() -> Iterator[Script]:
    """A server that answers token exchange and the calendar."""
    with serving(Script()) as running:
        yield running


@pytest.fixture
def pages(given: dict[str, str], shopify: Script) -> Iterator[Pages]:
    """The app with nothing installed."""
    services = build(load(**given | {"shopify_simulator": shopify.address}), lambda job, shop, *, after=0.0: None)
    yield Pages(services, shopify)
    services.close()


@pytest.fixture
def bakery(pages: Pages) -> Pages:
    """The app with two shops: Anna's Bakery, who looks, and Oak Ltd, which is nobody's business."""
    pages.imported(pages.connected(ANNA))
    pages.imported(pages.connected(OAK))
    return pages
