"""Money in minor units: an amount as Shopify writes it becomes an exact integer."""

from collections.abc import Callable
from functools import lru_cache

_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}  # ISO 4217; every other currency has two
_EXPONENTS = {code: places for places, codes in _BY_DECIMALS.items() for code in codes.split()}


@lru_cache(maxsize=1024)
def exponent(currency: str) -> int:
    """How many decimals a currency has by ISO 4217; ValueError when `currency` is no three-letter code."""
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise ValueError(f"{currency!r} is no three-letter currency code")
    return _EXPONENTS.get(currency.upper(), 2)


def minor(amount: str, currency: str) -> int:
    """`amount` ("404.95", "-3", "1000.0") in minor units of `currency`.

    ValueError when it is no plain decimal number, or has more decimals than the currency: nothing is ever rounded.
    """
    return amounts(currency)(amount)


@lru_cache(maxsize=256)
def amounts(currency: str) -> Callable[[str], int]:
    """`minor` for many amounts of one currency."""
    places = exponent(currency)

    @lru_cache(maxsize=32_768)
    def read(amount: str) -> int:
        whole, dot, fraction = amount.removeprefix("-").partition(".")
        if not (whole.isdecimal() and amount.isascii() and (fraction.isdecimal() or not dot)):
            raise ValueError(f"{amount!r} is no amount of money")
        if len(fraction) != places:
            if fraction[places:].strip("0"):
                raise ValueError(f"{amount!r} has more decimals than {currency} allows")
            fraction = fraction[:places].ljust(places, "0")
        value = int(whole + fraction)
        return -value if amount[0] == "-" else value

    return read
