"""Whether a delivery names a person or an order, whatever its topic, and even if it cannot be read."""

import re
from collections.abc import Collection
from typing import Any

import msgspec

_NUMBERS = re.compile(rb"\d+")


def is_named(body: bytes, *, numbers: Collection[bytes], texts: Collection[str]) -> bool:
    """Whether one of the numbers, or of the texts (an e-mail address, a phone number), stands in the body.

    A number may stand anywhere, also in a global id; that it may mean something else there costs an old body at most.
    """
    if not set(_NUMBERS.findall(body)).isdisjoint(numbers):
        return True
    if not texts:
        return False
    wanted = [text.casefold() for text in texts]
    plain = body.decode(errors="replace").casefold()
    # JSON may write any sign as an escape.
    return any(text in plain for text in wanted) or ("\\" in plain and _escaped(body, wanted))


def _escaped(body: bytes, wanted: list[str]) -> bool:
    try:
        return _in(msgspec.json.decode(body), wanted)
    except (msgspec.MsgspecError, RecursionError):
        return False


def _in(value: Any, wanted: list[str]) -> bool:
    if isinstance(value, dict):
        return any(_in(one, wanted) for one in value.values())
    if isinstance(value, list):
        return any(_in(one, wanted) for one in value)
    return isinstance(value, str) and any(text in value.casefold() for text in wanted)
