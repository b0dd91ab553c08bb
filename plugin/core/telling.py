"""Stored values in words that a customer can read: moments, days, money, what they are."""

from datetime import UTC, date, datetime
from typing import Any

from plugin.core.money import exponent
from plugin.core.orders import Ignored, unpack_products
from plugin.core.replay import Kind
from plugin.core.verdict_words import IGNORED_WORDS

_DAYS = {"day", "since", "lapse_on", "first_day", "last_day", "earlier_since", "earlier_until"}
_MONEY = {"total", "current_total", "refunded", "discount", "list_total"}
_KINDS = {-1: "not known", **{kind.value: kind.name.lower() for kind in Kind}}


def moment_words(ms: int) -> str:
    """A moment, UTC: "2026-11-25T08:30:00Z"."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def told(row: dict[str, Any], *, currency: str, order: bool = False) -> dict[str, Any]:
    """A row of a table with every value as a person reads it; what is not there is left out.

    `ignored` says of an `order` why it does not count, and of a customer how many orders do not.
    """
    said = {name: _told(name, value, currency) for name, value in row.items() if value not in (None, "")}
    if order and "ignored" in said:
        said["ignored"] = IGNORED_WORDS[Ignored(said["ignored"])]
    return said


def _told(name: str, value: Any, currency: str) -> Any:
    if name == "at" or name.endswith("_at"):
        return moment_words(value) if value else "not known"
    if name in _DAYS:
        return date.fromordinal(value).isoformat() if value else "not known"
    if name in _MONEY:
        return _amount(value, currency)
    if name in ("kind", "kind_at_shop"):
        return _KINDS[value]
    return list(unpack_products(value)) if isinstance(value, bytes) else value


def _amount(minor: int, currency: str) -> str:
    try:
        places = exponent(currency)
    except ValueError:
        return f"{minor} minor units"
    whole, rest = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}{f'.{rest:0{places}}' if places else ''} {currency}"
