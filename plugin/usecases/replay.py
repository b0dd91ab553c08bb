"""Put deliveries that were set aside back in line."""

from plugin.db import inbox
from plugin.errors import GiveUp
from plugin.services import Services


def replay(services: Services, shop: int, *, webhook_id: str | None = None) -> int:
    """Replays one parked delivery, or all of the shop's; GiveUp when there is no such one."""
    with services.database.write() as tx:
        number = inbox.replay(tx, shop, now=services.now(), webhook_id=webhook_id)
    if webhook_id is not None and not number:
        raise GiveUp("No delivery %(id)s is set aside for this shop.", id=webhook_id)
    services.nudge("drain", shop)
    return number
