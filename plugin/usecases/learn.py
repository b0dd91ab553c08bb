"""Have a shop teach how its customers return: from its history when that is imported, and every week after."""

from typing import NamedTuple

from plugin.core import causes
from plugin.core.earlier import Earlier, unseen
from plugin.core.learning import WEEK, History, adopt, learn_on, replay_learning
from plugin.core.model import Model, Rules
from plugin.core.occasions import occasions
from plugin.core.slices import slices
from plugin.db import earlier, imports, orders, shops, taught
from plugin.db.shops import Shop
from plugin.db.taught import Kept
from plugin.services import Services
from plugin.usecases.judge import COMPANY
from plugin.usecases.sweep import midnight

ENOUGH = 60_000  # orders; of a shop with more, some of the customers teach for all
KEYS_AT_ONCE = 5000
HOUR = 3600 * 1000  # ms
AFTER_MIDNIGHT, SPREAD = 4 * HOUR, 2 * HOUR  # when the night's other work is done, and over how long shops are spread


class Lesson(NamedTuple):
    """What there is to learn from, with what was in force when it was read."""

    shop: Shop
    model: Model
    rules: Rules
    histories: list[History]
    orders: int  # that were read for it
    until: int  # the last day


def learn_from_history(services: Services, shop: int) -> None:
    """What the shop's orders would have taught week by week, for everybody who is judged from now on."""
    lesson, samples = _read(services, shop), [0]
    weeks = replay_learning(lesson.histories, until=lesson.until, rules=lesson.rules, heard=samples.append)
    _keep(services, lesson, adopt(lesson.model, weeks), samples[-1])


def learn(services: Services, shop: int) -> float | None:
    """The weekly look: has everybody judged anew when the model is another."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        busy = known.rejudge or imports.last(tx, shop) is None or imports.under_way(tx, shop)
    if not known.installed or busy or not is_due(services, known):
        return None
    lesson, samples = _read(services, shop), [0]
    found = learn_on(lesson.histories, lesson.model, lesson.rules, until=lesson.until, heard=samples.append)
    cause = None if found == lesson.model else causes.learned(found.number)
    _keep(services, lesson, found, samples[-1], judge_for=cause)
    services.nudge("rejudge", shop)
    return None


def is_due(services: Services, shop: Shop) -> bool:
    """Whether its week is over, or was put off by a clock that was ahead."""
    now = services.calendar.now()
    return not now < shop.next_learn_at <= now + taught.LONGEST_WEEK


def _read(services: Services, shop: int) -> Lesson:
    """How customers came, as they are judged: companies by location, with what is known by number only."""
    with services.database.read() as tx:
        known, (model, rules) = shops.get(tx, shop), shops.judging(tx, shop)
        every, halvings = orders.count(tx, shop), 0
        while every >> halvings > ENOUGH:
            halvings += 1
        drawn = taught.drawn(tx, shop, halvings=halvings)
        before: dict[str, Earlier] = {}
        for some in slices(drawn, KEYS_AT_ONCE):
            before |= earlier.of_customers(tx, shop, some)
    histories = []
    for customer, own in drawn.items():
        # Who is known by number only has no day to tell of.
        if days := occasions(order for order in own if not order.ignored):
            hidden = unseen(before.get(customer), (order.day for order in own))
            histories.append(History(customer, days, customer.startswith(COMPANY), hidden))
    return Lesson(known, model, rules, histories, sum(map(len, drawn.values())), services.today(known))


def _keep(services: Services, lesson: Lesson, found: Model, samples: int, *, judge_for: str | None = None) -> None:
    """Puts a model in force; not when what it was learned with is no more, which leaves it due."""
    shop, today = lesson.shop, lesson.until
    night = midnight(today + WEEK, shop.zone, 0) + AFTER_MIDNIGHT + shop.shop * 2_654_435_761 % SPREAD
    with services.database.write() as tx:
        now_there = shops.get(tx, shop.shop)
        if (now_there.model, now_there.rules) != (lesson.model.number, lesson.rules.number):
            return
        if found.number != lesson.model.number:
            kept = Kept(found, services.calendar.now(), samples, len(lesson.histories), lesson.orders)
            taught.keep(tx, shop.shop, kept)
        again = {} if judge_for is None else {"rejudge": True, "rejudge_for": judge_for}
        shops.change(tx, shop.shop, model=found.number, next_learn_at=night, **again)
