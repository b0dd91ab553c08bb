"""The shop's own settings, read from the shop."""

from plugin.core.facts import ShopSeen
from plugin.shopify.client import Client

READ_SHOP = """
query ReadShop { shop { name ianaTimezone currencyCode plan { publicDisplayName } } }
"""


def read_shop(client: Client) -> ShopSeen:
    """The shop as it stands; `locale` is "": reading it takes a scope we do not ask for, shop/update tells it."""
    shop = client.query(READ_SHOP, {})["shop"]
    return ShopSeen(
        name=shop["name"],
        zone=shop["ianaTimezone"],
        currency=shop["currencyCode"],
        locale="",
        plan=shop["plan"]["publicDisplayName"].lower(),
    )
