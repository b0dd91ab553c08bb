"""What a reconciliation finds when it holds what the shop tells now against what is known here, and says of it."""

from enum import IntEnum
from typing import NamedTuple

from plugin.core.orders import Ignored
from plugin.core.words import ENGLISH, Words

MARGIN = 5 * 60 * 1000  # ms; what changed so shortly before we asked may still be on its way as a delivery
FEW = 20  # orders that may be gone at once, or a tenth of those asked for, whichever is more


class Finding(IntEnum):
    """What one order turned out to be."""

    RIGHT = 0  # nothing to do: known as it is, or known better
    FRESH = 1  # to be kept, and nobody's fault: a delivery may be on its way, or nothing that counts has changed
    MISSING = 2  # no delivery ever told of it
    WRONG = 3  # what we had is not so


class Known(NamedTuple):
    """What is compared of an order; moments are UTC milliseconds."""

    updated_at: int
    triggered_at: int
    deleted: bool
    customer: str | None
    ordered_by: str | None
    processed_at: int
    cancelled: bool
    ignored: int
    status: str
    pays_later: bool
    renewal: bool
    total: int
    refunded: int


def compare(stored: Known | None, read: Known, *, as_of: int) -> Finding:
    """What an order is that the shop told as `read`, with a version known as `stored`; asked at `as_of` (UTC ms).

    A tombstone stays, and so does whatever is newer here.
    """
    if stored is None:
        found = Finding.MISSING
    elif stored.deleted or stored[:2] >= read[:2]:
        return Finding.RIGHT
    else:
        found = _difference(stored, read)
    # Shopify's moments have no parts of a second.
    late = found in {Finding.MISSING, Finding.WRONG} and read.updated_at > as_of - MARGIN
    return Finding.FRESH if late else found


def _difference(stored: Known, read: Known) -> Finding:
    older = stored.updated_at < read.updated_at
    either = stored.pays_later or read.pays_later
    if _counts(stored, either) != _counts(read, either):
        return Finding.WRONG
    # Of one version deliveries and API may tell money differently, in another currency.
    if older and (stored.total, stored.refunded) != (read.total, read.refunded):
        return Finding.WRONG
    # Only the API names a selling plan.
    return Finding.FRESH if older or (read.renewal and not stored.renewal) else Finding.RIGHT


def _counts(one: Known, pays_later: bool) -> tuple[object, ...]:
    """Whose it is, when it was and whether it counts; who was once known to pay later still does."""
    promised = pays_later and not one.pays_later and one.status == "pending" and one.ignored == Ignored.UNPAID
    ignored = Ignored.COUNTED if promised else one.ignored
    return one.customer, one.ordered_by, one.processed_at, one.cancelled, ignored


class Mended(NamedTuple):
    """What one reconciliation looked at, and what it set right."""

    orders: int = 0  # looked at
    customers: int = 0  # looked at
    missing: int = 0  # orders
    wrong: int = 0  # orders
    judged: int = 0  # customers who are now of another kind, or whose word on being classified was not known
    tags: int = 0  # customers whose tags are not what we thought
    gone: int = 0  # orders that were deleted

    @property
    def anything(self) -> bool:
        """Whether something was not right."""
        return any(self[2:])


def believable(*, asked: int, gone: int) -> bool:
    """Whether so many orders that a shop does not show, of so many asked for, may be taken for deleted.

    A tombstone is for ever: should the shop show us less for a reason we do not know, nothing must be lost over it.
    """
    return gone <= max(FEW, asked // 10)


def sentence(found: Mended, words: Words = ENGLISH) -> str:
    """What was mended, for the merchant."""
    if not found.anything:
        return words.say("Nothing was missing or wrong.")
    parts = (
        found.missing and words.many("%(n)s order was missing", "%(n)s orders were missing", found.missing),
        found.wrong and words.many("%(n)s order was wrong", "%(n)s orders were wrong", found.wrong),
        found.gone and words.many("%(n)s order was deleted", "%(n)s orders were deleted", found.gone),
        found.judged
        and words.many(
            "%(n)s customer was not what we thought", "%(n)s customers were not what we thought", found.judged
        ),
        found.tags
        and words.many("%(n)s customer carried another tag", "%(n)s customers carried other tags", found.tags),
    )
    return words.say("%(mended)s. It is right now.", mended=words.listed([part for part in parts if part]))
