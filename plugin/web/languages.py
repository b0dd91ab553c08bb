"""The panel speaks English, French and Dutch: whose words a page is in, and how it writes numbers, money and days."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from babel.dates import get_datetime_format
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_currency
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import (
    Babel,
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_time,
    format_timedelta,
    get_locale,
)

from plugin.core.money import exponent
from plugin.core.words import N_ as N_
from plugin.db.shops import Shop

LANGUAGES = {"en": "English", "fr": "Français", "nl": "Nederlands"}
TRANSLATED = ("fr", "nl")
DOMAIN = "regulars"
ENGLISH_DAY = "d MMM y"  # read alike on both sides of the ocean
CATALOGUES = Path(__file__).parent.parent / "translations"


def language_of(shop: Shop) -> str:
    """What the merchant chose, else the shop's own language if we speak it, else English."""
    return _spoken(shop.language or shop.locale)


def register(app: Flask) -> None:
    """Gives templates `_`, `ngettext`, `language()` and the filters below, in the words of whose page it is."""
    babel = Babel(app, default_domain=DOMAIN, locale_selector=_language, timezone_selector=_zone)
    with app.app_context():
        cache = babel.domain_instance.cache
    for language in TRANSLATED:
        cache[language, DOMAIN] = catalogue(language)
    app.jinja_env.filters.update(
        number=_number,
        percent=_percent,
        money=money,
        short_money=short_money,
        moment=moment,
        day=day,
        duration=duration,
    )
    # Texts are looked up as they are collected.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        language=_language,
        languages=lambda: LANGUAGES,
        own_language=lambda: _spoken(g.visitor.shop.locale),
        chosen_language=lambda: g.visitor.shop.language or "",
    )


def catalogue(language: str) -> Translations:
    """The translations of a language, read from their source: there is nothing to compile and nothing stale."""
    compiled = BytesIO()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


def _language() -> str:
    if "visitor" in g:
        return language_of(g.visitor.shop)
    # Nobody we know yet: Shopify's admin says whose language it speaks, a browser anywhere else.
    if "locale" in request.args:
        return _spoken(request.args["locale"])
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _spoken(locale: str) -> str:
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else "en"


def _zone() -> str:
    return g.visitor.shop.zone if "visitor" in g else "UTC"


def _number(value: float) -> str:
    return str(format_decimal(value))


def _percent(share: float, places: int = 0) -> str:
    """0.184 as "18 %"."""
    pattern = get_locale().percent_formats[None].pattern
    return str(format_percent(round(share, places + 2), pattern.replace("0", f"0.{'0' * places}") if places else None))


def money(minor: int, currency: str) -> str:
    """An amount in minor units."""
    return str(format_currency(minor / 10 ** exponent(currency), currency))


def short_money(minor: int, currency: str) -> str:
    """The same where space is short: "€48K"."""
    return str(format_compact_currency(minor / 10 ** exponent(currency), currency, locale=get_locale()))


def moment(ms: int) -> str:
    """Day and time in the shop's zone: "9 Feb 2027, 14:09"."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    if _language() == "en":
        return str(format_datetime(at, f"{ENGLISH_DAY}, HH:mm"))
    both = get_datetime_format("medium", get_locale())
    return str(both).replace("{1}", format_date(at, "medium")).replace("{0}", format_time(at, "short"))


def day(ordinal: int, how: str = "medium") -> str:
    """A day by its ordinal: "9 Feb 2027"; `how` as Babel's formats."""
    if how == "medium" and _language() == "en":
        how = ENGLISH_DAY
    return str(format_date(date.fromordinal(ordinal), how, rebase=False))


def duration(seconds: float) -> str:
    """A length of time, roughly: "3 minutes"."""
    return str(format_timedelta(max(1, round(seconds)), granularity="second", threshold=1.5))
