"""The merchant chooses the language of the panel."""

from plugin.db import shops
from plugin.services import Services


def choose_language(services: Services, shop: int, language: str | None) -> None:
    """Shows the panel in that language from now on; None: in the shop's own."""
    with services.database.write() as tx:
        shops.change(tx, shop, language=language)
