"""Ask a shop, some orders a night, whether it still has what is kept of it: a lost orders/delete is found so."""

from plugin.core import causes
from plugin.core.reconciling import Mended, believable
from plugin.core.slices import slices
from plugin.db import orders, reconciliations, shops
from plugin.db.reconciliations import Reconciliation, Stood
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.client import Client
from plugin.shopify.orders import AT_ONCE, not_there
from plugin.usecases.comparing import check
from plugin.usecases.count_earlier import shows_all
from plugin.usecases.judge import Bench

A_NIGHT = 2500  # orders; some 25 seconds of what a shop lets us ask
GIVES_WAY = 0.5  # of the bucket is left to tags: nothing waits for this
SHOWN = 55 * 24 * 3600 * 1000  # ms for which every order is shown for certain, without the scope for all of them


def find_deleted(services: Services, shop: Shop, running: Reconciliation, client: Client) -> tuple[int, str | None]:
    """Leaves tombstones of orders that are gone; the order to go on after next time (0: the first), and what is odd."""
    with services.database.read() as tx:
        some = reconciliations.orders_after(tx, shop.shop, running.checked_to, at_most=A_NIGHT)
    asked = [one.id for one in some if _shown(shop, running, one)]
    gone: list[int] = []
    for few in slices(asked, AT_ONCE):
        client.give_way(GIVES_WAY)
        gone += not_there(client, few)
    odd = None
    if believable(asked=len(asked), gone=len(gone)):
        for few in slices(gone, AT_ONCE):
            _bury(services, shop, running, few)
    else:
        odd = f"Shopify did not show {len(gone):,} of {len(asked):,} orders, too many to take them for deleted"
    return some[-1].id if len(some) == A_NIGHT else 0, odd


def _shown(shop: Shop, running: Reconciliation, order: Stood) -> bool:
    return shows_all(shop.scopes) or order.processed_at > running.as_of - SHOWN


def _bury(services: Services, shop: Shop, running: Reconciliation, ids: list[int]) -> None:
    today, cause = services.today(shop), causes.reconciled(running.number)
    with services.database.write() as tx:
        check(tx, shop, running)
        # Who was erased since they were read must leave no tombstones either, and what a delivery buried is no news.
        known = reconciliations.known(tx, shop.shop, ids)
        ids = [one for one in ids if one in known and not known[one].deleted]
        touched = orders.owners(tx, shop.shop, ids)
        orders.bury(tx, shop.shop, ids)
        judged = Bench(shop.shop, *shops.judging(tx, shop.shop), today, cause=cause).changed(tx, touched)
        reconciliations.count(tx, shop.shop, running.number, Mended(gone=len(ids), judged=judged))
