"""A verdict in words: one sentence, why an order does not count, and what would change it."""

from plugin.core.model import Model
from plugin.core.orders import Ignored
from plugin.core.replay import Kind
from plugin.core.verdict import Verdict, chance
from plugin.core.words import ENGLISH, N_, Words

IGNORED_WORDS = {
    Ignored.COUNTED: N_("counts"),
    Ignored.TEST: N_("a test order"),
    Ignored.CANCELLED: N_("cancelled"),
    Ignored.VOIDED: N_("the payment was voided"),
    Ignored.EXPIRED: N_("the payment expired"),
    Ignored.REFUNDED: N_("fully refunded"),
    Ignored.ZERO: N_("nothing was charged for it"),
    Ignored.UNPAID: N_("not paid yet"),
    Ignored.DELETED: N_("deleted at the shop"),
}


def sentence(verdict: Verdict, model: Model, today: int, words: Words = ENGLISH) -> str:
    """The verdict in one plain sentence, without the customer's name."""
    if verdict.last_day is None:
        return words.say("No order counts yet, so neither a buyer nor a client.")
    frame = N_("%(orders)s, %(last)s; %(odds)s, so %(kind)s.")
    if verdict.earlier:
        frame = N_("%(orders)s, %(last)s; %(odds)s, so %(kind)s (provisional: older orders cannot be looked at yet).")
    elif verdict.provisional:
        frame = N_(
            "%(orders)s, %(last)s; %(odds)s, so %(kind)s (provisional: the shop's own numbers are not known yet)."
        )
    return words.say(
        frame,
        orders=_orders(verdict, words),
        last=_last(verdict, verdict.last_day, today, words),
        odds=_odds(tens(chance(verdict, model, today)), model.horizon, words),
        kind=_kind(verdict, words),
    )


def quiet_days(verdict: Verdict, today: int) -> int | None:
    """How many days ago the last counted order was."""
    return None if verdict.last_day is None else max(0, today - verdict.last_day)


def tens(probability: float) -> int:
    """Of 100 such customers, rounded to tens."""
    return int(probability * 10 + 0.5) * 10


def _orders(verdict: Verdict, words: Words) -> str:
    seen = verdict.occasions - verdict.earlier if verdict.counted else 0
    if verdict.earlier:
        return _with_earlier(verdict, seen, words)
    if seen <= 1:
        return words.say("Ordered on one occasion")
    return words.say(
        "Ordered on %(times)s separate occasions, usually every %(gap)s", times=seen, gap=_gap(verdict, words)
    )


def _with_earlier(verdict: Verdict, seen: int, words: Words) -> str:
    times, earlier = verdict.occasions, verdict.earlier
    if times == 1:
        return words.say("Ordered once, before we can look")
    if seen > 1:
        return words.say(
            "Ordered %(times)s times, %(earlier)s of them before we can look, usually every %(gap)s",
            times=times,
            earlier=earlier,
            gap=_gap(verdict, words),
        )
    if seen:
        return words.say(
            "Ordered %(times)s times, %(earlier)s of them before we can look", times=times, earlier=earlier
        )
    if earlier == 2:
        return words.say("Ordered %(times)s times, both before we can look", times=times)
    return words.say("Ordered %(times)s times, all of them before we can look", times=times)


def _gap(verdict: Verdict, words: Words) -> str:
    return words.many("%(n)s day", "%(n)s days", round(verdict.usual_gap))


def _last(verdict: Verdict, last_day: int, today: int, words: Words) -> str:
    if verdict.earlier and not verdict.counted:
        return words.say("the last time perhaps around %(day)s", day=words.day(last_day))
    quiet = quiet_days(verdict, today)
    if verdict.came_back is not None:
        return _back(words.day(verdict.came_back), quiet or 0, words)
    if not quiet:
        return words.say("most recently today")
    return words.many("and has been quiet for %(n)s day", "and has been quiet for %(n)s days", quiet)


def _back(day: str, quiet: int, words: Words) -> str:
    if not quiet:
        return words.say("came back on %(day)s after a long pause and ordered most recently today", day=day)
    return words.many(
        "came back on %(day)s after a long pause and has been quiet for %(n)s day",
        "came back on %(day)s after a long pause and has been quiet for %(n)s days",
        quiet,
        day=day,
    )


def _odds(of_hundred: int, days: int, words: Words) -> str:
    if of_hundred == 0:
        return words.say("hardly any such customers order again within %(days)s days", days=days)
    if of_hundred == 100:
        return words.say("nearly all such customers order again within %(days)s days", days=days)
    return words.say(
        "about %(number)s of 100 such customers order again within %(days)s days", number=of_hundred, days=days
    )


def _kind(verdict: Verdict, words: Words) -> str:
    if verdict.kind is Kind.CLIENT:
        if verdict.lapse_on is None:
            return words.say("a client")
        return words.say("a client until %(day)s unless they order", day=words.day(verdict.lapse_on))
    if verdict.lapsed and verdict.lapse_on is not None:
        return words.say("a buyer again: a client who lapsed on %(day)s", day=words.day(verdict.lapse_on))
    return words.say("a buyer")
