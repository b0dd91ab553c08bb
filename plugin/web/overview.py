"""The overview's charts, each with the same numbers as a table, in the language of the page."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import format_decimal, format_percent, gettext
from markupsafe import Markup

from plugin.core.figures import SPENT, STEPS, Cohort, Figures, Revenue, shares
from plugin.db.figures import Day
from plugin.usecases.show_home import Home
from plugin.web import charts
from plugin.web.charts import Series
from plugin.web.languages import day, money, short_money

COHORTS = 12  # months of first orders that are shown


class Chart(NamedTuple):
    """What `ui.chart` takes: the picture, and its table's heads and rows."""

    svg: Markup
    heads: list[str | tuple[str, str]]
    rows: list[list[str]]


class Charts(NamedTuple):
    """None where there is nothing to draw yet."""

    days: Chart | None
    again: Chart | None
    revenue: Chart | None


def drawn(home: Home) -> Charts:
    """The charts of an overview."""
    if home.counted is None:
        return Charts(None, None, None)
    found, currency = home.counted.figures, home.work.shop.currency
    return Charts(_over_time(home.days), _again(found), _revenue(found.revenue, currency) if currency else None)


def _over_time(days: Sequence[Day]) -> Chart | None:
    if len(days) < 2:
        return None
    clients, buyers = gettext("Clients"), gettext("Buyers")
    svg = charts.lines(
        gettext("Buyers and clients over time"),
        [(one.day, day(one.day)) for one in days],
        [
            Series(clients, "client", [one.clients for one in days]),
            Series(buyers, "buyer", [one.buyers for one in days]),
        ],
        format_decimal,
    )
    # A year in a table: the last day of each week, and the last one of all.
    every = [one for one, after in zip(days, [*days[1:], None], strict=True) if after is None or _begins(after)]
    rows = [[day(one.day), format_decimal(one.clients), format_decimal(one.buyers)] for one in reversed(every)]
    return Chart(svg, [gettext("Day"), (clients, "number"), (buyers, "number")], rows)


def _begins(one: Day) -> bool:
    """Whether a week begins with it."""
    return one.day % 7 == 1


def _again(found: Figures) -> Chart | None:
    known: list[tuple[Cohort, list[float | None]]] = [(one, shares(one, found.day)) for one in found.cohorts]
    known = [(one, row) for one, row in known if row[0] is not None][-COHORTS:]
    if not known:
        return None
    heads = [format_decimal(step) for step in range(1, STEPS + 1)]
    label = gettext("Who bought a second time, by month of the first order")
    svg = charts.heat(label, heads, [(_month(one.month), row) for one, row in known], _share)
    rows = [
        [_month(one.month), format_decimal(one.customers), *("" if part is None else _share(part) for part in row)]
        for one, row in known
    ]
    numbers = [(head, "number") for head in heads]
    return Chart(svg, [gettext("First order"), (gettext("Customers"), "number"), *numbers], rows)


def _revenue(months: Sequence[Revenue], currency: str) -> Chart | None:
    if not any(one.buyers or one.clients or one.nobody for one in months):
        return None
    parts = [
        Series(gettext("Clients"), "client", [one.clients for one in months]),
        Series(gettext("Buyers"), "buyer", [one.buyers for one in months]),
    ]
    if any(one.nobody for one in months):
        parts.append(Series(gettext("No customer"), "nobody", [one.nobody for one in months]))
    svg = charts.bars(
        gettext("Revenue by month"),
        [(day(one.month, "MMM"), _month(one.month)) for one in months[-SPENT:]],
        parts,
        lambda value: money(round(value), currency),
        lambda value: short_money(round(value), currency),
    )
    rows = [
        [_month(one.month), *(money(round(part.values[place]), currency) for part in parts)]
        for place, one in enumerate(months)
    ][::-1]
    return Chart(svg, [gettext("Month"), *((part.name, "number") for part in parts)], rows)


def _month(first: int) -> str:
    return day(first, "MMM y")


def _share(part: float) -> str:
    return str(format_percent(round(part, 2)))
