"""Forget what is older than its retention says, once a day and shop: `core.retention`, carried out."""

from collections.abc import Callable, Mapping

from plugin.core.retention import (
    ANSWERS,
    AUDIT,
    BODIES,
    BULKS,
    DAILY,
    IDS,
    IMPORTS,
    LEDGER,
    PARKED,
    RECONCILED,
    SHOPS,
    STATES,
    UNDOS,
    Keep,
)
from plugin.db import all_shops, retention, shops
from plugin.services import Services
from plugin.usecases.erase_shop import erase_rows

DAY = 24 * 3600 * 1000  # ms
AT_ONCE = 500  # rows in a write

Forget = Callable[..., int]
BY_AGE: Mapping[Keep, Forget] = {
    BODIES: retention.bodies,
    PARKED: retention.parked,
    IDS: retention.ids,
    LEDGER: retention.tag_changes,
    BULKS: retention.bulk_files,
    UNDOS: retention.old_undos,
    IMPORTS: retention.old_imports,
    RECONCILED: retention.old_reconciliations,
    DAILY: retention.old_days,
    STATES: retention.installations,
    ANSWERS: retention.answers,
}


def forget(services: Services, shop: int) -> float | None:
    """One look at everything the shop has; a shop that left long ago, or never came, is erased."""
    with services.database.write() as tx:
        shops.change(tx, shop, forget_at=services.now() + DAY)
        all_shops.forget_audit(tx, before=_before(services, AUDIT))
    for keep, some in BY_AGE.items():
        _all_of(services, shop, some, before=_before(services, keep))
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        bare = known.state == "unknown" and not retention.anything(tx, shop)
    if bare or (known.left_at is not None and known.left_at < _before(services, SHOPS)):
        erase_rows(services, shop)
    return None


def _all_of(services: Services, shop: int, some: Forget, *, before: int) -> None:
    found = AT_ONCE
    while found == AT_ONCE:
        with services.database.write() as tx:
            found = some(tx, shop, before=before, at_most=AT_ONCE)


def _before(services: Services, keep: Keep) -> int:
    """The moment up to which rows are kept no longer."""
    if keep.days is None:
        raise ValueError(f"{keep.what} are not kept by age")
    return services.now() - keep.days * DAY
