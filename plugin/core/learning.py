"""What a shop teaches: its orders are lived through week by week, and the model follows what its customers did."""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from math import log
from typing import NamedTuple

from plugin.core import fitting
from plugin.core.model import Model, Rules
from plugin.core.occasions import Occasion
from plugin.core.replay import Standing, begin, go_on

WEEK = 7  # days from one fit to the next
DRAWN = 500  # customers a week
RECENT = 90  # days: samples that resolved within them count
LONGEST_HORIZON = 365
MOST_WEEKS = 156  # of fits; what came before is lived through without any
_MASK = 0xFFFF_FFFF


class History(NamedTuple):
    """One customer's counted purchase days, ascending, at least one; `earlier` occasions came before them."""

    customer: str
    days: Sequence[Occasion]
    company: bool = False
    earlier: int = 0


class Sample(NamedTuple):
    """How a drawn customer stood that day."""

    person: int
    weight: float  # n_eff
    quiet: int  # days since their last purchase day
    gap_sum: int
    gaps: int


def seed_of(customer: str) -> int:
    """32 bits that say when a customer is drawn; the same everywhere and always."""
    return int.from_bytes(blake2b(customer.encode(), digest_size=4).digest(), "little")


def replay_learning(histories: Iterable[History], *, until: int, rules: Rules) -> list[tuple[int, Model]]:
    """Every model the shop taught up to the day `until`, with the day from which it was known; nothing looks ahead.

    The prior came before them; their numbers count from its own. Fits are a week apart, the last on `until`.
    """
    learner = Learner(histories, fitting.prior_for(rules), rules)
    first = learner.first_day
    taught: list[tuple[int, Model]] = []
    if first is None:
        return taught
    weeks = min(MOST_WEEKS + LONGEST_HORIZON // WEEK, max(0, (until - first) // WEEK))
    for day in range(until - weeks * WEEK, until + 1, WEEK):
        before = learner.model
        learner.live_until(day)
        if learner.fit(day) is not before:
            taught.append((day, learner.model))
        learner.draw(day)
    return taught


def learn_on(histories: Iterable[History], model: Model, rules: Rules, *, until: int) -> Model:
    """The model in force after one more week: the same object when nothing changed.

    A shop that has taught nothing yet is lived through from its beginning.
    """
    if not model.taught:
        return adopt(model, replay_learning(histories, until=until, rules=rules))
    learner = Learner(histories, model, rules)
    weeks = (LONGEST_HORIZON + RECENT) // WEEK
    for day in range(until - weeks * WEEK, until + 1, WEEK):
        learner.live_until(day)
        learner.draw(day)
    return learner.fit(until)


def adopt(model: Model, taught: Sequence[tuple[int, Model]]) -> Model:
    """The last model of a replay, with the next number; the one in force where that says nearly the same."""
    if not taught:
        return model
    new = taught[-1][1]._replace(number=model.number + 1)
    alike = (new.horizon, new.taught, new.replenishable) == (model.horizon, model.taught, model.replenishable)
    near = _near(new.usual_gap, model.usual_gap) and _near(new.readiness, model.readiness)
    return model if near and alike else new


def _near(one: float, other: float) -> bool:
    return abs(log(one / other)) < fitting.DEAD_BAND


class Learner:
    """Lives through a shop's orders; `live_until`, `fit` and `draw` are called with days that ascend."""

    def __init__(self, histories: Iterable[History], model: Model, rules: Rules) -> None:
        self.model = model
        self._rules = rules
        # By the day they came, so that those who are there already are the first so many.
        self._people = sorted(histories, key=lambda one: (one.days[0][0], one.customer))
        self._seeds = [seed_of(one.customer) for one in self._people]
        self._standing: list[Standing] = []
        self._days = [[day[0] for day in one.days] for one in self._people]
        self._lived = [0] * len(self._people)  # how many of those days are over
        self._bought: list[dict[int, int]] = [{} for _ in self._people]
        self._buyers: Counter[int] = Counter()
        self._rebuyers: Counter[int] = Counter()
        # One plain number an order: the day, and who.
        self._coming = deque(sorted(day << 32 | who for who, days in enumerate(self._days) for day in days))
        self._draws: dict[int, list[Sample]] = {}

    @property
    def first_day(self) -> int | None:
        """Of the first order."""
        return self._days[0][0] if self._days else None

    def live_until(self, day: int) -> None:
        """What happened up to and with that day."""
        coming, standing, model, rules = self._coming, self._standing, self.model, self._rules
        end = (day + 1) << 32
        while coming and coming[0] < end:
            who = coming.popleft() & _MASK
            one = self._people[who]
            if who == len(standing):
                standing.append(begin(one.days[0][0], model, rules, earlier=one.earlier))
            occasion = one.days[self._lived[who]]
            self._lived[who] += 1
            standing[who] = go_on(standing[who], (occasion,), model, rules, company=one.company)
            if occasion[1]:
                self._buy(self._bought[who], occasion)

    def _buy(self, bought: dict[int, int], occasion: Occasion) -> None:
        day, products, _, _ = occasion
        for product in products:
            last = bought.get(product)
            if last is None:
                self._buyers[product] += 1
                bought[product] = day
            elif last and self._rules.days_apart <= day - last <= self.model.horizon:
                self._rebuyers[product] += 1
                bought[product] = 0  # they bought it again: no further time counts
            elif last:
                bought[product] = day

    def draw(self, day: int) -> None:
        """Remembers how some 500 of the customers who are there stand on that day."""
        there = len(self._standing)
        chosen: Iterable[int] = range(there)
        if there > DRAWN:
            factor, limit = seed_of(f"week {day}") | 1, (_MASK + 1) * DRAWN // there
            chosen = [who for who in chosen if self._seeds[who] * factor & _MASK < limit]
        self._draws[day] = [self._sample(who, day) for who in chosen]

    def _sample(self, who: int, day: int) -> Sample:
        *_, weight, _, gap_sum, gaps, _, _, _, _ = self._standing[who]
        quiet = day - self._days[who][self._lived[who] - 1]
        return Sample(who, weight, quiet, gap_sum, gaps)

    def fit(self, day: int) -> Model:
        """The model from that day on: the one before when what was learned since says nothing else."""
        model, rules = self.model, self._rules
        gap = fitting.usual_gap([one[6] / one[7] for one in self._standing if one[7]])
        if model.taught and _near(gap, model.usual_gap):
            gap = model.usual_gap
        horizon = fitting.horizon_for(gap, rules)
        solved = self._solve(day, gap, horizon)
        if solved is None and not model.taught:
            return model
        guess = fitting.first_guess(gap, horizon)
        before = model.readiness * horizon / model.horizon if model.taught else guess
        readiness = before if solved is None else fitting.step(before, fitting.shrunk(solved[0], guess, solved[1]))
        products = fitting.replenishable(self._buyers, self._rebuyers, model.replenishable)
        found = Model(model.number, round(gap, 2), horizon, round(readiness, 4), True, products)
        if found != model:
            self.model = found._replace(number=model.number + 1)
        return self.model

    def _solve(self, day: int, gap: float, horizon: int) -> tuple[float, int] | None:
        """c by the samples that resolved of late, and how many they are; None: too few."""
        trust = self._rules.prior_gaps
        zs, returned, people = [], 0, set()
        for drawn, samples in self._draws.items():
            if not day - RECENT < drawn + horizon <= day:
                continue
            for who, weight, quiet, gap_sum, gaps in samples:
                own = (trust * gap + gap_sum) / (trust + gaps)
                zs.append(weight / (1 + quiet / own))
                returned += self._returned(who, drawn, horizon)
                people.add(who)
        if len(zs) < fitting.ENOUGH or len(people) < fitting.ENOUGH_CUSTOMERS:
            return None
        return fitting.solve(zs, returned / len(zs)), len(zs)

    def _returned(self, who: int, drawn: int, horizon: int) -> bool:
        """Resolved once, at maturity: what came later does not count."""
        days = self._days[who]
        at = bisect_right(days, drawn)
        return at < len(days) and days[at] <= drawn + horizon
