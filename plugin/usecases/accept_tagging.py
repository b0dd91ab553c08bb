"""The merchant has seen how many customers would be tagged, and says yes."""

from plugin.db import imports, ledger, shops, tagging
from plugin.db.engine import Tx
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
        moved = abs(number - shown) > max(10, number * TOLERANCE)
        # What is shown of many is the number that was last counted.
        imports.progress(tx, shop, running.number, to_tag=number)
        if not moved and not known.tagging:
            yes = _yes(tx, shop, number, services.now())
            shops.change(tx, shop, tagging=True, removing=None, halted_at=None, **yes)
    if moved:
        raise GiveUp("It is %(now)s customers by now, not %(shown)s: look again, then accept.", now=number, shown=shown)
    services.nudge("sync", shop)


def pause_tagging(services: Services, shop: int) -> None:
    """Writes nothing more until the merchant goes on; a file at the shop is called back. Twice is as good as once."""
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        if known.tagging and known.halted_at is None:
            shops.change(tx, shop, halted_at=services.now())
    services.nudge("sync", shop)


def resume_tagging(services: Services, shop: int) -> None:
    """Goes on where it was paused."""
    with services.database.write() as tx:
        if shops.get(tx, shop).halted_at is not None:
            number = tagging.count_to_sync(tx, shop)
            shops.change(tx, shop, halted_at=None, **_yes(tx, shop, number, services.now()))
    services.nudge("sync", shop)


def _yes(tx: Tx, shop: int, number: int, now: int) -> dict[str, int | None]:
    """What progress is measured from; nothing when there is nothing to write."""
    if not number:
        return shops.NO_YES
    return {"yes_at": now, "yes_to": number, "yes_from": ledger.last(tx, shop)}
