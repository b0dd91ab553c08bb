"""The merchant has seen how many customers would be tagged, and says yes."""

from plugin.db import imports, shops, tagging
from plugin.errors import GiveUp
from plugin.services import Services

TOLERANCE = 0.02  # share by which the number may have moved since it was shown


def tags_to_write(services: Services, shop: int) -> int:
    """The number to show before tagging is switched on."""
    with services.database.read() as tx:
        return tagging.count_to_sync(tx, shop)


def accept_tagging(services: Services, shop: int, *, shown: int) -> None:
    """Switches tagging on; GiveUp when the number has moved away from the one that was shown."""
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        if not known.installed:
            raise GiveUp("%(shop)s has not installed the app.", shop=known.domain)
        running = imports.last(tx, shop)
        if running is None or running.stage != "done" or running.started_at < (known.installed_at or 0):
            raise GiveUp("The order history is not imported yet: look at the number when it is, then accept.")
        number = tagging.count_to_sync(tx, shop)
        if abs(number - shown) > max(10, number * TOLERANCE):
            raise GiveUp(
                "It is %(now)s customers by now, not %(shown)s: look again, then accept.", now=number, shown=shown
            )
        shops.change(tx, shop, tagging=True, removing=None)
    services.nudge("sync", shop)
