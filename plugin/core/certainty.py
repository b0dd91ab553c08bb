"""How sure it is that a customer orders again, in tens, and the day on which the number falls by itself."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from plugin.core.model import Model

_LAST_DAY = date.max.toordinal()


class Figures(Protocol):
    """What the chance rests on; a verdict has them, and so has a customer's row."""

    @property
    def last_day(self) -> int | None:
        """Of the last counted order."""

    @property
    def weight(self) -> float:
        """Of the occasions."""

    @property
    def usual_gap(self) -> float:
        """Days."""


class Certainty(NamedTuple):
    """Of ten such customers, how many order again within the model's horizon; and when it is fewer without an order."""

    tens: int  # 0 to 10, rounded as `core.explain` rounds
    fall_on: int | None  # None: never


def certainty(seen: Figures, model: Model, today: int) -> Certainty:
    """The certainty on this day: `core.verdict.chance` in tens."""
    if seen.last_day is None:
        return Certainty(0, None)
    tens, quiet = _falls(seen.weight, seen.usual_gap, model.readiness, max(0, today - seen.last_day))
    fall_on = None if quiet is None else seen.last_day + quiet
    return Certainty(tens, fall_on if fall_on is not None and fall_on <= _LAST_DAY else None)


# Most customers ordered once, so that few answers serve nearly all of a shop that is judged.
@lru_cache(maxsize=32_768)
def _falls(weight: float, gap: float, readiness: float, quiet: int) -> tuple[int, int | None]:
    """The tens after so many quiet days, and after how many they are fewer."""
    odds = readiness * weight

    def tens_after(days: int) -> int:
        return int(odds / (odds + 1 + days / gap) * 10 + 0.5)

    tens = tens_after(quiet)
    if not tens:
        return 0, None
    fall = max(quiet + 1, int(gap * (odds * 10 / (tens - 0.5) - odds - 1)))
    # The day that arithmetic finds may be one off, for halves are rounded.
    while tens_after(fall) == tens:
        fall += 1
    while fall > quiet + 1 and tens_after(fall - 1) < tens:
        fall -= 1
    return tens, fall
