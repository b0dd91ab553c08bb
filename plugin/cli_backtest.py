"""`regulars backtest`: how often the tag was right, on a shop's file or on a published history."""

import argparse
import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Column, Table

from plugin.core import backtest as lived
from plugin.core.backtest import Figures, Plan, Result
from plugin.core.learning import seed_of
from plugin.core.measures import Measured
from plugin.core.model import DEFAULT_RULES
from plugin.core.orders import pack_products
from plugin.core.pasts import Bought, Past, pasts
from plugin.core.words import ENGLISH
from plugin.errors import GiveUp

NAMES = {
    lived.REGULARS: "Regulars",
    lived.ORDERS: "orders >= 2",
    lived.RFM: "RFM sum >= 10",
    lived.BGNBD: "BG/NBD >= .3",
}
COLUMNS = {"auc": "AUC", "f1": "F1", "precision": "precision", "recall": "recall", "brier": "Brier"}
FLIPS = "flips %"
LEGEND = """\
AUC: of two customers of whom one came back, how often that one had the higher score, on the last day looked at.
F1, precision, recall: of the tag "client", taken as the word that somebody orders again; means over the looks.
Brier: the squared difference between a chance and what came of it; 0 is perfect.
Flips: of 100 customers, how many went from buyer to client or back within a month.
±: 95 of 100 other samples of such customers would come out within it.
Nothing looks ahead: at each look a model, a fit or a fifth knows the orders up to that day, and no more."""


class Source(NamedTuple):
    """A history to live through: for each horizon in days the first look, and the day on which scores are compared."""

    name: str
    read: Callable[[], Iterator[Bought]]
    horizons: Mapping[int, tuple[str | None, str | None]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `regulars backtest` can be asked."""
    parser.add_argument(
        "source",
        nargs="+",
        metavar="SOURCE",
        help="a CSV file (customer, date, amount; optionally order, product, quantity, discount), or cdnow, or journey",
    )
    parser.add_argument("--horizon", type=_days, action="append", metavar="DAYS", help="90 and 180 for a file")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="all figures and their intervals as one object")
    how.add_argument("--markdown", action="store_true", help="one table, as in the README")


def run(given: argparse.Namespace) -> Iterator[str | Table]:
    """Lives through what was asked for; what to print."""
    told = []
    for one in map(source_named, given.source):
        with Console(stderr=True).status(f"{one.name}: living through its orders"):
            everybody = pasts(one.read())
            if not everybody:
                raise GiveUp(f"{one.name}: no order in it was paid for, so there is nobody to judge.")
            plans = [planned(one, everybody, days) for days in given.horizon or one.horizons]
            told.append((one.name, everybody, [lived.backtest(everybody, plan, DEFAULT_RULES) for plan in plans]))
    if given.json:
        objects = {name: _object(everybody, results) for name, everybody, results in told}
        yield json.dumps(objects if len(objects) > 1 else next(iter(objects.values())), indent=2)
    elif given.markdown:
        yield from as_markdown([(name, results) for name, _, results in told])
    else:
        for name, everybody, results in told:
            yield from _text(name, everybody, results)
        if any(result.methods for _, _, results in told for result in results):
            yield LEGEND


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 365:
        raise argparse.ArgumentTypeError(f"{days} is not a number of days from 1 to 365")
    return days


def source_named(name: str) -> Source:
    """A published history by its name, or a file."""
    if name == "cdnow":
        from plugin.simulator.history import CDNOW  # the simulator is loaded only by who wants it

        horizons = {90: ("1997-07-15", "1998-04-01"), 180: ("1997-06-30", "1997-12-31")}
        return Source(name, lambda: _from_file(CDNOW), horizons)
    if name == "journey":
        from plugin.published.journey import journey

        return Source(name, journey, {60: ("2017-05-01", None)})
    return Source(Path(name).name, lambda: _from_file(Path(name)), {90: (None, None), 180: (None, None)})


def _from_file(path: Path) -> Iterator[Bought]:
    from plugin.simulator.history import HistoryError, read

    try:
        purchases = read(path)
    except HistoryError as error:
        raise GiveUp(f"{path}: {error}\nNothing was read; put it right and try again.") from error
    except UnicodeDecodeError as error:
        raise GiveUp(f"{path} is not text in UTF-8: save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise GiveUp(f"{path} is not a CSV file ({error}): write a row a line, columns separated by commas.") from error
    except (OSError, EOFError) as error:
        raise GiveUp(f"{path} cannot be read ({error}): name a CSV file, or say cdnow or journey.") from error
    for customer, day, items in purchases:
        cents = int(100 * sum(item.amount for item in items))
        if cents > 0:
            products = pack_products(seed_of(item.product) for item in items if item.product)
            yield Bought(customer, day.toordinal(), cents, products)


def planned(one: Source, everybody: Sequence[Past], horizon: int) -> Plan:
    """When to look: as the source has it, or as its orders allow."""
    first, cut = one.horizons.get(horizon, (None, None))
    return lived.plan_for(everybody, horizon, first=_ordinal(first), cut=_ordinal(cut))


def _ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()


def _object(everybody: Sequence[Past], results: Sequence[Result]) -> dict[str, Any]:
    horizons: dict[str, Any] = {}
    baselines: dict[str, Any] = {name: {} for name in NAMES if name != lived.REGULARS}
    for result in results:
        days = str(result.plan.horizon)
        horizons[days] = {
            "cut": date.fromordinal(result.plan.cut).isoformat(),
            "looks": [date.fromordinal(day).isoformat() for day in result.plan.looks],
            "customers": result.customers,
        }
        if not result.methods:
            horizons[days]["too_little_data"] = _too_little(result)
            continue
        horizons[days] |= _numbers({"came_back": result.returned, **result.methods[lived.REGULARS]._asdict()})
        for name in baselines:
            baselines[name][days] = _numbers(result.methods[name]._asdict())
    first, last = _span(everybody)
    return {
        "orders": sum(past.orders[-1] for past in everybody),
        "customers": len(everybody),
        "first_day": date.fromordinal(first).isoformat(),
        "last_day": date.fromordinal(last).isoformat(),
        "horizons": horizons,
        "baselines": baselines,
    }


def _numbers(figures: dict[str, Measured | None]) -> dict[str, Any]:
    there = {name: figure for name, figure in figures.items() if figure is not None}
    numbers: dict[str, Any] = {name: round(figure.value, 4) for name, figure in there.items()}
    return numbers | {"intervals": {name: [round(one.low, 4), round(one.high, 4)] for name, one in there.items()}}


def _span(everybody: Sequence[Past]) -> tuple[int, int]:
    return min(past.days[0] for past in everybody), max(past.days[-1] for past in everybody)


def _too_little(result: Result) -> str:
    return (
        f"Too little data for {result.plan.horizon} days: {lived.ENOUGH} customers are needed whose "
        f"{result.plan.horizon} days are over, of whom {lived.ENOUGH_OF_BOTH} came back and {lived.ENOUGH_OF_BOTH} did "
        f"not. There are {result.customers:,}."
    )


def _text(name: str, everybody: Sequence[Past], results: Sequence[Result]) -> Iterator[str | Table]:
    first, last = _span(everybody)
    orders = ENGLISH.many("%(n)s order", "%(n)s orders", sum(past.orders[-1] for past in everybody))
    customers = ENGLISH.many("%(n)s customer", "%(n)s customers", len(everybody))
    yield f"{name}: {orders} of {customers}, {ENGLISH.day(first)} to {ENGLISH.day(last)}, judged as they came."
    for result in results:
        if not result.methods or result.returned is None:
            yield f"\n{_too_little(result)}\n"
            continue
        looks = result.plan.looks
        yield (
            f"\nWho orders again within {result.plan.horizon} days? {100 * result.returned.value:.0f} of 100 did. "
            f"Tags looked at every {lived.MONTH} days, {ENGLISH.day(looks[0])} to {ENGLISH.day(looks[-1])}; "
            f"scores on {ENGLISH.day(result.plan.cut)}."
        )
        table = Table(Column(no_wrap=True), *COLUMNS.values(), FLIPS, box=None, padding=(0, 1, 0, 0))
        for method, figures in result.methods.items():
            table.add_row(NAMES[method], *_cells(figures))
        yield table
        yield ""


def as_markdown(told: Sequence[tuple[str, Sequence[Result]]]) -> Iterator[str]:
    """The table of the README, line by line."""
    yield f"| history, horizon | | {' | '.join(COLUMNS.values())} | {FLIPS} |"
    yield "|---|---|" + "---|" * (len(COLUMNS) + 1)
    for name, results in told:
        for result in results:
            if not result.methods:
                yield f"| {name}, {result.plan.horizon} days | {_too_little(result)} |{' |' * (len(COLUMNS) + 1)}"
            for method, figures in result.methods.items():
                yield f"| {name}, {result.plan.horizon} days | {NAMES[method]} | {' | '.join(_cells(figures))} |"


def _cells(figures: Figures) -> Iterator[str]:
    for name in COLUMNS:
        yield _cell(getattr(figures, name), 3)
    yield _cell(figures.flips, 1)


def _cell(figure: Measured | None, digits: int) -> str:
    if figure is None:
        return "-"
    value, off = f"{figure.value:.{digits}f}", f"{figure.high - figure.value:.{digits}f}"
    return f"{value} ±{off}" if digits == 1 else f"{value.lstrip('0')} ±{off.lstrip('0')}"
