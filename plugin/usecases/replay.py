"""Put deliveries that were set aside back in line."""

from collections.abc import Iterator

from plugin.db import inbox
from plugin.errors import GiveUp
from plugin.services import Services

AT_ONCE = 500  # deliveries in a write


def replay(services: Services, shop: int, *, webhook_id: str | None = None) -> int:
    """Replays one parked delivery, or all of the shop's, each once; GiveUp when there is no such one."""
    if webhook_id is None:
        number = sum(_put_back(services, shop, some) for some in _parked(services, shop))
    else:
        number = _put_back(services, shop, [webhook_id])
    if webhook_id is not None and not number:
        raise GiveUp("No delivery %(id)s is set aside for this shop.", id=webhook_id)
    services.nudge("drain", shop)
    return number


def _parked(services: Services, shop: int) -> Iterator[list[str]]:
    """All that are parked, some at a time; one that is parked again meanwhile is not met again."""
    after = (-1, "")
    while True:
        with services.database.read() as tx:
            some = inbox.parked(tx, shop, after=after, at_most=AT_ONCE)
        if not some:
            return
        yield [one.webhook_id for one in some]
        after = (some[-1].received_at, some[-1].webhook_id)


def _put_back(services: Services, shop: int, webhook_ids: list[str]) -> int:
    with services.database.write() as tx:
        return inbox.replay(tx, shop, webhook_ids, now=services.now())
