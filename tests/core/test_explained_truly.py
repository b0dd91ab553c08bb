"""Every explanation is true: each number in it comes out of the raw orders by a slow second telling, in each language,
and what would change the verdict does change it, while less does not."""

import re
from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.earlier import Earlier
from plugin.core.explain import Evidence, explain
from plugin.core.model import Model, Rules
from plugin.core.orders import Ignored, Judged, pack_products, unpack_products
from plugin.web.words import WORDS
from tests.core.histories import START, by_day, histories, models, rules
from tests.core.slow_reference import SlowCustomer, live
from tests.core.told import LANGUAGES, PROVISIONAL, Day, in_language, kind_read_back, read_back

todays = st.integers(START, START + 1400)
NEW, MANY = 77, 12


def explained(
    history: list[Judged], model: Model, rules_: Rules, today: int, company: bool, earlier: int = 0
) -> dict[str, Evidence]:
    """The evidence by language."""
    found = {}
    before = Earlier(earlier, START - 300, START) if earlier else None
    named = [(number, f"#{1000 + number}", order) for number, order in enumerate(history, 1)]
    for language in LANGUAGES:
        with in_language(language):
            found[language] = explain(named, model, rules_, today, company=company, earlier=before, words=WORDS)
    return found


def lived(history: list[Judged], model: Model, rules_: Rules, today: int, company: bool, earlier: int) -> SlowCustomer:
    """The same customer told slowly; so many orders came before the first that is known."""
    if not earlier:
        return live(by_day(history), model, rules_, today, company=company)
    customer = SlowCustomer(model, rules_, company=company)
    customer.n, customer.n_eff, customer.anchor, customer.tag = earlier, float(earlier), START - 1000, "buyer"
    days = {day: rest for day, *rest in by_day(history)}
    for day in range(min(days), max(today, *days) + 1):
        customer.midnight(day)
        if day in days:
            products, unknown, renewal = days[day]
            customer.order(day, products, unknown=unknown, renewal=renewal)
    return customer


def numbers(slow: SlowCustomer, today: int, earlier: int) -> Iterator[list[int | Day]]:
    """What the sentence must name, in this order; either way where a rounded number lies on an edge."""
    quiet = max(0, today - slow.last)
    for up, more in product((-1e-9, 1e-9), repeat=2):
        times, seen = [slow.n, *([earlier] if earlier else [])], slow.n - earlier
        expected: list[int | Day] = [*times] if seen > 1 or earlier else []
        if seen > 1:
            expected.append(round(slow.g() + up))
        if slow.back is not None:
            expected.append(Day(slow.back))
        if quiet:
            expected.append(quiet)
        chance = int((slow.p(max(today, slow.last)) + more) * 10 + 0.5) * 10
        if 0 < chance < 100:
            expected += [chance, 100]
        expected.append(slow.model.horizon)
        if slow.lapse_on is not None:
            expected.append(Day(slow.lapse_on))
        yield expected


@given(histories, models, rules, todays, st.booleans(), st.sampled_from([0, 0, 1, 2, 5]))
@settings(deadline=None, max_examples=150)
def test_every_number_in_the_sentence_comes_out_of_the_orders(
    history: list[Judged], model: Model, rules_: Rules, today: int, company: bool, earlier: int
) -> None:
    """Occasions, gap, quiet days, chance, horizon, comeback and lapse day, each in its place, in three languages."""
    told = explained(history, model, rules_, today, company, earlier)
    if not by_day(history):
        if not earlier:
            assert all(kind_read_back(told[one].sentence, one) == "none" for one in LANGUAGES)
        return
    slow = lived(history, model, rules_, today, company, earlier)
    for language, evidence in told.items():
        said = evidence.sentence
        assert read_back(said, language) in list(numbers(slow, today, earlier)), said
        assert kind_read_back(said, language) == slow.tag, said
        assert (PROVISIONAL[language] in said) == (not model.taught or bool(earlier)), said


class Shop:
    """One customer whose history goes on."""

    def __init__(self, history: list[Judged], model: Model, rules_: Rules, *, company: bool) -> None:
        self.history, self.model, self.rules, self.company = history, model, rules_, company
        self.owned = {key for order in history if not order.ignored for key in unpack_products(order.products)}

    def tag(self, day: int, orders: list[tuple[int, tuple[int, ...]]]) -> str:
        """What they are on a day, with these orders more."""
        more = [Judged(at, Ignored.COUNTED, False, pack_products(products)) for at, products in orders]
        return live(by_day([*self.history, *more]), self.model, self.rules, day, company=self.company).tag

    def after(self, number: int, start: int, apart: int, products: tuple[int, ...]) -> str:
        """What they are when so many orders came, so many days apart."""
        days = [start + index * apart for index in range(number)]
        # Each has a product of its own where it shall be new.
        bought = [tuple(key + index for key in products) if products == (NEW,) else products for index in range(number)]
        return self.tag(max([start, *days]), list(zip(days, bought, strict=True)))


@given(histories, models, rules, todays, st.booleans())
@settings(deadline=None, max_examples=150)
def test_what_would_change_it_does_and_less_does_not(
    history: list[Judged], model: Model, rules_: Rules, today: int, company: bool
) -> None:
    """Waiting until the day, or placing the orders that are named from the day on that is named, also later and further
    apart; one day or one order less changes nothing."""
    told = explained(history, model, rules_, today, company)
    evidence = told["en"]
    shop = Shop(history, model, rules_, company=company)
    for line, change in enumerate(evidence.changes):
        found = read_back(change, "en")
        assert all(read_back(told[one].changes[line], one) == found for one in LANGUAGES), change
        if change.startswith("#"):
            paid_for(change, evidence, shop, today)
        elif change.startswith("Without"):
            waited_for(shop, found)
        elif change.startswith("The first order"):
            assert shop.tag(today, [(today, (NEW,))]) == re.findall("buyer|client", change)[-1]
        elif change.startswith("It takes many"):
            assert shop.after(MANY, today + 500, rules_.days_apart, (NEW,)) != "client"
        elif change.startswith("With products"):
            again(shop, found, evidence.changes[line - 1])
        else:
            ordered(shop, found, change, today)


def paid_for(change: str, evidence: Evidence, shop: Shop, today: int) -> None:
    name = change.partition(" ")[0]
    (index,) = (note.order - 1 for note in evidence.ignored if note.name == name)
    paid = shop.history.copy()
    paid[index] = paid[index]._replace(ignored=Ignored.COUNTED)
    after = explained(paid, shop.model, shop.rules, today, shop.company)["en"]
    assert name in {note.name for note in after.counted}


def waited_for(shop: Shop, found: list[int | Day]) -> None:
    (day,) = found
    assert isinstance(day, Day)
    assert shop.tag(day.ordinal - 1, []) == "client"
    assert shop.tag(day.ordinal, []) == "buyer"


def ordered(shop: Shop, found: list[int | Day], change: str, today: int) -> None:
    start = next(one.ordinal for one in found if isinstance(one, Day))
    number = found[0] if isinstance(found[0], int) else 1
    assert start >= today
    apart = shop.rules.days_apart
    ways: list[tuple[int, ...]] = [(NEW,)] if "not bought before" in change else [(NEW,), tuple(shop.owned), ()]
    for products in ways:
        for delay, further in ((0, 0), (1, 0), (40, 3)):
            assert shop.after(number, start + delay, apart + further, products) == "client", (products, delay)
        assert shop.after(number - 1, start, apart, products) == "buyer"
    if "not bought before" in change:
        assert any(shop.after(number, start, apart, (key,)) == "buyer" for key in shop.owned)


def again(shop: Shop, found: list[int | Day], before: str) -> None:
    """With any of the products that they have; with one of them one order less is not enough."""
    (number,) = found
    assert isinstance(number, int)
    start = next(one.ordinal for one in read_back(before, "en") if isinstance(one, Day))
    apart = shop.rules.days_apart
    # What is bought to be used up weighs more: fewer do, and the client may have lapsed again by then.
    for key in shop.owned:
        assert any(shop.after(few, start, apart, (key,)) == "client" for few in range(1, number + 1))
    assert any(shop.after(number - 1, start, apart, (key,)) == "buyer" for key in shop.owned)


def test_the_reader_reads_what_is_there() -> None:
    said = {
        "en": "Ordered on 4 occasions, quiet for 1,000, a client until 9 Feb 2027; #1001",
        "fr": "A commandé à 4 occasions, depuis 1\u202f000, un client jusqu’au 9 févr. 2027 ; #1001",
        "nl": "Bestelde bij 4 gelegenheden, al 1.000, een klant tot 9 feb 2027; #1001",
    }
    assert all(read_back(words, language) == [4, 1000, Day(740_021)] for language, words in said.items())
