"""Money between minor units, as the simulator keeps it, and the decimal text Shopify writes."""

from decimal import Decimal

_NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF"}
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def exponent(currency: str) -> int:
    """How many decimals the currency has by ISO 4217."""
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def text(minor: int, currency: str) -> str:
    """1230 in USD is "12.30"."""
    return str(Decimal(minor).scaleb(-exponent(currency)))


def minor(amount: Decimal, currency: str) -> int:
    """12.30 in USD is 1230; finer parts are rounded."""
    return int(amount.scaleb(exponent(currency)).to_integral_value())
