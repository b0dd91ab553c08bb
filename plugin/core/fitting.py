"""How each number of a model follows from what a shop's customers did (the reference, 3.5 and 3.6)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, floor, log
from statistics import median

from plugin.core.model import PRIOR, Model, Rules

ENOUGH = 300  # samples, below which nothing is taught
ENOUGH_CUSTOMERS = 100  # different ones among them: a small shop draws everybody every week
TRUST = 1000  # so many samples weigh as much as the first guess
DEAD_BAND = 0.1  # a smaller change (of the logarithm) is noise
LONGEST_STEP = 0.15  # of the logarithm, a week
USED_UP, STILL_USED_UP = 0.15, 0.12  # share of a product's buyers who buy it again; a listed one stays a little longer
_GAPS = 20  # customers that the prior gap stands for
_BUYERS = 4  # buyers that the shop's own share stands for with each product
_BINS = 50  # a unit of ln z: samples of one bin are solved together


def usual_gap(means: Sequence[float]) -> float:
    """G: the median of the customers' mean gaps, days, drawn to the prior where there are few."""
    many = len(means)
    return (_GAPS * PRIOR.usual_gap + (many * median(means) if many else 0.0)) / (_GAPS + many)


def horizon_for(gap: float, rules: Rules) -> int:
    """H, days: what the merchant set, or what suits the shop's gap."""
    if rules.horizon is not None:
        return rules.horizon
    return 90 if gap < 20 else 365 if gap > 150 else PRIOR.horizon


def first_guess(gap: float, horizon: int) -> float:
    """c0: how readily customers return where nothing but the gap is known."""
    return 0.3 * horizon / gap


def prior_for(rules: Rules) -> Model:
    """The model of a shop that has taught nothing yet, for the horizon its merchant may have set."""
    horizon = horizon_for(PRIOR.usual_gap, rules)
    return PRIOR._replace(horizon=horizon, readiness=round(first_guess(PRIOR.usual_gap, horizon), 4))


def solve(zs: Iterable[float], share: float) -> float:
    """The c with which the chances c z / (1 + c z) of these samples average to the share that did return."""
    bins = Counter(floor(log(z) * _BINS) for z in zs)
    values = [(exp((at + 0.5) / _BINS), many) for at, many in bins.items()]
    wanted = share * sum(bins.values())
    low, high = -7.0, 7.0  # of ln c; where all or none returned the end of it is the answer
    for _ in range(24):
        middle = (low + high) / 2
        c = exp(middle)
        if sum(many * c * z / (1 + c * z) for z, many in values) < wanted:
            low = middle
        else:
            high = middle
    return exp((low + high) / 2)


def shrunk(solved: float, guess: float, samples: int) -> float:
    """c: what so many samples say, drawn to the first guess."""
    weight = samples / (samples + TRUST)
    return exp(weight * log(solved) + (1 - weight) * log(guess))


def step(old: float, new: float) -> float:
    """Where c may go this week from `old` on its way to `new`."""
    change = log(new / old)
    if abs(change) < DEAD_BAND:
        return old
    return old * exp(max(-LONGEST_STEP, min(LONGEST_STEP, change)))


def replenishable(buyers: Mapping[int, int], rebuyers: Mapping[int, int], known: frozenset[int]) -> frozenset[int]:
    """The products bought to be used up; `buyers` and `rebuyers` by product, `known` those that were listed so far."""
    every = sum(buyers.values())
    usual = sum(rebuyers.values()) / every if every else 0.0

    def is_one(product: int, bought: int) -> bool:
        share = (rebuyers.get(product, 0) + _BUYERS * usual) / (bought + _BUYERS)
        return share >= (STILL_USED_UP if product in known else USED_UP)

    return frozenset(product for product, bought in buyers.items() if is_one(product, bought))
