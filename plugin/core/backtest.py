"""How often the tag was right: a shop's history is lived through once more, and what was said is held against it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.core import measures
from plugin.core.baselines import Bgnbd, Method, Said, at_least_two_orders, rfm
from plugin.core.fitting import prior_for
from plugin.core.learning import replay_learning, seed_of
from plugin.core.measures import Measured, Told
from plugin.core.model import Model, Rules
from plugin.core.pasts import Look, Past, Seen, as_of
from plugin.core.replay import Kind, Standing, replay

MONTH = 30  # days from one look to the next
FIRST_LOOK = 180  # days after the first order; earlier there is little to go by
ENOUGH = 100  # customers, and at least
ENOUGH_OF_BOTH = 20  # of them who came back, and as many who did not


class Figures(NamedTuple):
    """How good a method was."""

    auc: Measured | None
    f1: Measured | None
    precision: Measured | None
    recall: Measured | None
    brier: Measured | None
    flips: Measured | None
    clients: Measured | None


class Plan(NamedTuple):
    """What is asked: returns within `horizon` days; days are ordinals."""

    horizon: int
    cut: int  # scores are compared as of this day
    looks: Sequence[int]  # tags are compared as of these


class Result(NamedTuple):
    """What came out for a horizon; without figures there was too little data."""

    plan: Plan
    customers: int  # on the day of the cut
    returned: Measured | None  # share of all customers, over the looks
    methods: dict[str, Figures]


def plan_for(everybody: Sequence[Past], horizon: int, *, first: int | None = None, cut: int | None = None) -> Plan:
    """Monthly looks from `first` to the last day whose horizon is over, and a cut there."""
    begin = min(past.days[0] for past in everybody)
    end = max(past.days[-1] for past in everybody) - horizon
    start = min(begin + FIRST_LOOK, (begin + end) // 2) if first is None else first
    return Plan(horizon, end if cut is None else cut, range(start, end + 1, MONTH))


class Ours:
    """What Regulars says: everybody is judged with the model that the shop had taught by then."""

    def __init__(self, everybody: Sequence[Past], rules: Rules) -> None:
        self._rules = rules
        until = max(past.days[-1] for past in everybody)
        self._taught = replay_learning((past.history for past in everybody), until=until, rules=rules)
        self._judged: dict[int, tuple[int, int, Standing]] = {}

    def say(self, day: int, seen: Sequence[Seen]) -> Iterator[Said]:
        """The tag and the chance of each."""
        known = [model for since, model in self._taught if since <= day]
        model = known[-1] if known else prior_for(self._rules)
        for one in seen:
            kind, _, lapse_on, _, weight, gap, *_ = self._standing(one, model)
            client = kind is Kind.CLIENT and (lapse_on is None or lapse_on > day)
            odds = model.readiness * weight
            chance = odds / (odds + 1 + (day - one.past.days[one.many - 1]) / gap)
            yield Said(client, chance, chance)

    def _standing(self, one: Seen, model: Model) -> Standing:
        known = self._judged.get(one.who)
        if known is not None and known[:2] == (one.many, model.number):
            return known[2]
        history = one.past.history
        days = history.days[: one.many]
        found = replay(days, model, self._rules, company=history.company, earlier=history.earlier)
        self._judged[one.who] = one.many, model.number, found
        return found


_OVER_DAYS = (measures.f1, measures.precision, measures.recall, measures.brier, measures.flips, measures.clients)
REGULARS, ORDERS, RFM, BGNBD = "regulars", "orders>=2", "rfm", "bg/nbd"
METHODS: dict[str, Callable[[Sequence[Past], int, Rules], Method]] = {
    REGULARS: lambda everybody, horizon, rules: Ours(everybody, rules._replace(horizon=horizon)).say,
    ORDERS: lambda *_: at_least_two_orders,
    RFM: lambda *_: rfm,
    BGNBD: lambda _, horizon, __: Bgnbd(horizon).say,
}


def backtest(everybody: Sequence[Past], plan: Plan, rules: Rules, *, methods: Collection[str] = METHODS) -> Result:
    """Lives through the history: at each look nobody knows more than what had been by then."""
    cut = as_of(everybody, plan.cut, plan.horizon)
    came = sum(cut.returned)
    if not plan.looks or len(cut.seen) < ENOUGH or min(came, len(cut.seen) - came) < ENOUGH_OF_BOTH:
        return Result(plan, len(cut.seen), None, {})
    groups = [seed_of(past.history.customer) % measures.GROUPS for past in everybody]
    looks = [as_of(everybody, day, plan.horizon) for day in plan.looks]
    found, returned = {}, None
    for name in methods:
        method = METHODS[name](everybody, plan.horizon, rules)
        days = [measures.count(told) for told in _told(looks, method, groups)]
        last = [measures.auc(told) for told in _told([cut], method, groups)]
        found[name] = Figures(*last, *(measures.over_days(days, figure) for figure in _OVER_DAYS))
        returned = measures.over_days(days, measures.came_back)
    return Result(plan, len(cut.seen), returned, found)


def _told(looks: Iterable[Look], method: Method, groups: Sequence[int]) -> Iterator[list[Told]]:
    before: dict[int, bool] = {}
    for look in looks:
        told, now = [], {}
        for one, said, returned in zip(look.seen, method(look.day, look.seen), look.returned, strict=True):
            client, score, chance = said
            was = before.get(one.who)
            now[one.who] = client
            told.append(Told(groups[one.who], client, score, chance, returned, None if was is None else was != client))
        yield told
        before = now
