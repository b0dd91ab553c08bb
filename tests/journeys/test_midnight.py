"""The shop's midnight: clients who stayed away too long become buyers, on the day that was said, in the shop's zone."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.app import until
from tests.journeys.journey import MANY, Journey, journey
from tests.journeys.shopify import DAY, Shopify
from tests.journeys.verdicts import lapse_day

MINUTE = 60_000
FAR = "Pacific/Auckland"  # its midnight is not ours


@pytest.fixture
def far_bakery(tmp_path: Path) -> Iterator[Journey]:
    """A bakery at the other end of the world."""
    with journey(tmp_path, zone=FAR) as made:
        yield made


def go_to(shopify: Shopify, day: int, at: time) -> None:
    """Lets time pass until that moment in the shop's zone."""
    moment = datetime.combine(date.fromordinal(day), at, tzinfo=ZoneInfo(FAR))
    shopify.advance(int(moment.timestamp() * 1000) - shopify.now())


def swept(bakery: Journey, day: int) -> None:
    """Waits until the app has seen that day begin."""
    until(f"the sweep of day {day}", lambda: bakery.app.status()["swept_on"] == day)
    bakery.settled()


def test_a_client_becomes_a_buyer_on_the_lapse_day_and_a_client_again_by_an_order(far_bakery: Journey) -> None:
    """Not a minute before the shop's own midnight, and within minutes after it."""
    shopify = far_bakery.shopify
    far_bakery.tagging()
    anna, bert = shopify.came_again(), shopify.bought(11)["customer"]
    far_bakery.becomes(anna, "client")
    today = far_bakery.settled()["today"]
    day = lapse_day([row for row in shopify.rows("orders") if row["customer"] == anna], today)
    assert today + 100 < day < today + 300
    go_to(shopify, day - 1, time(23, 50))
    swept(far_bakery, day - 1)
    assert shopify.our_tags(anna, bert) == ["client", "buyer"]
    shopify.advance(20 * MINUTE)
    swept(far_bakery, day)
    assert shopify.our_tags(anna, bert) == ["buyer", "buyer"]
    assert [write["tags"] for write in shopify.writes(anna)[-2:]] == [["client"], ["buyer"]]
    shopify.bought(13, customer=anna)
    far_bakery.becomes(anna, "client")
    far_bakery.all_right()


def test_an_order_on_the_last_evening_keeps_a_client(far_bakery: Journey) -> None:
    shopify = far_bakery.shopify
    far_bakery.tagging()
    anna = shopify.came_again()
    far_bakery.becomes(anna, "client")
    today = far_bakery.settled()["today"]
    day = lapse_day([row for row in shopify.rows("orders") if row["customer"] == anna], today)
    go_to(shopify, day - 1, time(23, 50))
    shopify.bought(13, customer=anna)
    shopify.advance(DAY)
    swept(far_bakery, day)
    assert shopify.our_tags(anna) == ["client"]
    far_bakery.all_right()


def test_when_many_lapse_in_one_night_the_old_tags_go_before_the_new_ones_come(loyal_bakery: Journey) -> None:
    """More than a thousand at once: one bulk file removes, and another adds when it is over."""
    shopify = loyal_bakery.shopify
    loyal_bakery.tagging()
    people = [one for one, tags in shopify.tags().items() if "client" in tags]
    assert len(people) == MANY
    today = loyal_bakery.app.status()["today"]
    shopify.advance(400 * DAY)
    swept(loyal_bakery, today + 400)
    loyal_bakery.all_right()
    assert set(shopify.our_tags(*people)) == {"buyer"}
    written: dict[int, list[tuple[str, str, bool]]] = {one: [] for one in people}
    for write in shopify.writes():
        if write["customer"] in written:
            written[write["customer"]].append((write["action"], *write["tags"], write["bulk"]))
    lapse = [("add", "client", True), ("remove", "client", True), ("add", "buyer", True)]
    assert {tuple(one) for one in written.values()} == {tuple(lapse)}
    assert shopify.doubled() == []
