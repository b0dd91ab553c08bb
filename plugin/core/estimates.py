"""How long work takes that nobody has measured yet, and how much of it is left at the pace so far."""

from math import ceil
from typing import NamedTuple

BULK_FROM = 1000  # tags from which a bulk file is faster than the bucket
POINTS = 11.0  # of the API's bucket that one customer costs: a read and a write
RESTORED = 100.0  # points a second that a shop on the smallest plan gets back
PREPARING = 60.0  # seconds until Shopify begins with a file
LINES = 50.0  # of a file that it works off in a second; it promises none, so this is on the careful side


class Progress(NamedTuple):
    """How far work is: so much of so much; `left` in seconds, None while nobody can tell."""

    done: int
    total: int
    left: float | None


def seconds_to_write(tags: int) -> float:
    """How long so many tags take, roughly."""
    if tags <= BULK_FROM:
        return tags * POINTS / RESTORED
    return PREPARING + tags / LINES


def roughly(seconds: float) -> float:
    """An estimate as one says it: beyond a minute in whole minutes, and rather too many than too few."""
    return seconds if seconds <= 60 else 60.0 * ceil(seconds / 60)


def seconds_left(done: int, total: int, seconds: float) -> float | None:
    """How long the rest takes at the pace of the first `seconds`; None while that says nothing, or nothing is left."""
    if done <= 0 or done >= total or seconds <= 0:
        return None
    return seconds * (total - done) / done


def progress(done: int, total: int, seconds: float) -> Progress:
    """How far work is that began so many seconds ago; what was counted roughly never says more than all."""
    done = max(0, min(done, total))
    return Progress(done, total, seconds_left(done, total, seconds))
