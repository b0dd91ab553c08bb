"""Read the shop's own settings from it: a delivery that told of a change may be lost."""

from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.shopify.client import Client
from plugin.shopify.shop import read_shop
from plugin.usecases.apply_facts import see_shop


def read_settings(services: Services, shop: Shop, client: Client, *, asked: int) -> None:
    """Keeps name, zone, currency, locale and plan as of `asked` (UTC ms); nudges what follows from a change."""
    seen = read_shop(client)
    try:
        with services.database.write() as tx:
            jobs = see_shop(tx, shop, seen, at=asked)
    except ValueError as error:
        raise GiveUp(str(error)) from error
    for job in jobs:
        services.nudge(job, shop.shop)
