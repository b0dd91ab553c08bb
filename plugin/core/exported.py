"""Customers as a table for spreadsheets and programs: which columns there are, and how a customer stands in them."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from io import StringIO
from typing import NamedTuple

from plugin.core.model import Model
from plugin.core.replay import Kind
from plugin.core.subscriptions import Subscription, told_of
from plugin.core.verdict import Verdict
from plugin.core.verdict_words import sentence
from plugin.core.words import N_, Words

BOM = "\ufeff"  # tells spreadsheets that the text is UTF-8
# A spreadsheet takes what begins so for a formula; also as the wide letters of East Asian keyboards.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_KINDS = {Kind.NONE: N_("neither"), Kind.BUYER: N_("buyer"), Kind.CLIENT: N_("client")}


class Kept(NamedTuple):
    """A customer as they are kept."""

    customer: str
    verdict: Verdict
    tens: int
    override: int | None  # the kind they were marked as by hand
    veto: bool  # the merchant changed our tag
    shut: bool  # they must not be classified
    subscription: int  # core.subscriptions
    model: int
    rules: int


class Line(NamedTuple):
    """A customer in the table; days as 2027-02-09, nothing where there is nothing to say."""

    customer: int | None  # Shopify's number of the person
    company: int | None  # or of the company location
    kind: str
    certainty: int | None  # of ten such customers, how many order again within the model's horizon
    since: str | None
    occasions: int
    usual_gap: int | None  # days
    first_order: str | None
    last_order: str | None
    lapses: str | None  # of clients
    counted: int  # orders
    not_counted: int
    provisional: bool
    marked_by_hand: bool
    tag_left_alone: bool
    sentence: str
    model: int
    rules: int


HEADS = {
    "customer": N_("Customer number"),
    "company": N_("Company number"),
    "kind": N_("Kind"),
    "certainty": N_("Certainty (of 10)"),
    "since": N_("Since"),
    "occasions": N_("Occasions"),
    "usual_gap": N_("Usual gap in days"),
    "first_order": N_("First order"),
    "last_order": N_("Last order"),
    "lapses": N_("Lapses"),
    "counted": N_("Orders that count"),
    "not_counted": N_("Orders that do not count"),
    "provisional": N_("Provisional"),
    "marked_by_hand": N_("Marked by hand"),
    "tag_left_alone": N_("Tag left alone"),
    "sentence": N_("Why"),
    "model": N_("Model"),
    "rules": N_("Rules"),
}
Write = Callable[[Kept], Line]


def writer(model: Model, today: int, words: Words) -> Write:
    """What makes a line of a customer on this day."""

    # Most customers ordered once: who did on the same day has the same sentence.
    @lru_cache(maxsize=4096)
    def why(verdict: Verdict) -> str:
        return sentence(verdict, model, today, words)

    def told(kept: Kept) -> str:
        if kept.shut:
            return words.say("Is not to be classified")
        if kept.override == Kind.CLIENT:
            return words.say("Marked as a client by hand, whatever the orders say.")
        if kept.override == Kind.BUYER:
            return words.say("Marked as a buyer by hand, whatever the orders say.")
        subscribed = told_of(kept.verdict, Subscription(kept.subscription), words) if kept.subscription else None
        return subscribed or why(kept.verdict._replace(first_day=None, since=None, ignored=0))

    def write(kept: Kept) -> Line:
        verdict = kept.verdict
        what, _, number = kept.customer.partition("/")
        person, known = what == "Customer", verdict.last_day is not None
        return Line(
            customer=int(number) if person else None,
            company=None if person else int(number),
            kind=words.say(_KINDS[Kind(verdict.kind)]),
            certainty=kept.tens if known else None,
            since=_day(verdict.since),
            occasions=verdict.occasions,
            usual_gap=round(verdict.usual_gap) if verdict.occasions > 1 else None,
            first_order=_day(verdict.first_day),
            last_order=_day(verdict.last_day),
            lapses=_day(verdict.lapse_on) if verdict.kind == Kind.CLIENT else None,
            counted=verdict.counted,
            not_counted=verdict.ignored,
            provisional=bool(verdict.provisional),
            marked_by_hand=kept.override is not None,
            tag_left_alone=kept.veto,
            sentence=told(kept),
            model=kept.model,
            rules=kept.rules,
        )

    return write


def head(words: Words, separator: str) -> str:
    """The first line, with what tells spreadsheets the encoding before it."""
    return BOM + _written([[words.say(HEADS[name]) for name in Line._fields]], separator)


def rows(lines: Iterable[Line], words: Words, separator: str) -> str:
    """These lines as they stand in the file."""
    both = {True: words.say("yes"), False: words.say("no")}

    def cells(line: Line) -> Iterator[str]:
        for value in line:
            yield both[value] if isinstance(value, bool) else "" if value is None else str(value)

    return _written(map(cells, lines), separator)


def safe(cell: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _written(table: Iterable[Iterable[str]], separator: str) -> str:
    kept = StringIO()
    csv.writer(kept, delimiter=separator, lineterminator="\r\n").writerows(map(safe, cells) for cells in table)
    return kept.getvalue()


def _day(ordinal: int | None) -> str | None:
    return None if ordinal is None else date.fromordinal(ordinal).isoformat()
