"""Pictures of numbers as SVG, drawn on the server: lines over days, bars by month, and a heat map.

Pure: numbers and words in, markup out. Colours come from the style sheet by class; every shape says its value.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDE, HIGH = 360, 180  # units; about pixels on a phone
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 26, 22  # room for the axes, and for what the looks mean; left is the least
LETTER = 6.5  # how wide one is, about
MOST = 90  # days drawn: more would only be smaller
SHADES = 6

Say = Callable[[float], str]


class Series(NamedTuple):
    """One row of values under a name; `look` is its class in the style sheet."""

    name: str
    look: str
    values: Sequence[int]


def lines(label: str, days: Sequence[tuple[int, str]], series: Sequence[Series], number: Say) -> Markup:
    """Values over days, each an ordinal with its words; a day that is missing is bridged. Needs two days or more."""
    every = max(1, -(-len(days) // MOST))
    kept = [*range(len(days) - 1, 0, -every), 0][::-1]
    axis = _Axis(max(max(one.values) for one in series), number)
    first, span = days[0][0], days[-1][0] - days[0][0]
    across = [axis.left + (WIDE - axis.left - RIGHT) * (days[at][0] - first) / span for at in kept]
    parts = [*axis.drawn(), *_legend(series, axis.left)]
    for one in series:
        spots = [(x, axis.y(one.values[at])) for x, at in zip(across, kept, strict=True)]
        parts.append(_tag("polyline", f"line {one.look}", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)))
        for (x, y), at in zip(spots, kept, strict=True):
            said = f"{days[at][1]}: {one.name} {number(one.values[at])}"
            parts.append(_tag("circle", f"spot {one.look}", cx=x, cy=y, r=2.5, said=said))
    parts += [_text(days[0][1], axis.left, HIGH - 6), _text(days[-1][1], WIDE - RIGHT, HIGH - 6, anchor="end")]
    return _svg(label, HIGH, parts)


def bars(label: str, months: Sequence[tuple[str, str]], series: Sequence[Series], number: Say, short: Say) -> Markup:
    """Values by month, one series on the other; months as (short, whole) words, `short` says a value on the axis."""
    axis = _Axis(max(sum(max(0, one.values[at]) for one in series) for at in range(len(months))), short)
    step = (WIDE - axis.left - RIGHT) / len(months)
    parts = [*axis.drawn(), *_legend(series, axis.left)]
    for at, (name, whole) in enumerate(months):
        x, below = axis.left + at * step, 0
        for one in series:
            value = max(0, one.values[at])
            top, bottom = axis.y(below + value), axis.y(below)
            said = f"{whole}: {one.name} {number(one.values[at])}"
            parts.append(_box(one.look, x + step * 0.15, top, step * 0.7, bottom - top, said=said))
            below += value
        if at % 2 == len(months) % 2 ^ 1:
            parts.append(_text(name, x + step / 2, HIGH - 6, anchor="middle"))
    return _svg(label, HIGH, parts)


def heat(label: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]], share: Say) -> Markup:
    """Shares (0 to 1) as shades, the darkest being the largest; None stays empty."""
    left, high, top = 74, 22, 20
    step = (WIDE - left) / len(heads)
    most = max((value for _, row in rows for value in row if value is not None), default=0)
    parts = [_text(head, left + (at + 0.5) * step, 13, anchor="middle") for at, head in enumerate(heads)]
    for down, (name, row) in enumerate(rows):
        y = top + down * high
        parts.append(_text(name, 0, y + 15))
        for at, value in enumerate(row):
            if value is not None:
                shade = min(SHADES - 1, int(value / most * SHADES)) if most else 0
                look, x = f"heat-{shade}", left + at * step
                said = f"{name}, {heads[at]}: {share(value)}"
                parts.append(_box(f"cell {look}", x + 0.5, y + 0.5, step - 1, high - 1, said=said))
                parts.append(_text(f"{value * 100:.0f}", x + step / 2, y + 15, anchor="middle", look=f"on {look}"))
    return _svg(label, top + len(rows) * high, parts)


class _Axis:
    """From 0 to a round number above the largest value, with room for the words of both."""

    def __init__(self, most: float, say: Say) -> None:
        step = _step(most)
        self._top = max(step * -(-most // step), step)
        self._marks = [(value, say(value)) for value in range(0, int(self._top) + 1, step)]
        self.left = max(LEFT, 10 + LETTER * max(len(words) for _, words in self._marks))

    def y(self, value: float) -> float:
        return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * value / self._top

    def drawn(self) -> Iterable[Markup]:
        for value, words in self._marks:
            y = self.y(value)
            yield _tag("line", "grid", x1=self.left, x2=WIDE - RIGHT, y1=y, y2=y)
            yield _text(words, self.left - 6, y + 4, anchor="end")


def _step(most: float) -> int:
    """1, 2 or 5 with noughts, so that at most four of them reach the largest value."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            if digit * size * 4 >= most:
                return digit * size
        size *= 10


def _legend(series: Sequence[Series], left: float) -> Iterable[Markup]:
    for at, one in enumerate(series):
        x = left + at * (WIDE - left) / len(series)
        yield _box(one.look, x, 3, 10, 10)
        yield _text(one.name, x + 15, 12)


def _svg(label: str, high: float, parts: Iterable[Markup]) -> Markup:
    inside = Markup("").join(parts)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(WIDE, high, label, inside)


def _box(look: str, x: float, y: float, width: float, height: float, *, said: str = "") -> Markup:
    return _tag("rect", look, x=x, y=y, width=width, height=max(0.0, height), said=said)


def _tag(name: str, look: str, *, said: str = "", **numbers: float | str) -> Markup:
    given = Markup("").join(
        Markup(' {}="{}"').format(key, value if isinstance(value, str) else f"{value:.1f}")
        for key, value in numbers.items()
    )
    title = Markup("<title>{}</title>").format(said) if said else ""
    return Markup('<{0} class="{1}"{2}>{3}</{0}>').format(name, look, given, title)


def _text(words: str, x: float, y: float, *, anchor: str = "start", look: str = "") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}"{}>{}</text>').format(
        f"{x:.1f}", f"{y:.1f}", anchor, Markup(' class="{}"').format(look) if look else "", escape(words)
    )
