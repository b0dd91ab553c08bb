"""Amounts and moments become exact integers, or a clear ValueError."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.moments import day_of, moment
from plugin.core.money import minor


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("404.95", "USD", 40495),
        ("404.9", "USD", 40490),
        ("404", "EUR", 40400),
        ("0.00", "USD", 0),
        ("-3.50", "USD", -350),
        ("1000", "JPY", 1000),
        ("1000.0", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("1.5", "TND", 1500),
        ("12.3400", "GBP", 1234),
        ("90071992547409.93", "USD", 9007199254740993),
    ],
)
def test_an_amount_is_exact_minor_units(amount: str, currency: str, expected: int) -> None:
    assert minor(amount, currency) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1.005", "USD", "more decimals than USD"),
        ("10.5", "JPY", "more decimals than JPY"),
        *((amount, "USD", "no amount") for amount in ("", "-", ".5", "5.", "1e3", "1_000", "1,000", " 1", "NaN", "٣")),
        ("1.00", "Dollar", "three-letter"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(amount: str, currency: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        minor(amount, currency)


@given(st.integers(-(10**15), 10**15))
@settings(deadline=None)
def test_an_amount_survives_the_way_there_and_back(value: int) -> None:
    text = f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    assert minor(text, "USD") == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2021-12-31T19:00:00-05:00", 1640995200000),
        ("2022-01-01T05:45:00+05:45", 1640995200000),
        ("2005-05-05T05:00:00.000Z", 1115269200000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2023-03-29T18:00:27.877041743Z", 1680112827877),
    ],
)
def test_a_moment_is_utc_milliseconds(text: str, expected: int) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00Z", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z"],
)
def test_a_moment_without_an_offset_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"moment|offset|years"):
        moment(text)


zones = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/St_Johns",
        "Europe/Paris",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Cairo",
    ]
).map(ZoneInfo)
instants = st.integers(0, 2_300_000_000_000)


@given(instants, zones)
@settings(deadline=None)
def test_the_day_is_the_calendar_day_in_the_zone(ms: int, zone: ZoneInfo) -> None:
    assert day_of(ms, zone) == datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone).toordinal()


def test_every_minute_around_a_change_of_clocks_has_its_day() -> None:
    """St John's used to change its clocks at one minute past midnight: no round hour in UTC."""
    zone, start = ZoneInfo("America/St_Johns"), datetime(2010, 11, 6, tzinfo=UTC)
    for minute in range(3 * 24 * 60):
        at = start + timedelta(minutes=minute)
        assert day_of(int(at.timestamp()) * 1000, zone) == at.astimezone(zone).toordinal()


@given(instants, zones)
@settings(deadline=None)
def test_a_moment_as_text_is_that_moment(ms: int, zone: ZoneInfo) -> None:
    text = datetime.fromtimestamp(ms // 1000, zone).isoformat()
    assert moment(text) == ms // 1000 * 1000
