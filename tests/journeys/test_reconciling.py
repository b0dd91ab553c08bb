"""Shopify loses deliveries; the app finds out by itself, or when it is told to look."""

import time

from tests.journeys.journey import Journey
from tests.journeys.shopify import DAY, SHOP
from tests.journeys.test_commands import said

CROISSANT, CAKE = 11, 12


def unheard(bakery: Journey, anna: int) -> int:
    """A newcomer, and Anna's next visit, of which no delivery tells; the newcomer."""
    bakery.shopify.knobs(drop=1.0)
    bakery.shopify.bought(CAKE, customer=anna)
    oak = int(bakery.shopify.bought(CROISSANT)["customer"])
    bakery.shopify.knobs(drop=0.0)
    return oak


def test_what_deliveries_did_not_tell_is_found_on_the_command_line_and_mended_once(open_bakery: Journey) -> None:
    """Live orders come meanwhile, and are right too."""
    app, shopify = open_bakery.app, open_bakery.shopify
    anna = int(shopify.bought(CROISSANT, days_ago=10)["customer"])
    open_bakery.becomes(anna, "buyer")
    open_bakery.settled()
    oak = unheard(open_bakery, anna)
    shopify.advance(DAY // 24)
    live = int(shopify.bought(CROISSANT)["customer"])
    words = said(app.command("reconcile", SHOP))
    assert "2 orders were missing and 2 customers were not what we thought. It is right now." in words
    open_bakery.all_right()
    assert shopify.our_tags(anna, oak, live) == ["client", "buyer", "buyer"]
    assert "Nothing was missing or wrong." in said(app.command("reconcile", SHOP))
    assert shopify.doubled() == []


def test_every_night_it_looks_by_itself(open_bakery: Journey) -> None:
    shopify = open_bakery.shopify
    anna = int(shopify.bought(CROISSANT, days_ago=10)["customer"])
    open_bakery.becomes(anna, "buyer")
    oak = unheard(open_bakery, anna)
    # Past the next night, whatever hour it is now.
    shopify.advance(30 * DAY // 24)
    open_bakery.becomes(anna, "client")
    open_bakery.becomes(oak, "buyer")
    open_bakery.all_right()


def test_after_an_outage_it_looks_at_once(open_bakery: Journey) -> None:
    """Shopify had given up sending by the time the app was back; beside a simulator five seconds are an outage."""
    app, shopify = open_bakery.app, open_bakery.shopify
    anna = int(shopify.bought(CROISSANT, days_ago=10)["customer"])
    open_bakery.becomes(anna, "buyer")
    app.kill()
    oak = unheard(open_bakery, anna)
    time.sleep(6)
    said_since = app.log_from_here()
    app.start()
    open_bakery.becomes(anna, "client")
    open_bakery.becomes(oak, "buyer")
    assert "nobody was here for" in said_since()
    open_bakery.all_right()
