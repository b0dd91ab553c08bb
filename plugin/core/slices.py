"""Many items, some at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in order, `size` at a time; the last slice may be shorter, none is empty."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
