"""What every page of the panel tells of: one look at the newest import, for the shop's row was read already."""

from plugin.core.troubles import State, Trouble, troubles
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.oauth import covers, missing_scopes
from plugin.usecases.show_work import import_of


def show_troubles(services: Services, shop: Shop) -> tuple[Trouble, ...]:
    """What keeps us from working for the shop."""
    with services.database.read() as tx:
        running = import_of(tx, shop)
    failed = running.reason or "" if running is not None and running.stage == "failed" else None
    return troubles(
        State(
            frozen_at=shop.frozen_at,
            down_at=shop.down_at,
            reconnect=shop.reconnect is not None,
            granted=covers(shop.scopes.split(","), services.settings.app.scopes),
            failed=failed,
            vanished=shop.paused_at is not None and not shop.restoring,
            halted=shop.halted_at is not None,
        )
    )


def lacking_scopes(services: Services, shop: Shop, *, optional: bool = False) -> tuple[str, ...]:
    """What the shop has not granted of all that we cannot do without; `optional`: or that we may ask for besides."""
    app = services.settings.app
    return missing_scopes((*app.scopes, *(app.optional_scopes if optional else ())), shop.scopes.split(","))
