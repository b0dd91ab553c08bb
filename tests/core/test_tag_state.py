"""What holds a tag back is told before what is merely to be done."""

import pytest

from plugin.core.tag_state import TagState, tag_state

CALM = {
    "held": None,
    "vetoed": False,
    "to_look": False,
    "leaving": False,
    "tagging": True,
    "paused": False,
    "halted": False,
}


@pytest.mark.parametrize(
    ("kind", "at_shop", "more", "state"),
    [
        (2, 2, {}, TagState.RIGHT),
        (2, 1, {}, TagState.WAITING),
        (2, -1, {}, TagState.TO_READ),
        (2, 2, {"to_look": True}, TagState.TO_READ),
        (2, 1, {"paused": True}, TagState.PAUSED),
        (2, 1, {"halted": True}, TagState.HALTED),
        (2, 1, {"halted": True, "paused": True}, TagState.PAUSED),
        (2, 1, {"tagging": False, "paused": True}, TagState.OFF),
        (2, 1, {"leaving": True, "tagging": False}, TagState.LEAVING),
        (2, 1, {"held": "too many tags", "tagging": False}, TagState.REFUSED),
        (2, 1, {"held": "in a bulk file"}, TagState.SENT),
        (2, 1, {"held": "undone"}, TagState.UNDONE),
        (2, 1, {"held": "undone", "vetoed": True}, TagState.VETOED),
        (2, 1, {"held": "gone", "vetoed": True}, TagState.GONE),
    ],
)
def test_one_state_holds(kind: int, at_shop: int, more: dict[str, object], state: TagState) -> None:
    assert tag_state(kind, at_shop, **{**CALM, **more}) is state  # type: ignore[arg-type]  # a table of mixed values
