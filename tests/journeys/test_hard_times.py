"""Shopify is slow, broken or closed for a while: the app says so, waits, and everything is right in the end."""

import re
import time
from collections.abc import Iterator

import pytest

from tests.journeys.app import until
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP

CROISSANT, CAKE = 11, 12
FAIR = {"bucket": 2000.0, "restore_rate": 100.0, "api_status": 0, "api_failures": 0, "lose_answers": 0}


@pytest.fixture
def bakery(open_bakery: Journey) -> Iterator[Journey]:
    """The shared bakery on a fine day; the weather is fine again afterwards."""
    open_bakery.settled()
    yield open_bakery
    open_bakery.shopify.knobs(**FAIR)
    open_bakery.settled()


def newcomers(bakery: Journey, number: int) -> list[int]:
    """So many customers with a first order each."""
    return [bakery.shopify.bought(CROISSANT, days_ago=1)["customer"] for _ in range(number)]


def test_a_tiny_bucket_slows_the_tags_down_and_loses_none(bakery: Journey) -> None:
    """A request dearer than the whole bucket is sent in smaller ones; what is throttled is sent again."""
    bakery.shopify.knobs(bucket=60.0, restore_rate=60.0)
    people = newcomers(bakery, 25)
    bakery.settled()
    assert set(bakery.shopify.our_tags(*people)) == {"buyer"}
    assert bakery.app.status()["calls"]["throttled"] > 0
    assert [len(bakery.shopify.writes(one)) for one in people] == [1] * len(people)
    assert bakery.shopify.doubled() == []


@pytest.mark.parametrize("status", [429, 502])
def test_a_few_refused_calls_are_sent_again(bakery: Journey, status: int) -> None:
    bakery.shopify.knobs(api_status=status, api_failures=1)
    people = newcomers(bakery, 5)
    bakery.settled()
    assert set(bakery.shopify.our_tags(*people)) == {"buyer"}
    assert [len(bakery.shopify.writes(one)) for one in people] == [1] * len(people)
    assert bakery.app.status()["calls"]["repeated"] > 0


def test_a_long_outage_is_said_in_the_log_and_waited_for(bakery: Journey) -> None:
    """Whoever changes their mind meanwhile is compared again."""
    shopify, app = bakery.shopify, bakery.app
    anna, bert = newcomers(bakery, 2)
    bakery.settled()
    shopify.knobs(api_status=500)
    log = app.log_from_here()
    shopify.bought(CAKE, customer=anna)
    cake = shopify.bought(CAKE, customer=bert)
    until("the app to say so", lambda: "comes again in 30 s: Shopify answered 500" in log())
    assert shopify.our_tags(anna, bert) == ["buyer", "buyer"]
    shopify.order("cancel", order=cake["id"])
    shopify.knobs(api_status=0)
    bakery.becomes(anna, "client")
    bakery.settled()
    assert shopify.our_tags(anna, bert) == ["client", "buyer"]
    assert "Traceback" not in log()


def test_a_lost_answer_costs_a_call_and_no_tag(bakery: Journey) -> None:
    """What was carried out without our hearing of it is sent once more, which changes nothing at the shop."""
    shopify = bakery.shopify
    client = shopify.came_again()
    bakery.becomes(client, "client")
    shopify.knobs(lose_answers=2)
    people = newcomers(bakery, 5)
    shopify.order("refund", order=next(row["id"] for row in shopify.rows("orders") if row["customer"] == client))
    bakery.settled()
    assert set(shopify.our_tags(client, *people)) == {"buyer"}
    assert {write["customer"] for write in shopify.doubled()} <= {client, *people}
    assert max(len(shopify.writes(one)) for one in people) <= 3


def test_a_revoked_token_is_said_in_the_log_and_opening_the_app_brings_another(bakery: Journey) -> None:
    """With a dead token the app does not hammer at Shopify's door: it keeps what it hears and waits for a person."""
    shopify, app = bakery.shopify, bakery.app
    log = app.log_from_here()
    shopify.send(f"revoke/{SHOP}")
    anna = shopify.bought(CROISSANT, days_ago=5)["customer"]
    until("the app to say so", lambda: "to reconnect it" in log())
    until("the order to be kept", lambda: app.status()["to_tag"] == 1)
    before = app.status()["calls"]["calls"]
    time.sleep(3)
    assert app.status()["calls"]["calls"] - before <= 1
    assert set(app.get("/healthz").json().values()) == {"ok"}
    assert f"connected to {SHOP}" in bakery.panel().text
    bakery.becomes(anna, "buyer")
    shopify.bought(CAKE, customer=anna)
    bakery.becomes(anna, "client")
    assert not re.search(r"Traceback|shpat_|shprt_", log())


def test_deliveries_that_come_while_the_app_is_down_come_again(bakery: Journey) -> None:
    """Shopify sends again what nobody answered; an app that was ended and started has forgotten nothing."""
    log = bakery.app.log_from_here()
    assert bakery.app.stop() == 0
    assert not re.search("ERROR|WARNING|Traceback", log())
    anna = bakery.shopify.bought(CROISSANT, days_ago=5)["customer"]
    until("a try to fail", lambda: bakery.shopify.read("")["webhooks"]["failed"])
    bakery.app.start()
    bakery.becomes(anna, "buyer")


def test_after_all_that_nothing_is_set_aside_or_held(bakery: Journey) -> None:
    """Holds after whatever the other tests of this file have done."""
    status = bakery.settled()
    assert status["deliveries"]["parked"] == 0
    tags = bakery.shopify.tags()
    buyers = sum("buyer" in one for one in tags.values())
    clients = sum("client" in one for one in tags.values())
    assert (buyers, clients) == (status["kinds"]["buyers"], status["kinds"]["clients"])
