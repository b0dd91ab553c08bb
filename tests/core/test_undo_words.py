"""What a merchant is told of an undo."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from plugin.core.undo import Left, Span, day_span
from plugin.core.undo_words import Counted, counted_words, day_named, left_words, span_words

ZONE = ZoneInfo("America/Los_Angeles")
DAY = date(2026, 11, 25).toordinal()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(9, customer="Customer/7"), "customer 7"),
        (Span(9, customer=""), "a customer who was erased"),
        (Span(9, cause="import 3"), "import 3"),
        (Span(9, cause="zone"), "the change of the shop's time zone"),
        (Span(9), "everything so far"),
        (Span(9, since=day_span(DAY, ZONE)[0], until=day_span(DAY, ZONE)[1]), "2026-11-25"),
    ],
)
def test_a_span_is_named_as_one_asked_for_it(span: Span, words: str) -> None:
    """A day is one of the shop's zone."""
    assert span_words(span, ZONE) == words


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (Counted(0, 0, 0, 0), "There is nothing to undo."),
        (Counted(1, 1, 1, 0), "1 customer: 1 tag is removed, 1 tag is put back."),
        (Counted(1234, 1000, 0, 2), "1,234 customers: 1,000 tags are removed, 2 tags are the merchant's own again."),
    ],
)
def test_what_would_be_done_is_counted(counted: Counted, words: str) -> None:
    assert counted_words(counted) == words


def test_who_is_left_alone_is_told_with_the_reason_the_many_first() -> None:
    assert list(left_words({Left.HELD: 1, Left.CHANGED: 2})) == [
        "2 customers are left alone: their tag has changed since.",
        "1 customer is left alone: they object or are gone, or their tag was changed by hand.",
    ]
    assert list(left_words({})) == []


def test_a_day_is_named_by_its_date() -> None:
    assert day_named("2026-11-25") == DAY
    with pytest.raises(ValueError, match="isoformat"):
        day_named("yesterday")
