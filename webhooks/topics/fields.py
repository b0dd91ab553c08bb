"""Fields that several payloads share: ids, moments and money, each named in the error when it cannot be read."""

from typing import Annotated

from msgspec import Meta

from plugin.core.moments import moment
from plugin.core.money import minor

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]

PREFIX = "gid://shopify/"
_HEADS = {kind: PREFIX + kind for kind in ("Order", "Customer")}


def key(gid: str, kind: str) -> str:
    """ "Customer/1" from "gid://shopify/Customer/1"; ValueError when it is no id of that `kind`."""
    return f"{kind}/{exact(gid, None, kind)}"


def exact(gid: str | None, number: int | None, kind: str) -> int:
    """The number of an entity, from its gid where there is one: plain numbers may have been rounded on their way."""
    if gid is not None:
        head, _, digits = gid.rpartition("/")
        if head != _HEADS[kind] or not digits.isdecimal():
            raise ValueError(f"{gid!r} is no id of a {kind}")
        return int(digits)
    if not number:
        raise ValueError("neither `id` nor `admin_graphql_api_id` is given")
    return number


def customer_key(gid: str | None, number: int | None) -> str | None:
    """ "Customer/1"; None for blank and 0, which are no customer."""
    if gid is None and not number:
        return None
    return f"Customer/{exact(gid, number, 'Customer')}"


def when(field: str, text: str) -> int:
    """UTC milliseconds; ValueError names the field."""
    try:
        return moment(text)
    except ValueError as error:
        raise ValueError(f"{error} - at `$.{field}`") from error


def money(field: str, amount: str, currency: str) -> int:
    """Minor units; ValueError names the field."""
    try:
        return minor(amount, currency)
    except ValueError as error:
        raise ValueError(f"{error} - at `$.{field}`") from error
