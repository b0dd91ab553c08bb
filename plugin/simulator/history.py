"""A shop's purchase history from a file: CDNOW, which lies beside the code, or any CSV."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, NamedTuple

CDNOW = Path(__file__).parent / "data" / "cdnow.csv.gz"
CDNOW_CUT = date(1997, 12, 31)  # the last day that is imported; what follows is played live

_NEEDED = ("customer", "date", "amount")
_OPTIONAL = ("order", "product", "quantity", "discount")


class HistoryError(ValueError):
    """A history file that cannot be read; the words name line and column."""


class Item(NamedTuple):
    """One line of a purchase: `amount` is what was paid for all `quantity` pieces, after `discount` was taken off."""

    product: str | None
    quantity: int
    amount: Decimal
    discount: Decimal


class Purchase(NamedTuple):
    """One order as the file tells it."""

    customer: str
    day: date
    items: tuple[Item, ...]


def read(path: Path = CDNOW) -> list[Purchase]:
    """All purchases of a CSV file (.gz too), by day and within a day as in the file.

    Columns: customer, date (YYYY-MM-DD or YYYYMMDD; a time after it is ignored), amount; optionally order, product,
    quantity (1), discount (0), in money. Rows with the same customer, day and order are lines of one order; without an
    `order` each row is an order of its own. Raises HistoryError, or OSError when the file cannot be opened.
    """
    with _opened(path) as file:
        purchases = list(_purchases(csv.DictReader(file)))
    if not purchases:
        raise HistoryError(f"{path.name}: there are no rows")
    purchases.sort(key=lambda purchase: purchase.day)
    return purchases


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", newline="", encoding="utf-8-sig")
    return path.open(newline="", encoding="utf-8-sig")


def _purchases(rows: "csv.DictReader[str]") -> Iterator[Purchase]:
    _check_columns(rows.fieldnames or ())
    gathered: dict[tuple[str, date, str], list[Item]] = {}
    for row in rows:
        line = rows.line_num
        customer = _text(row, "customer")
        if not customer:
            raise HistoryError(f"line {line}, column customer: is empty")
        day = _day(_text(row, "date"), line)
        # A row of its own gets a key that no order number can have.
        order = _text(row, "order") or f"\0{line}"
        gathered.setdefault((customer, day, order), []).append(_item(row, line))
    for (customer, day, _), items in gathered.items():
        yield Purchase(customer, day, tuple(items))


def _check_columns(names: Iterable[str]) -> None:
    missing = [name for name in _NEEDED if name not in names]
    unknown = [name for name in names if name not in (*_NEEDED, *_OPTIONAL)]
    if missing:
        raise HistoryError(f"line 1: column {missing[0]} is missing (needed: {', '.join(_NEEDED)})")
    if unknown:
        raise HistoryError(f"line 1: column {unknown[0]} is not known (optional: {', '.join(_OPTIONAL)})")


def _item(row: dict[str, str], line: int) -> Item:
    quantity = _text(row, "quantity") or "1"
    if not quantity.isdecimal() or int(quantity) < 1:
        raise HistoryError(f"line {line}, column quantity: {quantity!r} is not a whole number above 0")
    return Item(
        _text(row, "product") or None,
        int(quantity),
        _money(_text(row, "amount"), line, "amount"),
        _money(_text(row, "discount") or "0", line, "discount"),
    )


def _text(row: dict[str, str], column: str) -> str:
    return (row.get(column) or "").strip()


def _day(text: str, line: int) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise HistoryError(f"line {line}, column date: {text!r} is not a date like 2026-11-21") from None


def _money(text: str, line: int, column: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise HistoryError(f"line {line}, column {column}: {text!r} is not an amount like 12.30")
    return amount
