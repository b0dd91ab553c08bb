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
    # In three parts, so that what is known of each stays small enough for the processor's own cache.
    return _midnight(text[:10]) + _minute(text[10:16]) + _rest(text[16:])


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


@lru_cache(maxsize=1440)
def _minute(text: str) -> int:
    """Milliseconds of a time of day, "T14:09"; a day has 1,440."""
    try:
        since = datetime.fromisoformat(f"1970-01-01{text}:00") - _EPOCH
    except (ValueError, TypeError):
        since = None
    if since is None or text[3:4] != ":":
        raise ValueError(f"{text!r} is no moment: a time of day comes after the date")
    return since // _MILLISECOND


@lru_cache(maxsize=16_384)
def _rest(text: str) -> int:
    """Milliseconds that seconds, their fraction and the offset add, ":36.5+02:00"; a shop's moments share a few."""
    try:
        since = datetime.fromisoformat(f"1970-01-02T00:00{text}") - _NEXT_DAY
    except (ValueError, TypeError):
        since = None
    if since is None or text[0] != ":":
        raise ValueError(f"{text!r} is no seconds with an offset from UTC")
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


def in_words(ms: int, zone: ZoneInfo) -> str:
    """A moment of these days for the merchant, in the shop's zone: "25 November at 02:31"."""
    at = datetime.fromtimestamp(ms // 1000, zone)
    return f"{at.day} {at:%B} at {at:%H:%M}"
