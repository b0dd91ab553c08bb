"""The rules of a verdict told again the slow way: running state, and every midnight lived through one by one.

Nothing here is shared with the code under test but the values it takes in.
"""

import math

from plugin.core.model import Model, Rules

DayOfOrders = tuple[int, frozenset[int], bool, bool]  # day, products, an order names none, all renewals


class SlowCustomer:
    """One customer's state after each order and each midnight."""

    def __init__(self, model: Model, rules: Rules, *, company: bool) -> None:
        self.model, self.rules = model, rules
        self.min_occ = rules.company_occasions if company else rules.occasions
        self.n = 0
        self.n_eff = 0.0
        self.anchor = self.last = 0
        self.last_choice = 0
        self.has_choice = False
        self.gaps: list[int] = []
        self.products: set[int] = set()
        self.tag = "none"
        self.tag_since: int | None = None
        self.lapse_on: int | None = None
        self.back: int | None = None

    def midnight(self, day: int) -> None:
        """The daily sweep."""
        if self.tag == "client" and self.lapse_on is not None and self.lapse_on <= day:
            self.tag, self.tag_since = "buyer", day

    def g(self) -> float:
        """Days between orders, shrunk towards the shop's."""
        k0 = self.rules.prior_gaps
        return (k0 * self.model.usual_gap + sum(self.gaps)) / (k0 + len(self.gaps))

    def p(self, day: int) -> float:
        """The chance that the customer orders again, as of `day`."""
        c, q = self.model.readiness, (day - self.last) / self.g()
        return c * self.n_eff / (c * self.n_eff + 1 + q)

    def order(self, d: int, products: frozenset[int], *, unknown: bool, renewal: bool) -> None:
        """One counted purchase day."""
        if self.n == 0:
            self.n, self.n_eff, self.anchor = 1, 1.0, d
            self.tag, self.tag_since = "buyer", d
        else:
            self._later_order(d, products, unknown=unknown, renewal=renewal)
        if not renewal:
            self.last_choice, self.has_choice = d, True
        self.last = d
        self.products |= products
        if self.n_eff >= self.min_occ and (self.tag == "client" or self.p(d) >= self.rules.enter):
            if self.tag != "client":
                self.tag, self.tag_since = "client", d
            c, out = self.model.readiness, self.rules.leave
            x = self.g() * (c * self.n_eff * (1 - out) / out - 1)
            self.lapse_on = self.last + math.floor(min(self.rules.longest_quiet, max(1, x)))

    def _later_order(self, d: int, products: frozenset[int], *, unknown: bool, renewal: bool) -> None:
        if not renewal and self.has_choice:
            self.gaps.append(d - self.last_choice)
        if d - self.anchor < self.rules.days_apart:
            return
        self.n += 1
        before, self.anchor = self.anchor, d
        lapsed = self.tag == "buyer" and self.n > 2 and self.lapse_on is not None and d > self.lapse_on
        if lapsed and before <= (self.lapse_on or 0):
            self.n_eff, self.back = 2.0, d
        elif renewal or unknown or products - self.products or products & self.model.replenishable:
            self.n_eff += 1
        else:
            self.n_eff += self.rules.same_product_weight


def live(days: list[DayOfOrders], model: Model, rules: Rules, today: int, *, company: bool = False) -> SlowCustomer:
    """A customer after living through every midnight from the first order to `today` (or the last order, if later)."""
    customer = SlowCustomer(model, rules, company=company)
    orders = {day: rest for day, *rest in days}
    for day in range(min(orders, default=today), max([today, *orders]) + 1):
        customer.midnight(day)
        if day in orders:
            products, unknown, renewal = orders[day]
            customer.order(day, products, unknown=unknown, renewal=renewal)
    return customer
