"""Bulk operations that take their time and never say when they are done, while the shop goes on selling."""

from tests.journeys.app import until
from tests.journeys.journey import MANY, Journey

CROISSANT, CAKE = 11, 12
SLOW = 4.0  # seconds


def test_what_happens_during_the_import_wins_over_it(bakery: Journey) -> None:
    """Shopify takes the picture at once and delivers it late: by then part of it is no longer true."""
    shopify = bakery.shopify
    refunded, deleted, moved = (shopify.bought(CROISSANT, days_ago=9) for _ in range(3))
    came_back = shopify.bought(CROISSANT, days_ago=9)["customer"]
    gains = shopify.bought(CROISSANT, days_ago=5)["customer"]
    shopify.knobs(bulk_delay=SLOW, finish_webhooks=False)
    bakery.install()
    until("the import to be asked for", lambda: (bakery.app.status()["import"] or {}).get("stage") == "asked")
    assert "is not imported yet" in bakery.accept(0).text
    shopify.order("refund", order=refunded["id"])
    shopify.order("delete", order=deleted["id"])
    shopify.order("update", order=moved["id"], customer=gains)
    shopify.bought(CAKE, customer=came_back)
    newcomer = shopify.bought(CROISSANT)["customer"]
    until("the deliveries to be worked off", lambda: bakery.app.status()["deliveries"]["done"] >= 7)
    assert bakery.app.status()["import"]["stage"] == "asked"
    assert bakery.imported()["kinds"] == {"none": 3, "buyers": 2, "clients": 1}
    assert bakery.accept().status_code == 302
    bakery.settled()
    people = (refunded["customer"], deleted["customer"], moved["customer"], came_back, gains, newcomer)
    assert shopify.our_tags(*people) == ["", "", "", "client", "buyer", "buyer"]
    bakery.all_right()


def test_a_bulk_file_that_never_says_it_is_done_is_found_done(big_bakery: Journey) -> None:
    """Its customers are left alone until it is over, then compared again: who changed meanwhile is made right."""
    shopify = big_bakery.shopify
    big_bakery.install()
    assert big_bakery.imported()["to_tag"] == MANY + 1
    shopify.knobs(bulk_delay=SLOW, finish_webhooks=False)
    big_bakery.accept()
    until("the bulk file to be on its way", lambda: (big_bakery.app.status()["bulk"] or {}).get("state") == "running")
    regular, regrets = list(shopify.tags())[:2]
    shopify.bought(CAKE, customer=regular)
    shopify.order("refund", order=next(row["id"] for row in shopify.rows("orders") if row["customer"] == regrets))
    newcomer = shopify.bought(CROISSANT)["customer"]
    until("the deliveries to be worked off", lambda: big_bakery.app.status()["deliveries"]["done"] >= 3)
    assert big_bakery.app.status()["bulk"]
    big_bakery.settled()
    assert shopify.our_tags(regular, regrets, newcomer) == ["client", "", "buyer"]
    assert len([write for write in shopify.writes() if write["bulk"]]) == MANY + 1
    big_bakery.all_right()
    assert shopify.doubled() == []
