"""Who is a buyer and who is a client: one customer's stored orders in, a verdict out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.core.earlier import Earlier, last_of, unseen
from plugin.core.model import Model, Rules
from plugin.core.occasions import Occasion, occasions
from plugin.core.orders import Judged
from plugin.core.replay import Kind as Kind
from plugin.core.replay import Standing, replay

_NONE, _BUYER, _CLIENT = Kind.NONE, Kind.BUYER, Kind.CLIENT  # read per customer; see core.replay


class Verdict(NamedTuple):
    """What a customer is and the numbers behind it; days are ordinals in the shop's zone."""

    kind: Kind
    provisional: bool
    since: int | None  # the day this kind began
    lapse_on: int | None  # a client turns buyer on this day unless they order; kept after a lapse; None: never a client
    lapsed: bool  # was a client, is a buyer again because the lapse day passed
    occasions: int  # n
    weight: float  # n_eff
    usual_gap: float  # g, days; the shop's own where the customer has none
    first_day: int | None
    last_day: int | None
    counted: int  # orders
    ignored: int  # orders
    earlier: int = 0  # of the occasions, how many orders are known by number only; without others the days are a guess
    came_back: int | None = None  # the day of the last comeback after a lapse: what was before it weighs no more


def judge(
    orders: Iterable[Judged],
    model: Model,
    rules: Rules,
    today: int,
    *,
    company: bool = False,
    earlier: Earlier | None = None,
) -> Verdict:
    """The verdict on one customer; the order in which `orders` come does not matter.

    Orders dated after `today` count too: a shop's zone may be ahead of ours. With `earlier` orders it is provisional.
    """
    every = list(orders)
    before = unseen(earlier, (order[0] for order in every)) if earlier else 0
    counted = [order for order in every if not order[1]]
    ignored = len(every) - len(counted)
    if not counted and not before:
        return Verdict(_NONE, not model.taught, None, None, False, 0, 0.0, model.usual_gap, None, None, 0, ignored)
    if len(counted) == 1 and not before and (rules.company_occasions if company else rules.occasions) > 1:
        day = counted[0][0]  # most customers: one order is a buyer, nothing to replay
        return Verdict(_BUYER, not model.taught, day, None, False, 1, 1.0, model.usual_gap, day, day, 1, ignored)
    days, known = occasions(counted), before
    if earlier and not days:
        days, known = [(last_of(earlier, before), (), True, False)], before - 1
    standing = replay(days, model, rules, company=company, earlier=known)
    return conclude(standing, days, model, today, counted=len(counted), ignored=ignored, earlier=before)


def conclude(
    standing: Standing,
    days: Sequence[Occasion],
    model: Model,
    today: int,
    *,
    counted: int,
    ignored: int,
    earlier: int,
) -> Verdict:
    """The verdict of today on a customer who stands there after these purchase days; `judge` says what the rest is."""
    kind, since, lapse_on, n, weight, gap, *_, back, _ = standing
    if lapse_on is not None and lapse_on <= today and kind is _CLIENT:
        kind, since = _BUYER, lapse_on
    lapsed = lapse_on is not None and kind is _BUYER
    first, last, provisional = days[0][0], days[-1][0], not model.taught or earlier > 0
    return Verdict(
        kind, provisional, since, lapse_on, lapsed, n, weight, gap, first, last, counted, ignored, earlier, back
    )


def chance(verdict: Verdict, model: Model, today: int) -> float:
    """How likely (0 to 1) the customer orders again within the model's horizon; 0 when no order counts."""
    if verdict.last_day is None:
        return 0.0
    odds = model.readiness * verdict.weight
    return odds / (odds + 1 + max(0, today - verdict.last_day) / verdict.usual_gap)


def combine(own: Verdict, locations: Sequence[Verdict]) -> Verdict:
    """The verdict on a person who also ordered for company locations: a client if any of them is.

    A client lapses on the latest of the clients' lapse days (None: not at all), a lapsed one has the latest lapse.
    The other numbers are those of the verdict that decides, so that they fit together.
    """
    leading = max((own, *locations), key=_lead)
    same_kind = [verdict for verdict in (own, *locations) if verdict.kind is leading.kind]
    lapses = [verdict.since for verdict in same_kind if verdict.lapsed and verdict.since is not None]
    sinces = [verdict.since for verdict in same_kind if verdict.since is not None]
    since = max(lapses) if lapses else min(sinces, default=None)
    return leading._replace(since=since, lapsed=bool(lapses))


def _lead(verdict: Verdict) -> tuple[Kind, bool, int, Verdict]:
    never_lapses = verdict.kind is Kind.CLIENT and verdict.lapse_on is None
    return verdict.kind, never_lapses, verdict.lapse_on or 0, verdict
