"""The app comes to a shop, may do more or less there, and leaves again. Call these under world.lock."""

from collections.abc import Iterable

from plugin.simulator import access, payloads
from plugin.simulator.state import Shop, World


def missing(world: World, shop: Shop) -> tuple[str, ...]:
    """The scopes the app requires and the merchant has not granted: all of them while it is not installed."""
    granted = shop.scopes if shop.installed else ()
    return tuple(scope for scope in access.without_implied(world.scopes) if not access.covers(granted, scope))


def agree(world: World, shop: Shop, scopes: Iterable[str]) -> None:
    """The merchant says yes: the app is installed, or may do more than before."""
    if shop.installed:
        set_scopes(world, shop, (*shop.scopes, *scopes))
    else:
        shop.installed, shop.scopes = True, access.without_implied(scopes)


def drop_undeclared(world: World, shop: Shop) -> None:
    """What the app's configuration no longer declares ends when the merchant next opens it."""
    declared = (*world.scopes, *world.optional_scopes)
    kept = [scope for scope in shop.scopes if access.covers(declared, scope)]
    set_scopes(world, shop, [*kept, *(scope for scope in declared if access.covers(shop.scopes, scope))])


def set_scopes(world: World, shop: Shop, scopes: Iterable[str]) -> None:
    """From now on the app may do this and no more: app/scopes_update, if that is a change."""
    before, shop.scopes = shop.scopes, access.without_implied(scopes)
    if set(before) != set(shop.scopes):
        told = payloads.scopes_changed(shop, access.with_implied(before), access.with_implied(shop.scopes), world.now())
        world.emit(shop, "app/scopes_update", told)


def uninstall(world: World, shop: Shop) -> None:
    """The merchant removes the app: its tokens and bulk operations end at once, app/uninstalled is sent."""
    shop.tokens.clear()
    shop.renewals.clear()
    shop.grants.clear()
    for operation in shop.operations.values():
        operation.cancel.set()
    world.emit(shop, "app/uninstalled", payloads.shop(shop, world.now()))
    shop.installed, shop.scopes = False, ()
