"""Made-up people behind the customers: a customer id always gives the same person, and nobody real."""

from typing import NamedTuple

_FIRST = ("Ada", "Bo", "Carla", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jun", "Kofi", "Lena", "Mio", "Nora")
_LAST = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine", "Rowan", "Willow")


class Person(NamedTuple):
    """Who a customer is said to be; nothing is known of one who was redacted."""

    first: str | None
    last: str | None
    email: str | None
    phone: str | None

    @property
    def name(self) -> str:
        """As it is shown to the merchant."""
        return f"{self.first} {self.last}" if self.first else "Redacted"


NOBODY = Person(None, None, None, None)


def person(customer: int) -> Person:
    """The person behind this customer id."""
    number = customer // 32_768
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
    return Person(first, last, f"{first}.{last}.{customer}@example.com".lower(), f"+1555{number % 10_000_000:07d}")
