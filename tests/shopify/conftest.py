"""Parts that the tests of the Shopify adapter share."""

from collections.abc import Callable, Iterator

import pytest
import requests

from plugin.shopify.client import Client
from plugin.shopify.transport import session
from tests.shopify.scripted import SHOP, VERSION, HandClock, OneKey, Script, serving


@pytest.fixture
def script() -> Iterator[Script]:
    """A server with an empty script; the session below is closed before it."""
    with serving(Script()) as running:
        yield running


@pytest.fixture
def calls(script: Script) -> Iterator[requests.Session]:
    """A session whose calls to Shopify reach the scripted server."""
    with session(script.address) as made:
        yield made


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def client(calls: requests.Session, clock: HandClock) -> Client:
    """A client of Anna's Bakery whose waiting takes no time."""
    return new_client(calls, clock)


@pytest.fixture
def client_for(clock: HandClock) -> Callable[[requests.Session], Client]:
    return lambda calls: new_client(calls, clock)


def new_client(calls: requests.Session, clock: HandClock) -> Client:
    return Client(domain=SHOP, keys=OneKey("a-token"), version=VERSION, session=calls, clock=clock, sleep=clock.sleep)
