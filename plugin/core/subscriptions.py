"""Subscriptions: billing days are no choice, so while one runs, and when it ends, the shop's word on it decides."""

from collections.abc import Iterable
from enum import IntEnum

from plugin.core.explain import Evidence, shared
from plugin.core.model import Model
from plugin.core.orders import Judged
from plugin.core.verdict import Kind, Verdict
from plugin.core.words import ENGLISH, N_, Words


class Subscription(IntEnum):
    """How it stands with a customer's subscriptions, NONE: never had one; stored numbers keep their meaning."""

    NONE = 0
    ACTIVE = 1
    PAUSED = 2
    CANCELLED = 3
    EXPIRED = 4
    FAILED = 5


ENDED = frozenset({Subscription.CANCELLED, Subscription.FAILED})


def follow(verdict: Verdict, subscription: Subscription, today: int, *, renewed: bool) -> Verdict:
    """The verdict on a customer with that subscription; `renewed`: their last counted day was a billing day.

    While it runs they are a client without a lapse day. When it was cancelled or its payment failed they are one for a
    usual gap after the last billing day, until they order by themselves. Otherwise their orders decide.
    """
    if verdict.last_day is None or subscription not in {Subscription.ACTIVE, *ENDED}:
        return verdict
    client = verdict._replace(kind=Kind.CLIENT, lapse_on=None, lapsed=False)
    if verdict.kind is not Kind.CLIENT:
        client = client._replace(since=verdict.last_day)
    if subscription is Subscription.ACTIVE:
        return client
    if not renewed:
        return verdict
    lapse_on = _ends_on(verdict, verdict.last_day)
    if lapse_on > today:
        return client._replace(lapse_on=lapse_on)
    return verdict._replace(kind=Kind.BUYER, since=lapse_on, lapse_on=lapse_on, lapsed=True)


def renewed_last(orders: Iterable[Judged]) -> bool:
    """Whether a subscription billed on the last day of the orders that count."""
    counted = [(day, renewal) for day, ignored, renewal, _ in orders if not ignored]
    last = max((day for day, _ in counted), default=None)
    return any(renewal for day, renewal in counted if day == last)


def subscribed(
    evidence: Evidence, subscription: Subscription, model: Model, today: int, *, renewed: bool, words: Words = ENGLISH
) -> Evidence:
    """The evidence under the verdict that the subscription leads to, with the sentence that says so."""
    verdict = follow(evidence.verdict, subscription, today, renewed=renewed)
    if verdict == evidence.verdict:
        return evidence
    told = shared(evidence, verdict, model, today, words)
    said = told_of(verdict, subscription, words)
    if subscription is Subscription.ACTIVE:
        ends = words.say(
            "When the subscription ends they are a buyer again %(gap)s after its last order, unless they order.",
            gap=_gap(verdict, words),
        )
        told = told._replace(changes=(ends,))
    return told if said is None else told._replace(sentence=said)


def told_of(verdict: Verdict, subscription: Subscription, words: Words = ENGLISH) -> str | None:
    """The sentence for a verdict of `follow` that the subscription decided; None for one that orders did."""
    if verdict.last_day is None:
        return None
    if subscription is Subscription.ACTIVE:
        return words.say("Has a subscription that is running, so a client for as long as it does.")
    if subscription not in ENDED or verdict.lapse_on != _ends_on(verdict, verdict.last_day):
        return None
    said = N_("The subscription ended, so a client until %(day)s, %(gap)s after its last order, unless they order.")
    if verdict.kind is not Kind.CLIENT:
        said = N_(
            "The subscription ended and no order came in %(gap)s, so a buyer again: a client who lapsed on %(day)s."
        )
    return words.say(said, gap=_gap(verdict, words), day=words.day(verdict.lapse_on))


def _ends_on(verdict: Verdict, last_day: int) -> int:
    return last_day + max(1, int(verdict.usual_gap))


def _gap(verdict: Verdict, words: Words) -> str:
    return words.many("%(n)s day", "%(n)s days", max(1, int(verdict.usual_gap)))
