"""Anna's Bakery at the simulated Shopify, over HTTP; `calls` and `client` here take the place of the scripted ones."""

import time
from collections.abc import Iterator

import pytest
import requests

from plugin.shopify.client import Client
from plugin.shopify.transport import session
from plugin.simulator import access
from plugin.simulator.merchant import add_customer
from plugin.simulator.server import serve
from plugin.simulator.state import Shop, World
from tests.shopify.scripted import SHOP, VERSION, OneKey

SCOPES = ("write_customers", "read_orders")


def briefly(seconds: float) -> None:
    """Shorter waits change nothing: what is waited for is looked at again."""
    time.sleep(min(seconds, 0.1))


@pytest.fixture
def world() -> Iterator[World]:
    """Anna's Bakery with forty customers, each with a tag of somebody else's making."""
    made = World(
        api_key="simulated-key",
        secret="simulated-secret",
        app_url="http://127.0.0.1:1",
        scopes=SCOPES,
        api_version=VERSION,
        redirect_urls=("http://127.0.0.1:1/auth/callback",),
        subscriptions={},
        webhooks_uri="http://127.0.0.1:1/webhooks",
    )
    shop = Shop(id=1, domain=SHOP, name="Anna's Bakery", zone="Europe/Paris", currency="EUR", scopes=SCOPES)
    shop.installed = True
    for _ in range(40):
        add_customer(shop, at=1_700_000_000_000, joined=False, tags=["newsletter"])
    made.shops[SHOP] = shop
    server = serve(made)
    yield made
    server.close()


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shops[SHOP]


@pytest.fixture
def calls(world: World) -> Iterator[requests.Session]:
    with session(world.address) as made:
        yield made


@pytest.fixture
def client(shop: Shop, calls: requests.Session) -> Client:
    token, _ = access.new_token(shop, SCOPES, expiring=True)
    return Client(domain=SHOP, keys=OneKey(token), version=VERSION, session=calls, sleep=briefly)


@pytest.fixture
def everyone(shop: Shop) -> list[str]:
    return [f"Customer/{number}" for number in shop.customers]
