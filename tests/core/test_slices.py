"""Many items are worked on some at a time."""

from hypothesis import given
from hypothesis import strategies as st

from plugin.core.slices import slices


@given(st.lists(st.integers()), st.integers(1, 9))
def test_every_item_is_in_one_slice_and_only_the_last_is_short(items: list[int], size: int) -> None:
    found = list(slices(iter(items), size))
    assert [item for some in found for item in some] == items
    assert all(len(some) == size for some in found[:-1])
    assert all(found)
