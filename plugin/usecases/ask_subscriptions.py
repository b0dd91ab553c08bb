"""Ask a shop, some customers a night, how it stands with the subscriptions that billed them: no delivery tells it."""

from plugin.core import causes
from plugin.core.reconciling import Mended
from plugin.core.slices import slices
from plugin.core.subscriptions import Subscription
from plugin.db import reconciliations, shops, subscriptions
from plugin.db.reconciliations import Reconciliation
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.shopify.client import Client
from plugin.shopify.subscriptions import AT_ONCE, read_subscriptions
from plugin.usecases.comparing import check
from plugin.usecases.find_deleted import GIVES_WAY
from plugin.usecases.judge import Bench

A_NIGHT = 2500  # customers; some 25 seconds of what a shop lets us ask


def ask_subscriptions(services: Services, shop: Shop, running: Reconciliation, client: Client) -> str:
    """Keeps what is told and judges whom it is news of; the customer to go on after next time ("": the first)."""
    with services.database.read() as tx:
        some = subscriptions.to_ask(tx, shop.shop, running.asked_to, at_most=A_NIGHT)
    for few in slices(some, AT_ONCE):
        client.give_way(GIVES_WAY)
        told = read_subscriptions(client, few)
        with services.database.read() as tx:
            known = subscriptions.of_customers(tx, shop.shop, few)
        if any(state != known.get(key, Subscription.NONE) for key, state in told.items()):
            _hear(services, shop, running, told)
    return some[-1] if len(some) == A_NIGHT else ""


def _hear(services: Services, shop: Shop, running: Reconciliation, told: dict[str, Subscription]) -> None:
    today, cause = services.today(shop), causes.reconciled(running.number)
    with services.database.write() as tx:
        check(tx, shop, running)
        news = subscriptions.keep(tx, shop.shop, told.items())
        judged = Bench(shop.shop, *shops.judging(tx, shop.shop), today, cause=cause).changed(tx, news)
        reconciliations.count(tx, shop.shop, running.number, Mended(judged=judged))
