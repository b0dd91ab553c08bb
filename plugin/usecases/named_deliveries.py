"""Which deliveries in a shop's inbox name a person or one of their orders."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from plugin.db import inbox
from plugin.db.inbox import Kept
from plugin.services import Services
from webhooks.topics.naming import is_named

AT_ONCE = 500  # deliveries in a look


class Names(NamedTuple):
    """What someone is called: keys ("Customer/1"), the numbers of their orders, e-mail address and phone number."""

    keys: Collection[str]
    orders: Collection[int]
    texts: Collection[str]

    @property
    def numbers(self) -> frozenset[bytes]:
        """All numbers, as they stand in a body."""
        return frozenset({key.rpartition("/")[2].encode() for key in self.keys} | {b"%d" % one for one in self.orders})


def named_deliveries(services: Services, shop: int, names: Names) -> Iterator[list[Kept]]:
    """Those deliveries, a few at a time; no transaction is open in between."""
    after, numbers = "", names.numbers
    while True:
        with services.database.read() as tx:
            some = inbox.after(tx, shop, after, at_most=AT_ONCE)
        if not some:
            return
        if named := [one for one in some if one.body and is_named(one.body, numbers=numbers, texts=names.texts)]:
            yield named
        after = some[-1].webhook_id
