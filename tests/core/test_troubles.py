"""Which troubles a merchant is told of, and in what order."""

import pytest

from plugin.core.troubles import State, Trouble, troubles

WELL = State(None, None, reconnect=False, granted=True, failed=None, vanished=False, halted=False)


def test_who_has_no_trouble_is_told_of_none() -> None:
    assert troubles(WELL) == ()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (WELL._replace(frozen_at=1), [Trouble.FROZEN]),
        (WELL._replace(down_at=1), [Trouble.DOWN]),
        (WELL._replace(reconnect=True), [Trouble.RECONNECT]),
        (WELL._replace(granted=False), [Trouble.SCOPES]),
        (WELL._replace(failed="This app is not approved to access the Order object."), [Trouble.UNAPPROVED]),
        (WELL._replace(failed=""), [Trouble.UNREAD]),
        (WELL._replace(vanished=True, halted=True), [Trouble.VANISHED, Trouble.PAUSED]),
        (WELL._replace(down_at=1, failed="a file was lost"), [Trouble.DOWN, Trouble.UNREAD]),
        # What a closed shop keeps us from says nothing about the rest.
        (WELL._replace(frozen_at=1, down_at=1, reconnect=True, granted=False, failed="x"), [Trouble.FROZEN]),
        (WELL._replace(frozen_at=1, halted=True), [Trouble.FROZEN, Trouble.PAUSED]),
    ],
)
def test_each_trouble_is_told_and_what_follows_from_another_is_not(state: State, told: list[Trouble]) -> None:
    assert list(troubles(state)) == told
