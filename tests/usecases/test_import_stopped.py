"""The app dies while a history is read: before any write or call, or after a call whose answer it never saw."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from plugin.core.verdict import Kind
from tests.usecases.conftest import Oak
from tests.usecases.history import run

STEPS = 9  # writes of an import whose exports are ready at the first look, and as many calls: the fewest there can be


class Died(BaseException):
    """The process is gone: nothing catches this."""


def dying(real: Callable[..., Any], *, at: int, answered: bool = False) -> Callable[..., Any]:
    """As `real` until the `at`-th time, counted from 1; `answered`: then too, but nobody hears of it."""
    times = 0

    def does(*arguments: Any, **more: Any) -> Any:
        nonlocal times
        times += 1
        if times < at:
            return real(*arguments, **more)
        if answered:
            real(*arguments, **more)
        raise Died

    return does


@pytest.mark.parametrize("at", range(1, STEPS + 1))
@pytest.mark.parametrize("what", ["write", "call", "answer"])
def test_stopped_at_any_step_a_first_import_goes_on_and_ends_alike(
    at_oak: Oak, monkeypatch: pytest.MonkeyPatch, what: str, at: int
) -> None:
    """Nothing is known yet, so that whatever is missing at the end was lost, and nothing is there twice."""
    where, name = (at_oak.services.database, "write") if what == "write" else (requests.Session, "send")
    with monkeypatch.context() as patch:
        patch.setattr(where, name, dying(getattr(where, name), at=at, answered=what == "answer"))
        with pytest.raises(Died):
            run(at_oak)
    done = run(at_oak)
    assert (done.number, done.stage, done.orders, done.customers, done.tries) == (1, "done", 3, 3, 0)
    assert at_oak.column("SELECT units FROM orders WHERE customer IS NOT NULL") == [1, 1, 1]
    assert at_oak.column("SELECT cause FROM customers") == ["import 1"] * 3
    assert list(at_oak.kinds().values()) == [Kind.BUYER] * 3
    assert at_oak.column("SELECT count(*) FROM ledger") == [0]
