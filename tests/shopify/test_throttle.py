"""The bucket is predicted well enough to spend all of it and hardly ever be throttled."""

import random
import threading

import pytest

from plugin.shopify.throttle import Bucket, Status
from tests.shopify.scripted import HandClock


class RealBucket:
    """Shopify's side: reserves the requested cost, gives the unused part back, throttles when it does not fit."""

    def __init__(self, maximum: float, rate: float, clock: HandClock) -> None:
        self.maximum, self.rate, self.clock = maximum, rate, clock
        self.level, self.at = maximum, clock()
        self.spent = 0.0
        self.throttled = 0

    def ask(self, requested: float, actual: float) -> tuple[bool, Status]:
        now = self.clock()
        self.level, self.at = min(self.maximum, self.level + (now - self.at) * self.rate), now
        fits = self.level >= requested
        if fits:
            self.level -= actual
            self.spent += actual
        else:
            self.throttled += 1
        return fits, Status(self.maximum, float(int(self.level)), self.rate)


@pytest.mark.parametrize(("maximum", "rate"), [(2000, 100), (1000, 50), (20000, 1000), (600, 10)])
@pytest.mark.parametrize("share", [1.0, 0.4])
def test_a_long_run_spends_nearly_everything_the_bucket_allows(maximum: float, rate: float, share: float) -> None:
    """Requests of 500 points, of which `share` is really used; each answer takes up to 0.3 s."""
    clock, random_ = HandClock(), random.Random(7)
    ours, theirs = Bucket(), RealBucket(maximum, rate, clock)
    start = clock()
    while clock() - start < 600:
        while wait := ours.take(500, clock()):
            clock.sleep(wait)
        clock.sleep(random_.uniform(0.02, 0.3) / 2)
        _, status = theirs.ask(500, 500 * share)
        clock.sleep(random_.uniform(0.02, 0.3) / 2)
        ours.settle(500, clock(), status)
    allowed = maximum + rate * (clock() - start)
    if share == 1.0:
        assert theirs.spent >= 0.95 * (allowed - 500)  # the last request may just not have fitted any more
    assert theirs.throttled <= 1


def test_points_come_back_at_the_rate_the_shop_names() -> None:
    bucket = Bucket()
    bucket.take(10, 0.0)
    bucket.settle(10, 0.0, Status(2000, 100, 50))
    assert bucket.wait_for(100, 0.0) == 0
    assert bucket.wait_for(300, 0.0) == pytest.approx(4.0)
    assert bucket.wait_for(300, 3.0) == pytest.approx(1.0)
    assert bucket.wait_for(2000, 1e6) == 0


def test_asking_what_to_wait_reserves_nothing() -> None:
    bucket = Bucket()
    for _ in range(5):
        assert bucket.wait_for(1000, 0.0) == 0
    assert bucket.take(1000, 0.0) == 0
    assert bucket.wait_for(10, 0.0) > 0


def test_a_request_that_was_never_sent_costs_nothing_and_a_lost_one_counts_as_spent() -> None:
    bucket = Bucket()
    bucket.take(1000, 0.0)
    bucket.give_back(1000)
    assert bucket.wait_for(1000, 0.0) == 0
    bucket.take(1000, 0.0)
    bucket.settle(1000, 0.0, None)
    assert bucket.wait_for(100, 0.0) == pytest.approx(1.0)


def test_more_than_the_bucket_holds_goes_when_it_is_full() -> None:
    """The answer then says that it never fits; waiting for it would last for ever."""
    bucket = Bucket()
    bucket.take(10, 0.0)
    bucket.settle(10, 0.0, Status(100, 40, 10))
    assert bucket.wait_for(500, 0.0) == pytest.approx(6.0)
    assert bucket.wait_for(500, 6.0) == 0


def test_a_shop_that_restores_nothing_is_asked_again_every_second() -> None:
    bucket = Bucket()
    bucket.take(10, 0.0)
    bucket.settle(10, 0.0, Status(100, 0, 0))
    assert bucket.wait_for(50, 5.0) == 1.0


def test_threads_together_never_reserve_more_than_is_there() -> None:
    bucket = Bucket()
    taken: list[int] = []

    def take_many() -> None:
        taken.extend(10 for _ in range(200) if not bucket.take(10, 0.0))

    threads = [threading.Thread(target=take_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1000
