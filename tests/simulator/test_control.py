"""Steering and watching a simulation over HTTP."""

from typing import Any

import pytest

from plugin.simulator.calendar import DAY, wall_ms
from plugin.simulator.state import Knobs, TagWrite
from tests.simulator.conftest import BAKERY, Running


@pytest.fixture
def anna(running: Running) -> int:
    """The id of the bakery's one customer."""
    return next(iter(running.shop.customers))


def test_the_status_shows_everything_at_a_glance(running: Running) -> None:
    status = running.get("/_simulator/").json()
    assert set(status) == {"app_url", "webhooks_uri", "shops", "webhooks", "knobs", "calendar", "play"}
    assert status["shops"][BAKERY]["customers"] == 1


def test_the_calendar_can_be_read_and_moved(running: Running) -> None:
    before = running.get("/_simulator/calendar").json()
    assert before["rate"] == 1
    after = running.post("/_simulator/calendar", rate=0, advance=DAY).json()
    assert after["rate"] == 0
    assert DAY <= after["now"] - before["now"] < DAY + 60_000
    assert running.post("/_simulator/calendar", advance=-1).status_code == 400


def test_knobs_are_turned_by_name(running: Running) -> None:
    said = running.post("/_simulator/knobs", repeat=0.5, all_orders=False, bucket=100).json()
    assert (said["repeat"], said["all_orders"], said["bucket"]) == (0.5, False, 100.0)
    assert running.world.knobs.repeat == 0.5


@pytest.mark.parametrize(
    "wish", [{"colour": 1}, {"repeat": "often"}, {"all_orders": 1}, {"seed": 1.5}, {"delay": True}]
)
def test_an_unknown_knob_or_a_wrong_value_turns_nothing(running: Running, wish: dict[str, Any]) -> None:
    assert running.post("/_simulator/knobs", drop=0.9, **wish).status_code == 400
    assert running.world.knobs == Knobs()


def test_a_play_is_started_and_watched(running: Running) -> None:
    assert running.post("/_simulator/play", days=2, rate=DAY / 50).status_code == 202
    assert running.server.player.wait(10)
    assert running.get("/_simulator/play").json()["state"] == "done"
    assert running.post("/_simulator/play", days=0).status_code == 400
    assert running.post("/_simulator/play", colour="red").status_code == 400
    assert running.post("/_simulator/play", days=9, rate=1).status_code == 202
    assert running.post("/_simulator/play", days=9, rate=1).status_code == 409


def test_customers_are_listed_with_their_tags(running: Running, anna: int) -> None:
    (row,) = running.rows("customers")
    assert (row["id"], row["tags"], row["joined"]) == (anna, ["VIP list", "newsletter"], False)


def test_an_order_placed_by_hand_is_created_and_updated(running: Running, anna: int) -> None:
    began = wall_ms()
    made = running.order("create", customer=anna, lines=[{"product": 77, "quantity": 2, "price": 450}])
    running.quiet()
    assert (made["customer"], made["total"], made["products"], made["status"]) == (anna, 900, [77], "paid")
    assert began <= made["placed_at"] <= wall_ms()
    assert sorted(running.door.topics()) == ["orders/create", "orders/updated"]
    assert running.rows("orders") == [made]


def test_an_order_may_have_no_customer_or_a_new_one(running: Running) -> None:
    assert running.order("create", customer=None)["customer"] is None
    new = running.order("create")["customer"]
    assert running.shop.customers[new].joined


def test_a_change_by_hand_is_always_a_newer_version(running: Running) -> None:
    made = running.order("create", status="pending")
    paid = running.order("update", order=made["id"], status="paid", test=True)
    assert paid["updated_at"] > made["updated_at"]
    assert (paid["status"], paid["test"]) == ("paid", True)


def test_cancelling_gives_the_money_back(running: Running) -> None:
    gone = running.order("cancel", order=running.order("create", total=900)["id"])
    running.quiet()
    assert (gone["cancelled"], gone["status"], gone["refunded"]) == (True, "refunded", 900)
    (cancelled,) = running.door.of("orders/cancelled")
    assert cancelled.payload["cancelled_at"]


def test_cancelling_what_was_never_paid_voids_it(running: Running) -> None:
    gone = running.order("cancel", order=running.order("create", status="pending")["id"])
    assert (gone["status"], gone["refunded"]) == ("voided", 0)


def test_a_refund_may_be_partial_and_then_whole(running: Running) -> None:
    made = running.order("create", total=900)
    assert running.order("refund", order=made["id"], amount=300)["status"] == "partially_refunded"
    rest = running.order("refund", order=made["id"])
    assert (rest["status"], rest["refunded"], rest["lines"][0]["current_quantity"]) == ("refunded", 900, 0)


def test_a_deleted_order_says_only_its_id(running: Running) -> None:
    made = running.order("create")
    running.order("delete", order=made["id"])
    running.quiet()
    assert [it.payload for it in running.door.of("orders/delete")] == [{"id": made["id"]}]
    assert running.rows("orders") == []


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "burn"},
        {"do": "cancel"},
        {"do": "cancel", "order": 1},
        {"do": "create", "customer": 1},
        {"do": "create", "colour": "red"},
        {"do": "create", "lines": [{"colour": "red"}]},
    ],
)
def test_an_impossible_order_is_refused_in_words(running: Running, wish: dict[str, Any]) -> None:
    answer = running.post(f"/_simulator/{BAKERY}/orders", **wish)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert running.rows("orders") == []
    assert len(running.shop.customers) == 1


def test_the_merchant_edits_tags(running: Running, anna: int) -> None:
    """Webhooks name the changed tags only; a tag that is there already, in whatever case, is no change."""
    path = f"/_simulator/{BAKERY}/customers/{anna}/tags"
    said = running.post(path, add=["wholesale", "NEWSLETTER"], remove=["vip list", "absent"]).json()
    running.quiet()
    assert said["tags"] == ["newsletter", "wholesale"]
    assert [it.payload["tags"] for it in running.door.of("customer.tags_added")] == [["wholesale"]]
    assert [it.payload["tags"] for it in running.door.of("customer.tags_removed")] == [["VIP list"]]
    assert running.shop.tag_writes == []


def test_consent_is_told_by_channel(running: Running, anna: int) -> None:
    running.post(f"/_simulator/{BAKERY}/customers/{anna}/consent", email="subscribed", sms="unsubscribed")
    running.quiet()
    (email,) = running.door.of("customers_email_marketing_consent/update")
    assert email.payload["customer_id"] == anna
    assert email.payload["email_marketing_consent"]["state"] == "subscribed"
    (sms,) = running.door.of("customers_marketing_consent/update")
    assert sms.payload["sms_marketing_consent"]["state"] == "unsubscribed"


def test_a_deleted_customers_orders_stay_behind(running: Running, anna: int) -> None:
    running.order("create", customer=anna)
    running.post(f"/_simulator/{BAKERY}/customers/{anna}/delete")
    running.quiet()
    assert [it.payload for it in running.door.of("customers/delete")] == [{"id": anna}]
    assert running.rows("orders")[0]["customer"] is None
    assert running.post(f"/_simulator/{BAKERY}/customers/{anna}/delete").status_code == 404


def test_a_change_of_the_shop_is_told(running: Running) -> None:
    running.post(f"/_simulator/{BAKERY}/shop", zone="Europe/Paris", name="Chez Anna")
    running.quiet()
    (told,) = running.door.of("shop/update")
    assert (told.payload["iana_timezone"], told.payload["name"]) == ("Europe/Paris", "Chez Anna")
    assert running.post(f"/_simulator/{BAKERY}/shop", zone="Mars/Base").status_code == 400
    assert running.post(f"/_simulator/{BAKERY}/shop", colour="red").status_code == 400


def test_uninstalling_ends_tokens_and_webhooks(running: Running) -> None:
    """app/uninstalled is the last the app hears."""
    running.shop.tokens["shpat_x"] = None
    running.post(f"/_simulator/{BAKERY}/uninstall")
    running.order("create")
    running.quiet()
    assert running.door.topics() == ["app/uninstalled"]
    assert running.door.received[0].payload["myshopify_domain"] == BAKERY
    assert running.shop.tokens == {}


def test_tag_writes_are_timed_from_the_order_before_them(running: Running, anna: int) -> None:
    def write(at: int, who: int) -> TagWrite:
        return TagWrite(at, who, "add", ["client"], ["client"], bulk=False)

    first = running.order("create", customer=anna)
    running.shop.placed[first["id"]] = 1000
    second = running.order("create", customer=anna)
    running.shop.placed[second["id"]] = 5000
    running.shop.tag_writes = [write(500, anna), write(1200, anna), write(9000, anna), write(9000, 1)]
    timed = [(row["order"], row["placed_at"]) for row in running.rows("tag_writes")]
    assert timed == [(None, None), (first["id"], 1000), (second["id"], 5000), (None, None)]


def test_an_unknown_shop_is_not_found(running: Running) -> None:
    assert running.get("/_simulator/nobody.myshopify.com/orders.jsonl").status_code == 404


def test_how_it_stands_with_subscriptions_is_set_and_no_delivery_tells(running: Running, anna: int) -> None:
    path = f"/_simulator/{BAKERY}/customers/{anna}/subscriber"
    assert running.post(path, status="ACTIVE").json() == {"id": anna, "status": "ACTIVE"}
    assert running.post(path, status="SOMETIMES").status_code == 400
    assert running.shop.customers[anna].subscriber == "ACTIVE"
