"""What would change a verdict, concretely: how many orders from which day on, or the day on which no order came."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from plugin.core.model import Rules
from plugin.core.occasions import Occasion
from plugin.core.replay import Kind
from plugin.core.verdict import Verdict
from plugin.core.words import N_, Words

MOST = 12  # orders that are counted out; who needs more is far away

GoOn = Callable[[Sequence[Occasion]], Kind]  # what a customer is after these purchase days too


class Needed(NamedTuple):
    """How many more orders make a client, the first on `soon` (an ordinal) at the earliest; None: over MOST."""

    soon: int
    fresh: int | None  # each with a product that they have not bought before
    same: int | None  # each with one that they have; as many as `fresh` where no product is known


def needed(verdict: Verdict, rules: Rules, today: int, *, anchor: int, owned: tuple[int, ...], then: GoOn) -> Needed:
    """What a buyer needs, who began their last occasion on day `anchor` and owns these products; `then` says how each
    guess ends. Orders of days further apart, or begun later, end alike."""
    soon = max(today, anchor + rules.days_apart)
    if verdict.lapsed and verdict.lapse_on is not None:
        soon = max(soon, verdict.lapse_on + 1)  # the lapse day itself is no comeback yet

    def count(products: tuple[int, ...]) -> int | None:
        for number in range(1, MOST + 1):
            days = [(soon + index * rules.days_apart, products, not products, False) for index in range(number)]
            if then(days) is Kind.CLIENT:
                return number
        return None

    fresh = count(())
    return Needed(soon, fresh, count(owned) if owned else fresh)


def lapse_words(verdict: Verdict, words: Words) -> Iterator[str]:
    """What makes a buyer of a client."""
    if verdict.kind is Kind.CLIENT and verdict.lapse_on is not None:
        yield words.say("Without another order they are a buyer again on %(day)s.", day=words.day(verdict.lapse_on))


def needed_words(need: Needed, rules: Rules, words: Words) -> Iterator[str]:
    """What makes a client of a buyer."""
    values = {"day": words.day(need.soon), "apart": rules.days_apart}
    if need.fresh is None:
        yield words.say("It takes many more orders to make them a client.")
        return
    yield words.say(_frame(need, rules), n=need.fresh, **values)
    if need.same is not None and need.same > need.fresh:
        yield words.many(
            "With products bought before it takes %(n)s order.",
            "With products bought before it takes %(n)s orders.",
            need.same,
        )


def _frame(need: Needed, rules: Rules) -> str:
    fresh = need.same != need.fresh
    if need.fresh == 1:
        if fresh:
            return N_("One more order on %(day)s or later makes them a client if it has a product not bought before.")
        return N_("One more order on %(day)s or later makes them a client.")
    if rules.days_apart == 1:
        if fresh:
            return N_(
                "%(n)s more orders on different days from %(day)s on make them a client if each has a product not"
                " bought before."
            )
        return N_("%(n)s more orders on different days from %(day)s on make them a client.")
    if fresh:
        return N_(
            "%(n)s more orders from %(day)s on, each at least %(apart)s days after the one before, make them a client"
            " if each has a product not bought before."
        )
    return N_(
        "%(n)s more orders from %(day)s on, each at least %(apart)s days after the one before, make them a client."
    )
