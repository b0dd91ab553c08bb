"""Customers in a file: what stands in a line, and that no cell is a formula."""

import csv
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from plugin.core.exported import BOM, HEADS, Kept, Line, head, rows, safe, writer
from plugin.core.model import Model
from plugin.core.subscriptions import Subscription
from plugin.core.verdict import Kind, Verdict
from plugin.core.verdict_words import sentence
from plugin.core.words import ENGLISH

MODEL = Model()
LAST = 740_000  # 19 Jan 2027
CLIENT = Verdict(Kind.CLIENT, False, 739_900, 740_300, False, 3, 3.0, 32.4, 739_000, LAST, 4, 1)
ANNA = Kept("Customer/7", CLIENT, 7, None, False, False, Subscription.NONE, 2, 3)


def line(kept: Kept) -> Line:
    """Their line, twenty days after the last order."""
    return writer(MODEL, LAST + 20, ENGLISH)(kept)


def test_a_line_says_what_they_are_why_and_who_decided() -> None:
    assert line(ANNA) == Line(
        customer=7,
        company=None,
        kind="client",
        certainty=7,
        since="2026-10-11",
        occasions=3,
        usual_gap=32,
        first_order="2024-04-24",
        last_order="2027-01-19",
        lapses="2027-11-15",
        counted=4,
        not_counted=1,
        provisional=False,
        marked_by_hand=False,
        tag_left_alone=False,
        sentence=sentence(CLIENT, MODEL, LAST + 20),
        model=2,
        rules=3,
    )


def test_who_was_marked_by_hand_is_so_whatever_the_orders_say() -> None:
    """A sentence about their orders would say another kind."""
    found = line(ANNA._replace(override=1, verdict=CLIENT._replace(kind=Kind.BUYER, lapse_on=None)))
    assert found.marked_by_hand
    assert found.sentence == "Marked as a buyer by hand, whatever the orders say."


def test_nothing_is_said_of_who_must_not_be_classified() -> None:
    nobody = Verdict(Kind.NONE, False, None, None, False, 0, 0.0, 0.0, None, None, 0, 0)
    found = line(ANNA._replace(customer="CompanyLocation/8", verdict=nobody, tens=0, shut=True))
    assert (found.customer, found.company, found.kind) == (None, 8, "neither")
    assert found.sentence == "Is not to be classified"
    assert not any((found.certainty, found.since, found.usual_gap, found.first_order, found.last_order, found.lapses))


def test_the_file_is_read_back_as_it_was_meant() -> None:
    written = head(ENGLISH, ";") + rows([line(ANNA)], ENGLISH, ";")
    assert written.startswith(BOM)
    names, values = csv.reader(written.removeprefix(BOM).splitlines(), delimiter=";")
    assert len(names) == len(values) == len(Line._fields)
    assert dict(zip(names, values, strict=True))["Why"] == line(ANNA).sentence


@given(st.text())
@example("=1+1")
@example("\t=1+1")
def test_no_cell_is_a_formula(cell: str) -> None:
    assert not safe(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe(cell).removeprefix("'") == cell.removeprefix("'")


def test_every_column_is_documented() -> None:
    told = [one.split("|")[1:3] for one in Path("docs/export.md").read_text().splitlines() if one.startswith("| ")][1:]
    assert [(name.strip(), key.strip(" `")) for name, key in told] == [(HEADS[key], key) for key in Line._fields]


def test_where_a_subscription_decides_the_line_says_so() -> None:
    """While it runs, and when it ended a usual gap before they lapse; else orders decided."""
    running = ANNA._replace(verdict=CLIENT._replace(lapse_on=None), subscription=Subscription.ACTIVE)
    assert line(running).sentence == "Has a subscription that is running, so a client for as long as it does."
    ended = running._replace(verdict=CLIENT._replace(lapse_on=LAST + 32), subscription=Subscription.CANCELLED)
    assert line(ended).sentence.startswith("The subscription ended, so a client until ")
    chosen = ended._replace(verdict=CLIENT)
    assert line(chosen).sentence == line(ANNA).sentence
