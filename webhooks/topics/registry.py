"""Where topics register: each is one function from a typed payload to facts."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import msgspec

from plugin.core.facts import Fact
from plugin.errors import GiveUp

P = TypeVar("P", bound=msgspec.Struct)
Tell = Callable[[P], Iterable[Fact]]


class Topic(NamedTuple):
    """How to read a topic's body, and what it tells."""

    read: Callable[[bytes], object]
    tell: Callable[..., Iterable[Fact]]


REGISTERED: dict[str, Topic] = {}


def topic(*names: str, payload: type[P]) -> Callable[[Tell[P]], Tell[P]]:
    """Registers a function for topics whose body reads as `payload`; it raises ValueError naming the field at fault."""

    def register(tell: Tell[P]) -> Tell[P]:
        read = msgspec.json.Decoder(payload).decode
        for name in names:
            if name in REGISTERED:
                raise ValueError(f"the topic {name} is registered twice")
            REGISTERED[name] = Topic(read, tell)
        return tell

    return register


def translate(topic: str, body: bytes) -> list[Fact]:
    """What a delivery tells us: nothing for a topic we do not know.

    GiveUp when the body is no such payload or lacks a field; the reason names both topic and field.
    """
    known = REGISTERED.get(topic)
    if known is None:
        return []
    try:
        return list(known.tell(known.read(body)))
    except (msgspec.MsgspecError, ValueError) as error:
        raise GiveUp("%(topic)s: %(why)s", topic=topic, why=error) from error
