"""Moments and days: ISO texts become UTC milliseconds, and those become days in a shop's zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime.fromisoformat("1970-01-01")
_NEXT_DAY = datetime(1970, 1, 2, tzinfo=UTC)
_FIRST, _LAST = (date(year, 1, 1).toordinal() - _EPOCH_DAY for year in (1900, 2200))


def moment(text: str) -> int:
    """UTC milliseconds of an ISO 8601 moment down to the second, with an offset or Z; ValueError for anything else."""
    return _midnight(text[:10]) + _since_midnight(text[10:])


@lru_cache(maxsize=16_384)
def _midnight(text: str) -> int:
    """Milliseconds of a date; a shop's orders share a few thousand."""
    try:
        days = date.fromisoformat(text).toordinal() - _EPOCH_DAY
    except ValueError:
        days = None
    if days is None or "W" in text:  # weeks are ISO 8601 too, but nobody's moments
        raise ValueError(f"{text!r} is no moment: a date of ten characters comes first")
    if not _FIRST <= days < _LAST:
        raise ValueError(f"{text!r} lies outside the years 1900 to 2199")
    return days * _DAY


@lru_cache(maxsize=131_072)
def _since_midnight(text: str) -> int:
    """Milliseconds of a time of day with its offset; there are 86,400 seconds in a day."""
    try:
        since = datetime.fromisoformat(f"1970-01-01{text[:9]}") - _EPOCH
    except (ValueError, TypeError):
        raise ValueError(f"{text!r} is no moment with seconds and an offset from UTC") from None
    return since.seconds * 1000 + _rest(text[9:])


@lru_cache(maxsize=4096)
def _rest(text: str) -> int:
    """Milliseconds that the fraction and the offset add; a shop's moments share a few, so these are read once."""
    try:
        since = datetime.fromisoformat(f"1970-01-02T00:00:00{text}") - _NEXT_DAY
    except (ValueError, TypeError):
        raise ValueError(f"{text!r} is no offset from UTC") from None
    return since // _MILLISECOND


def day_of(ms: int, zone: ZoneInfo) -> int:
    """The calendar day (a date ordinal) of a moment in `zone`, fast enough for a shop with millions of orders."""
    offset = _steady_offset(zone, ms // _DAY)
    if offset is None:
        offset = _offset(zone, ms)
    return _EPOCH_DAY + (ms + offset) // _DAY


@lru_cache(maxsize=65_536)
def _steady_offset(zone: ZoneInfo, utc_day: int) -> int | None:
    """The zone's offset all through a UTC day, in milliseconds; None when it changes on that day."""
    start = _offset(zone, utc_day * _DAY)
    return start if start == _offset(zone, (utc_day + 1) * _DAY) else None


def _offset(zone: ZoneInfo, ms: int) -> int:
    offset = datetime.fromtimestamp(ms // 1000, zone).utcoffset()
    return 0 if offset is None else offset // _MILLISECOND
