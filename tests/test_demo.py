"""How long the demo waits: as long as something moves, however long all of it takes."""

from collections.abc import Iterator
from itertools import chain, repeat

from plugin.demo import waited


def looks(*moves: int) -> Iterator[tuple[bool, object]]:
    """It is so far at each look, and over after the last."""
    return chain(((False, one) for one in moves), repeat((True, 0)))


def test_what_moves_is_waited_for_longer_than_what_stands_still() -> None:
    moving, standing = looks(*range(30)), looks(*[7] * 30)
    assert waited(lambda: next(moving), patience=0.1, pause=0.01)
    assert not waited(lambda: next(standing), patience=0.1, pause=0.01)
