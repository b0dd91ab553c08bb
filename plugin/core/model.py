"""The numbers a verdict is made with: what a shop has taught us, and what its merchant set."""

from typing import NamedTuple


class Model(NamedTuple):
    """What a shop has taught us, as one numbered row; until then the prior."""

    number: int = 0
    usual_gap: float = 60.0  # G: days between purchase days of a typical returning customer
    horizon: int = 180  # H: days within which a return is predicted
    readiness: float = 0.9  # c: how readily this shop's customers return
    taught: bool = False  # False: this is the prior, and every verdict says "provisional"
    replenishable: frozenset[int] = frozenset()  # product keys (core.orders) that are bought to be used up


class Rules(NamedTuple):
    """What the merchant set, as one numbered row."""

    number: int = 0
    days_apart: int = 1  # N: days from the start of an occasion before the next one counts
    occasions: int = 2  # MIN_OCC
    company_occasions: int = 2  # MIN_OCC for a company location
    enter: float = 0.30  # TH_IN
    leave: float = 0.25  # TH_OUT
    longest_quiet: int = 365  # QMAX, days
    same_product_weight: float = 0.5  # W: weight of an occasion without a new product
    prior_gaps: float = 2.0  # K0: how many gaps of its own a customer needs to outweigh the shop's
    horizon: int | None = None  # H in days; None: what suits the shop's gap


PRIOR = Model()
DEFAULT_RULES = Rules()
