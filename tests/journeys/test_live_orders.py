"""What happens at the shop today shows in its tags within seconds."""

import time

from tests.journeys.journey import Journey
from tests.journeys.shopify import DAY, SHOP

SOON = 20.0  # seconds; a fraction of one where nothing else runs
CROISSANT, BAGUETTE, CAKE = 11, 12, 13


def test_a_first_order_makes_a_buyer_within_seconds(open_bakery: Journey) -> None:
    began = time.monotonic()
    anna = open_bakery.shopify.bought(CROISSANT)["customer"]
    open_bakery.becomes(anna, "buyer")
    assert time.monotonic() - began < SOON
    assert [(write["action"], write["tags"]) for write in open_bakery.shopify.writes(anna)] == [("add", ["buyer"])]


def test_the_same_product_again_stays_a_buyer_and_another_one_makes_a_client(open_bakery: Journey) -> None:
    """A second croissant on another day weighs half; a cake after it is a free choice that counts in full."""
    shopify = open_bakery.shopify
    anna = shopify.bought(CROISSANT, days_ago=20)["customer"]
    shopify.bought(CROISSANT, customer=anna, days_ago=10)
    open_bakery.settled()
    assert shopify.our_tags(anna) == ["buyer"]
    shopify.bought(CAKE, customer=anna)
    open_bakery.becomes(anna, "client")
    open_bakery.settled()
    assert [(write["action"], write["tags"]) for write in shopify.writes(anna)] == [
        ("add", ["buyer"]),
        ("remove", ["buyer"]),
        ("add", ["client"]),
    ]


def test_two_orders_on_one_day_are_one_occasion(open_bakery: Journey) -> None:
    shopify = open_bakery.shopify
    anna = shopify.bought(CROISSANT, days_ago=10)["customer"]
    shopify.bought(CAKE, customer=anna, days_ago=10)
    open_bakery.settled()
    assert shopify.our_tags(anna) == ["buyer"]


def test_orders_that_do_not_count_leave_no_tag(open_bakery: Journey) -> None:
    """A test order, a gift of the house, an unpaid order; a promise to pay on delivery does count."""
    shopify = open_bakery.shopify
    tested = shopify.bought(CROISSANT, test=True)["customer"]
    given = shopify.bought(CROISSANT, price=0)["customer"]
    unpaid = shopify.bought(CROISSANT, status="pending")["customer"]
    promised = shopify.bought(CROISSANT, status="pending", gateways=["Cash on Delivery (COD)"])["customer"]
    open_bakery.becomes(promised, "buyer")
    open_bakery.settled()
    assert shopify.our_tags(tested, given, unpaid) == ["", "", ""]


def test_a_payment_that_arrives_later_makes_a_buyer(open_bakery: Journey) -> None:
    order = open_bakery.shopify.bought(CROISSANT, status="pending")
    open_bakery.settled()
    open_bakery.shopify.order("update", order=order["id"], status="paid")
    open_bakery.becomes(order["customer"], "buyer")


def test_money_given_back_takes_the_tag_back(open_bakery: Journey) -> None:
    """A part of it changes nothing; all of one order makes the client a buyer, all of both leaves neither tag."""
    shopify = open_bakery.shopify
    first = shopify.bought(CROISSANT, days_ago=10)
    second = shopify.bought(CAKE, customer=first["customer"])
    anna = first["customer"]
    open_bakery.becomes(anna, "client")
    shopify.order("refund", order=second["id"], amount=400)
    open_bakery.settled()
    assert shopify.our_tags(anna) == ["client"]
    shopify.order("refund", order=second["id"])
    open_bakery.becomes(anna, "buyer")
    shopify.order("refund", order=first["id"])
    open_bakery.becomes(anna, "")


def test_a_cancelled_and_a_deleted_order_are_as_if_they_had_never_been(open_bakery: Journey) -> None:
    shopify = open_bakery.shopify
    cancelled, deleted = shopify.bought(CROISSANT), shopify.bought(CROISSANT)
    for order in (cancelled, deleted):
        open_bakery.becomes(order["customer"], "buyer")
    shopify.order("cancel", order=cancelled["id"])
    shopify.order("delete", order=deleted["id"])
    for order in (cancelled, deleted):
        open_bakery.becomes(order["customer"], "")


def test_an_order_handed_to_another_customer_counts_for_that_one(open_bakery: Journey) -> None:
    shopify = open_bakery.shopify
    anna = shopify.came_again()
    oak = shopify.bought(CROISSANT, days_ago=5)["customer"]
    open_bakery.becomes(anna, "client")
    open_bakery.becomes(oak, "buyer")
    cake = next(row for row in shopify.rows("orders") if row["customer"] == anna and row["products"] == [12])
    shopify.order("update", order=cake["id"], customer=oak)
    open_bakery.becomes(anna, "buyer")
    open_bakery.becomes(oak, "client")


def test_an_order_without_a_customer_is_nobodys_until_it_names_one(open_bakery: Journey) -> None:
    shopify = open_bakery.shopify
    anna = shopify.bought(CROISSANT, days_ago=10)["customer"]
    nobodys = shopify.bought(CAKE, customer=None)
    open_bakery.becomes(anna, "buyer")
    shopify.order("update", order=nobodys["id"], customer=anna)
    open_bakery.becomes(anna, "client")


def test_a_deleted_customer_is_left_alone(open_bakery: Journey) -> None:
    """Also when the news comes while the tag is on its way: nothing hangs, and nobody is written to in vain again."""
    shopify = open_bakery.shopify
    known = shopify.came_again()
    open_bakery.becomes(known, "client")
    gone = [known, *(shopify.bought(CROISSANT, days_ago=1)["customer"] for _ in range(5))]
    for customer in gone:
        shopify.send(f"{SHOP}/customers/{customer}/delete")
    anna = shopify.bought(CROISSANT)["customer"]
    open_bakery.becomes(anna, "buyer")
    open_bakery.settled()
    assert not shopify.tags().keys() & set(gone)
    assert max(len(shopify.writes(customer)) for customer in gone[1:]) <= 1


def test_a_company_location_is_judged_once_for_all_who_order_there(open_bakery: Journey) -> None:
    """Anna and Bert each order once for Oak Ltd: the place is a client, and so are both."""
    shopify = open_bakery.shopify
    oak_ltd = [500, 600]
    anna = shopify.bought(CROISSANT, company=oak_ltd, days_ago=10)["customer"]
    open_bakery.becomes(anna, "buyer")
    bert = shopify.bought(CAKE, company=oak_ltd)["customer"]
    open_bakery.becomes(bert, "client")
    open_bakery.becomes(anna, "client")
    shopify.order("cancel", order=next(row["id"] for row in shopify.rows("orders") if row["customer"] == bert))
    open_bakery.becomes(anna, "buyer")
    open_bakery.becomes(bert, "buyer")


def test_a_rush_of_newcomers_who_all_return_their_goods_and_come_back(open_bakery: Journey) -> None:
    """Each is looked at before the first write, or our own tag would later pass for one that was there before us."""
    shopify = open_bakery.shopify
    rush = [shopify.bought(CROISSANT, days_ago=1) for _ in range(60)]
    people = [order["customer"] for order in rush]
    open_bakery.becomes(people[-1], "buyer")
    for order in rush:
        shopify.order("refund", order=order["id"])
    open_bakery.settled()
    assert set(shopify.our_tags(*people)) == {""}
    for customer in people:
        shopify.bought(CAKE, customer=customer)
    open_bakery.settled()
    assert set(shopify.our_tags(*people)) == {"buyer"}


def test_a_change_of_zone_moves_the_days(open_bakery: Journey) -> None:
    """Twenty minutes before and after midnight are two days in one zone, and one day in another."""
    shopify = open_bakery.shopify
    midnight = (shopify.now() - 10 * DAY) // DAY * DAY
    anna = shopify.bought(CROISSANT, processed_at=midnight - 20 * 60_000)["customer"]
    shopify.bought(CAKE, customer=anna, processed_at=midnight + 20 * 60_000)
    open_bakery.becomes(anna, "client")
    shopify.send(f"{SHOP}/shop", zone="America/New_York")
    open_bakery.becomes(anna, "buyer")
    shopify.send(f"{SHOP}/shop", zone="UTC")
    open_bakery.becomes(anna, "client")


def test_nothing_was_written_twice_and_nothing_set_aside(open_bakery: Journey) -> None:
    """Holds after whatever the other tests of this file have done."""
    status = open_bakery.settled()
    assert open_bakery.shopify.doubled() == []
    assert status["deliveries"]["parked"] == 0
    # A customer who was deleted in between is refused by the shop.
    assert set(status["ledger"]) <= {"done", "failed"}
    assert status["ledger"].get("failed", 0) <= 5
