"""BG/NBD, the usual model of who comes back (Fader, Hardie and Lee, 2005): what our verdicts are held against."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p
from typing import NamedTuple

Point = tuple[float, ...]

_START = (0.3, 5.0, 0.8, 2.5)
_FARTHEST = 9.0  # of a parameter's logarithm
_STEPS = 250
_HUGE = 500.0  # of a logarithm
_APART = 1e-5
_TERMS, _SMALL = 2000, 1e-8  # of a series, and when it ends
_CLOSE = 1e-5  # of the mean log-likelihood: the search ends


class Watched(NamedTuple):
    """One customer's purchase days in weeks; whole ones, so that many are alike."""

    again: int  # purchase days after the first
    last: int  # from the first to the last
    watched: int  # from the first to the day of looking


class Fitted(NamedTuple):
    """How often customers buy while they do (`r`, `alpha`), and how readily they stop (`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


def fit(everybody: Sequence[Watched], *, start: Fitted | None = None) -> Fitted:
    """The parameters that make these histories likeliest."""
    alike = Counter(everybody)

    def cost(logs: Point) -> float:
        if any(abs(one) > _FARTHEST for one in logs):
            return float("inf")
        return -_likelihood(alike, Fitted(*map(exp, logs))) / len(everybody)

    return Fitted(*map(exp, lowest(cost, tuple(map(log, start or _START)))))


def _likelihood(alike: Counter[Watched], fitted: Fitted) -> float:
    r, alpha, a, b = fitted
    often = {one.again for one in alike}
    constant = r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
    by_number = {x: constant + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x) for x in often}
    logs = [log(alpha + weeks) for weeks in range(max(one.watched for one in alike) + 1)]
    total = 0.0
    for (x, last, watched), many in alike.items():
        total += many * (by_number[x] - (r + x) * logs[watched])
        if x:
            odds = log(a / (b + x - 1)) + (r + x) * (logs[watched] - logs[last])
            total += many * (odds if odds > _HUGE else log1p(exp(odds)))
    return total


def chance(one: Watched, fitted: Fitted, weeks: float) -> float:
    """How likely this customer buys again within so many weeks."""
    return (1 - _none_in(one, fitted, weeks)) * _still_buys(one, fitted)


def purchases(one: Watched, fitted: Fitted, weeks: float) -> float:
    """How many further purchase days of this customer are expected within so many weeks."""
    r, alpha, a, b = fitted
    x = one.again
    stop = a if abs(a - 1) > _APART else 1 + _APART  # the formula has no value at 1, only one that it goes to
    series = _hypergeometric(r + x, b + x, stop + b + x - 1, weeks / (alpha + one.watched + weeks))
    expected = (stop + b + x - 1) / (stop - 1) * (1 - _none_in(one, fitted, weeks) * series)
    return expected * _still_buys(one, fitted)


def _none_in(one: Watched, fitted: Fitted, weeks: float) -> float:
    """The chance that who still buys does not within so many weeks."""
    until = fitted.alpha + one.watched
    return exp((fitted.r + one.again) * log(until / (until + weeks)))


def _still_buys(one: Watched, fitted: Fitted) -> float:
    r, alpha, a, b = fitted
    if not one.again:
        return 1.0  # nobody stops before a second purchase: so this model says
    odds = log(a / (b + one.again - 1)) + (r + one.again) * log((alpha + one.watched) / (alpha + one.last))
    return 1 / (1 + exp(min(odds, _HUGE)))


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    total = term = 1.0
    for n in range(_TERMS):
        term *= (a + n) * (b + n) / (c + n) / (n + 1) * z
        total += term
        if term < _SMALL * total:
            break
    return total


def lowest(cost: Callable[[Point], float], start: Point) -> Point:
    """Where `cost` is lowest, by the simplex of Nelder and Mead."""
    corners = [start, *(tuple(x + 0.4 * (at == axis) for at, x in enumerate(start)) for axis in range(len(start)))]
    found = sorted((cost(corner), corner) for corner in corners)
    for _ in range(_STEPS):
        if found[-1][0] - found[0][0] < _CLOSE:
            break
        found = _moved(cost, found)
    return found[0][1]


def _moved(cost: Callable[[Point], float], found: list[tuple[float, Point]]) -> list[tuple[float, Point]]:
    *kept, worst = found
    middle = tuple(sum(axis) / len(kept) for axis in zip(*(corner for _, corner in kept), strict=True))

    def tried(far: float) -> tuple[float, Point]:
        corner = tuple(m + far * (m - w) for m, w in zip(middle, worst[1], strict=True))
        return cost(corner), corner

    there = tried(1.0)
    if there < kept[0]:
        there = min(there, tried(2.0))
    elif there >= kept[-1]:
        there = tried(0.5 if there < worst else -0.5)
        if there >= worst:
            best = kept[0][1]
            halfway = [tuple((b + x) / 2 for b, x in zip(best, corner, strict=True)) for _, corner in found[1:]]
            return sorted([kept[0], *((cost(corner), corner) for corner in halfway)])
    return sorted([*kept, there])
