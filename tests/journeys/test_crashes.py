"""The power goes, at the worst moments: started again on the same database, the app finishes what it had begun."""

from tests.journeys.app import until
from tests.journeys.journey import MANY, Journey

CROISSANT, CAKE = 11, 12
ONE_CALL = 25  # customers whose tags travel in one call


def stage(bakery: Journey) -> str:
    """Where the import stands."""
    return str((bakery.app.status()["import"] or {}).get("stage"))


def test_killed_while_shopify_prepares_the_history_it_imports_all_of_it(big_bakery: Journey) -> None:
    """Orders that nobody received while the app was down come again, and win over the older picture."""
    shopify, app = big_bakery.shopify, big_bakery.app
    shopify.knobs(bulk_delay=3.0)
    big_bakery.install()
    until("the import to be asked for", lambda: stage(big_bakery) == "asked")
    app.kill()
    first, second = list(shopify.tags())[:2]
    shopify.bought(CAKE, customer=first)
    shopify.order("refund", order=next(row["id"] for row in shopify.rows("orders") if row["customer"] == second))
    app.start()
    big_bakery.imported()
    shopify.knobs(bulk_delay=0.0)
    assert big_bakery.accept().status_code == 302
    big_bakery.all_right()
    assert big_bakery.app.status()["orders"] == MANY + 2
    assert shopify.our_tags(first, second) == ["client", ""]
    assert shopify.doubled() == []


def test_killed_in_the_middle_of_reading_it_begins_again_and_misses_nothing(loyal_bakery: Journey) -> None:
    app = loyal_bakery.app
    loyal_bakery.install()
    until("the reading to begin", lambda: stage(loyal_bakery) in {"reading", "judging"}, pause=0.005)
    app.kill()
    app.start()
    status = loyal_bakery.imported()
    assert status["orders"] == 2 * MANY + 1
    assert status["kinds"] == {"none": 0, "buyers": 1, "clients": MANY}
    loyal_bakery.accept()
    loyal_bakery.all_right()
    assert loyal_bakery.shopify.doubled() == []


def test_killed_while_a_bulk_file_is_under_way_it_picks_the_result_up(big_bakery: Journey) -> None:
    """The file is not sent again: each line of it is settled once."""
    shopify, app = big_bakery.shopify, big_bakery.app
    big_bakery.install()
    big_bakery.imported()
    shopify.knobs(bulk_delay=3.0)
    big_bakery.accept()
    until("the bulk file to be on its way", lambda: (app.status()["bulk"] or {}).get("state") == "running")
    app.kill()
    regular = next(iter(shopify.tags()))
    shopify.bought(CAKE, customer=regular)
    app.start()
    big_bakery.all_right()
    assert shopify.our_tags(regular) == ["client"]
    assert len([write for write in shopify.writes() if write["bulk"]]) == MANY + 1
    assert shopify.doubled() == []


def test_killed_between_planning_a_bulk_file_and_sending_it_nothing_is_lost(big_bakery: Journey) -> None:
    """Nobody knows whether it was sent, so it is: to add a tag twice is harmless."""
    shopify, app = big_bakery.shopify, big_bakery.app
    big_bakery.install()
    big_bakery.imported()
    # Enough to ask whether a bulk operation is running, and not enough to start one.
    shopify.knobs(bucket=15.0, restore_rate=3.0)
    big_bakery.accept()
    until("the bulk file to be planned", lambda: (app.status()["bulk"] or {}).get("state") == "planned")
    app.kill()
    assert shopify.writes() == []
    shopify.knobs(bucket=2000.0, restore_rate=100.0)
    app.start()
    big_bakery.all_right()
    assert shopify.doubled() == []


def test_killed_in_the_middle_of_live_tagging_at_most_one_call_is_repeated(bakery: Journey) -> None:
    shopify, app = bakery.shopify, bakery.app
    bakery.tagging()
    shopify.knobs(bucket=150.0, restore_rate=40.0)
    people = [shopify.bought(CROISSANT, days_ago=1)["customer"] for _ in range(80)]
    until("half of the tags to be written", lambda: len(shopify.writes()) > 20, pause=0.02)
    app.kill()
    assert len(shopify.writes()) < len(people)
    shopify.knobs(bucket=2000.0, restore_rate=100.0)
    app.start()
    bakery.all_right()
    assert set(shopify.our_tags(*people)) == {"buyer"}
    assert len(shopify.doubled()) <= ONE_CALL


def test_killed_again_and_again_under_a_stream_of_orders_every_tag_is_right(bakery: Journey) -> None:
    """Deliveries that were answered are on disk; those that were not come again."""
    shopify, app = bakery.shopify, bakery.app
    bakery.tagging()
    people: list[int] = []
    for _ in range(2):
        for _ in range(40):
            people.append(shopify.bought(CROISSANT, days_ago=1)["customer"])
            shopify.bought(CAKE, customer=people[len(people) // 2])
        app.kill()
        app.start()
    status = bakery.settled()
    bakery.all_right()
    assert status["orders"] == len(shopify.rows("orders")) == 160
    assert status["deliveries"]["parked"] == 0


def test_when_only_the_main_process_is_killed_its_worker_goes_too(bakery: Journey) -> None:
    """Nothing runs on unseen, and whoever starts the app again at once has the database to himself."""
    shopify, app = bakery.shopify, bakery.app
    bakery.tagging()
    people = [shopify.bought(CROISSANT, days_ago=1)["customer"] for _ in range(40)]
    app.kill_main()
    app.start()
    people += [shopify.bought(CROISSANT, days_ago=1)["customer"] for _ in range(10)]
    bakery.all_right()
    assert set(shopify.our_tags(*people)) == {"buyer"}
    assert len(shopify.doubled()) <= ONE_CALL
