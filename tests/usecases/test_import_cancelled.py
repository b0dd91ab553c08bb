"""The merchant stops the reading of the history: what was read is judged, and read again nothing is missing."""

import pytest

from plugin.core.verdict import Kind
from plugin.db import all_shops
from plugin.usecases.import_history import import_again, import_history, stop_import
from plugin.usecases.read_history import Reading
from plugin.usecases.rejudge import rejudge
from tests.usecases.conftest import Oak
from tests.usecases.history import newest, run


def stop(oak: Oak) -> None:
    stop_import(oak.services, oak.shop, newest(oak).number)


def test_stopped_while_shopify_prepares_it_nothing_is_read_until_it_is_asked_for_again(at_oak: Oak) -> None:
    import_history(at_oak.services, at_oak.shop)
    for _ in range(2):
        stop(at_oak)
    assert import_history(at_oak.services, at_oak.shop) is None
    assert (newest(at_oak).stage, newest(at_oak).reason) == ("failed", "it was stopped in the panel")
    with at_oak.services.database.read() as tx:
        assert all_shops.to_import(tx) == []
    assert at_oak.column("SELECT count(*) FROM orders") == [0]
    import_again(at_oak.services, at_oak.shop)
    assert run(at_oak).stage == "done"
    assert list(at_oak.kinds().values()) == [Kind.BUYER] * 3


@pytest.mark.parametrize("file", ["orders", "customers"])
@pytest.mark.parametrize("after", [False, True])
def test_stopped_while_it_is_read_whoever_was_read_is_judged(
    at_oak: Oak, monkeypatch: pytest.MonkeyPatch, file: str, after: bool
) -> None:
    """Before or after a file was read, which the step under way does not know."""
    real = getattr(Reading, file)

    def reads(reading: Reading, lines: object) -> None:
        if not after:
            stop(at_oak)
        real(reading, lines)
        if after:
            stop(at_oak)

    monkeypatch.setattr(Reading, file, reads)
    stopped = run(at_oak)
    assert stopped.stopped
    assert newest(at_oak).stage == "failed"
    rejudge(at_oak.services, at_oak.shop)
    kept = at_oak.column("SELECT count(DISTINCT customer) FROM orders WHERE customer IS NOT NULL")
    assert kept == [0 if (file, after) == ("orders", False) else 3]
    assert [kind for kind in at_oak.kinds().values() if kind] == [Kind.BUYER] * int(str(kept[0]))
    monkeypatch.setattr(Reading, file, real)
    import_again(at_oak.services, at_oak.shop)
    assert (run(at_oak).stage, list(at_oak.kinds().values())) == ("done", [Kind.BUYER] * 3)


def test_one_that_is_judged_or_done_is_not_stopped_any_more(at_oak: Oak) -> None:
    done = run(at_oak)
    stop(at_oak)
    assert newest(at_oak) == done
