"""Subscriptions: while one runs they are a client; when it ended, for a usual gap after the last billing day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.explain import explain
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Ignored, Judged
from plugin.core.subscriptions import Subscription, follow, renewed_last, subscribed
from plugin.core.verdict import Kind, judge

NONE, ACTIVE, PAUSED, CANCELLED, EXPIRED, FAILED = Subscription
DAY = 740_000


def order(day: int, *, renewal: bool = True, ignored: Ignored = Ignored.COUNTED) -> Judged:
    return Judged(DAY + day, ignored, renewal, (7).to_bytes(4, "little"))


ONCE, MONTHLY = [order(0)], [order(day) for day in (0, 30, 60)]
THEN_CHOSEN = [*MONTHLY, order(65, renewal=False)]


@pytest.mark.parametrize(
    ("orders", "state", "quiet", "kind", "lapse"),
    [
        # While it runs, however long ago it billed.
        (ONCE, ACTIVE, 5, Kind.CLIENT, None),
        (ONCE, ACTIVE, 900, Kind.CLIENT, None),
        (MONTHLY, ACTIVE, 900, Kind.CLIENT, None),
        # Cancelled or unpaid: a usual gap after the last billing day. Billing days feed no gap: it is the shop's, 60.
        (ONCE, CANCELLED, 59, Kind.CLIENT, 60),
        (ONCE, CANCELLED, 60, Kind.BUYER, 60),
        (MONTHLY, FAILED, 59, Kind.CLIENT, 120),
        (MONTHLY, FAILED, 400, Kind.BUYER, 120),
        # Paused, expired or never: their orders decide.
        (ONCE, PAUSED, 5, Kind.BUYER, None),
        (ONCE, EXPIRED, 5, Kind.BUYER, None),
        (ONCE, NONE, 5, Kind.BUYER, None),
        # Who orders by themselves after it ended is judged by that.
        (THEN_CHOSEN, CANCELLED, 90, Kind.CLIENT, 430),
        # Without an order that counts there is nothing to tag.
        ([order(0, ignored=Ignored.TEST)], ACTIVE, 5, Kind.NONE, None),
    ],
)
def test_what_a_subscription_makes_of_them(
    orders: list[Judged], state: Subscription, quiet: int, kind: Kind, lapse: int | None
) -> None:
    today = max(one.day for one in orders) + quiet
    own = judge(orders, PRIOR, DEFAULT_RULES, today)
    verdict = follow(own, state, today, renewed=renewed_last(orders))
    assert (verdict.kind, verdict.lapse_on and verdict.lapse_on - DAY) == (kind, lapse)
    assert verdict.lapsed is (kind is Kind.BUYER and lapse is not None)


@given(
    days=st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=8),
    state=st.sampled_from(Subscription),
    quiet=st.integers(0, 900),
)
def test_only_kind_and_lapse_change_and_the_numbers_behind_them_stay(
    days: list[tuple[int, bool]], state: Subscription, quiet: int
) -> None:
    """And the same verdict follows from itself."""
    orders = [order(day, renewal=renewal) for day, renewal in days]
    today = DAY + max((day for day, _ in days), default=0) + quiet
    own = judge(orders, PRIOR, DEFAULT_RULES, today)
    verdict = follow(own, state, today, renewed=renewed_last(orders))
    assert verdict._replace(kind=own.kind, since=own.since, lapse_on=own.lapse_on, lapsed=own.lapsed) == own
    assert follow(verdict, state, today, renewed=renewed_last(orders)) == verdict
    assert (verdict.since is None) == (verdict.kind is Kind.NONE)


@pytest.mark.parametrize(
    ("state", "quiet", "sentence", "change"),
    [
        (ACTIVE, 5, "Has a subscription that is running, so a client for as long as it does.",
         "When the subscription ends they are a buyer again 60 days after its last order, unless they order."),
        (CANCELLED, 5, "The subscription ended, so a client until ", "Without"),
        (CANCELLED, 99, "The subscription ended and no order came in 60 days, so a buyer again", ""),
        (PAUSED, 5, "Ordered on one occasion", "One more order on "),
    ],
)  # fmt: skip
def test_the_sentence_says_so_and_what_would_change_it(
    state: Subscription, quiet: int, sentence: str, change: str
) -> None:
    today = DAY + quiet
    evidence = explain([(1, "#1", ONCE[0])], PRIOR, DEFAULT_RULES, today)
    told = subscribed(evidence, state, PRIOR, today, renewed=True)
    assert told.sentence.startswith(sentence)
    assert " ".join(told.changes).startswith(change)
    assert told.verdict == follow(evidence.verdict, state, today, renewed=True)
