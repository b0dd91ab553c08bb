"""What a reconciliation makes of one order, and what it says when it has ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.core.orders import Ignored
from plugin.core.reconciling import FEW, MARGIN, Finding, Known, Mended, believable, compare, sentence

DAY = 86_400_000
AS_OF = 100 * DAY
READ = Known(
    updated_at=90 * DAY,
    triggered_at=AS_OF,
    deleted=False,
    customer="Customer/7",
    ordered_by=None,
    processed_at=80 * DAY,
    cancelled=False,
    ignored=Ignored.COUNTED,
    status="paid",
    pays_later=False,
    renewal=False,
    total=2000,
    refunded=0,
)
TOLD = READ._replace(triggered_at=90 * DAY)  # what a delivery had said of the same version
BEFORE = TOLD._replace(updated_at=85 * DAY)
UNPAID = {"ignored": Ignored.UNPAID, "status": "pending"}


@pytest.mark.parametrize(
    ("stored", "read", "found"),
    [
        (None, READ, Finding.MISSING),
        (TOLD, READ, Finding.RIGHT),
        (BEFORE, READ, Finding.FRESH),  # a note was written: nothing that counts, but the version is another
        (BEFORE, READ._replace(customer="Customer/8"), Finding.WRONG),
        (BEFORE, READ._replace(customer=None), Finding.WRONG),
        (BEFORE, READ._replace(ordered_by="Customer/8"), Finding.WRONG),
        (BEFORE, READ._replace(processed_at=79 * DAY), Finding.WRONG),
        (BEFORE, READ._replace(cancelled=True), Finding.WRONG),
        (BEFORE, READ._replace(refunded=500), Finding.WRONG),
        (BEFORE, READ._replace(total=2500), Finding.WRONG),
        (BEFORE, READ._replace(ignored=Ignored.REFUNDED), Finding.WRONG),
        (TOLD, READ._replace(refunded=500), Finding.RIGHT),  # the same version in another currency
        (TOLD, READ._replace(customer="Customer/8"), Finding.WRONG),  # a merge moves orders and no clock
        (TOLD, READ._replace(renewal=True), Finding.FRESH),  # only the API tells of it
        (TOLD._replace(renewal=True), READ, Finding.RIGHT),
        (TOLD._replace(pays_later=True), READ._replace(**UNPAID), Finding.RIGHT),  # once promised, for ever
        (TOLD, READ._replace(**UNPAID), Finding.WRONG),
        (TOLD._replace(deleted=True), READ._replace(updated_at=99 * DAY), Finding.RIGHT),
        (TOLD._replace(updated_at=91 * DAY, customer="Customer/8"), READ, Finding.RIGHT),
        (TOLD._replace(triggered_at=AS_OF + 1, customer="Customer/8"), READ, Finding.RIGHT),
    ],
)
def test_an_order_is_missing_wrong_fresh_or_right(stored: Known | None, read: Known, found: Finding) -> None:
    assert compare(stored, read, as_of=AS_OF) is found


@pytest.mark.parametrize("stored", [None, BEFORE])
def test_what_changed_just_before_we_asked_is_kept_and_blamed_on_nobody(stored: Known | None) -> None:
    """Its delivery may still be on its way."""
    read = READ._replace(customer="Customer/8", updated_at=AS_OF - MARGIN + 1)
    assert compare(stored, read, as_of=AS_OF) is Finding.FRESH
    assert compare(stored, read._replace(updated_at=AS_OF - MARGIN), as_of=AS_OF) in {Finding.MISSING, Finding.WRONG}


def ignored(status: str, *, pays_later: bool, otherwise: Ignored = Ignored.COUNTED) -> Ignored:
    """Whether an order of that status counts, as core.orders says."""
    if status == "pending":
        return Ignored.COUNTED if pays_later else Ignored.UNPAID
    return otherwise if status == "paid" else Ignored.UNPAID


@some.composite
def known(draw: some.DrawFn) -> Known:
    """An order as a delivery or an export may have told it."""
    status, pays_later = draw(some.sampled_from(["pending", "paid", "odd"])), draw(some.booleans())
    otherwise = draw(some.sampled_from([Ignored.COUNTED, Ignored.TEST, Ignored.REFUNDED]))
    return Known(
        updated_at=draw(some.integers(1, 3)),
        triggered_at=draw(some.integers(1, 3)),
        deleted=draw(some.booleans()),
        customer=draw(some.sampled_from([None, "Customer/7", "Customer/8"])),
        ordered_by=draw(some.sampled_from([None, "Customer/7"])),
        processed_at=draw(some.integers(1, 2)),
        cancelled=draw(some.booleans()),
        ignored=ignored(status, pays_later=pays_later, otherwise=otherwise),
        status=status,
        pays_later=pays_later,
        renewal=draw(some.booleans()),
        total=draw(some.integers(0, 2)),
        refunded=draw(some.integers(0, 2)),
    )


@given(stored=some.none() | known(), read=known())
def test_what_was_kept_once_is_right_ever_after(stored: Known | None, read: Known) -> None:
    """So a second reconciliation mends nothing; whoever was known to pay later or to be renewed still is."""
    read = read._replace(deleted=False, triggered_at=9)
    if compare(stored, read, as_of=AS_OF) is Finding.RIGHT:
        return
    kept = read
    if stored is not None:
        assert not stored.deleted
        later = stored.pays_later or read.pays_later
        counts = read.ignored if read.status == "paid" else ignored(read.status, pays_later=later)
        kept = read._replace(pays_later=later, renewal=stored.renewal or read.renewal, ignored=counts)
    assert compare(kept, read._replace(triggered_at=10), as_of=AS_OF) is Finding.RIGHT


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Mended(orders=12, customers=3), "Nothing was missing or wrong."),
        (Mended(12, 3, missing=1), "1 order was missing. It is right now."),
        (Mended(12, 3, missing=2, wrong=1, judged=1_200), "2 orders were missing, 1 order was wrong and 1,200 c"),
        (Mended(12, 3, gone=1, judged=1), "1 order was deleted and 1 customer was not what we thought."),
        (Mended(12, 3, tags=2), "2 customers carried other tags. It is right now."),
    ],
)
def test_what_was_mended_is_one_sentence(found: Mended, said: str) -> None:
    assert sentence(found).startswith(said)


@pytest.mark.parametrize(
    ("asked", "gone", "so"),
    [(2500, 250, True), (2500, 251, False), (FEW, FEW, True), (30, FEW + 1, False), (0, 0, True)],
)
def test_many_orders_that_are_not_shown_are_not_taken_for_deleted(asked: int, gone: int, *, so: bool) -> None:
    assert believable(asked=asked, gone=gone) == so
