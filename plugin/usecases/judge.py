"""Judge customers from their stored orders, inside the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping

from plugin.core.certainty import certainty
from plugin.core.earlier import Earlier
from plugin.core.model import Model, Rules
from plugin.core.orders import Judged
from plugin.core.subscriptions import follow, renewed_last
from plugin.core.verdict import Verdict, combine, judge
from plugin.db import customers, earlier, orders, subscriptions, tagging
from plugin.db.engine import Tx

COMPANY = "CompanyLocation/"


class Bench:
    """Who judges a shop's customers: its model and rules in force, its today, and why it judges (core.causes)."""

    def __init__(self, shop: int, model: Model, rules: Rules, today: int, *, cause: str) -> None:
        self.shop = shop
        self.model = model
        self.rules = rules
        self.today = today
        self.cause = cause

    def judge(self, tx: Tx, keys: Collection[str]) -> int:
        """Keeps the verdict on each of these customers and on whoever shares one with them; returns how many."""
        if not keys:
            return 0
        people = [key for key in keys if not key.startswith(COMPANY)]
        touched = [key for key in keys if key.startswith(COMPANY)]
        people += orders.people_of(tx, self.shop, touched).difference(people)
        return self.judge_grouped(tx, orders.of_customers(tx, self.shop, {*people, *touched}))

    def changed(self, tx: Tx, keys: Collection[str]) -> int:
        """Judges these customers; how many of them are now of another kind."""
        before = tagging.sync_of(tx, self.shop, list(keys))
        self.judge(tx, keys)
        after = tagging.sync_of(tx, self.shop, list(keys))
        return sum(one.kind != (before[key].kind if key in before else 0) for key, one in after.items())

    def judge_grouped(self, tx: Tx, grouped: Mapping[str, Iterable[Judged]]) -> int:
        """The same for customers whose orders are at hand."""
        before = earlier.of_customers(tx, self.shop, grouped.keys())
        verdicts = {key: self._verdict(key, own, before.get(key)) for key, own in grouped.items()}
        for key, state in subscriptions.of_customers(tx, self.shop, grouped.keys()).items():
            verdicts[key] = follow(verdicts[key], state, self.today, renewed=renewed_last(grouped[key]))
        people = [key for key in verdicts if not key.startswith(COMPANY)]
        shared = orders.locations_of(tx, self.shop, people) if people else {}
        if shared:
            elsewhere = {place for places in shared.values() for place in places} - verdicts.keys()
            places = {
                key: self._verdict(key, own) for key, own in orders.of_customers(tx, self.shop, elsewhere).items()
            }
            for person, theirs in shared.items():
                verdicts[person] = combine(verdicts[person], [verdicts.get(p) or places[p] for p in theirs])
        customers.judged(
            tx,
            self.shop,
            verdicts.items(),
            model=self.model.number,
            rules=self.rules.number,
            cause=self.cause,
            certainty=lambda verdict: certainty(verdict, self.model, self.today),
        )
        return len(verdicts)

    def _verdict(self, key: str, own: Iterable[Judged], before: Earlier | None = None) -> Verdict:
        return judge(own, self.model, self.rules, self.today, company=key.startswith(COMPANY), earlier=before)
