"""The merchant marks a customer as a buyer or a client by hand, which holds until they lift it."""

from plugin.core.causes import BY_HAND
from plugin.core.verdict import Kind
from plugin.db import one_customer, overrides, shops
from plugin.db.overrides import Override
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.judge import COMPANY, Bench


def mark_customer(services: Services, shop: int, customer: str, kind: Kind, *, by: str) -> None:
    """Makes the customer that kind, whatever their orders say; `by` is Shopify's number of the person who says so.

    GiveUp in words for a company, and for who is unknown, merged or must not be classified.
    """
    if customer.startswith(COMPANY):
        raise GiveUp("A company has no tag of its own: mark the people who order for it.")
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        override = Override(int(kind), services.now(), by)
        if not overrides.mark(tx, shop, customer, override, today=services.today(known)):
            if one_customer.kept(tx, shop, customer) is None:
                raise GiveUp("Nothing is kept of this customer.")
            raise GiveUp("This customer was merged or must not be classified: they cannot be marked.")
    services.nudge("sync", shop)


def lift_override(services: Services, shop: int, customer: str) -> None:
    """Lets the customer's orders decide again; nothing when they do already."""
    with services.database.write() as tx:
        if overrides.of(tx, shop, customer) is None:
            return
        known = shops.get(tx, shop)
        overrides.lift(tx, shop, customer)
        Bench(shop, *shops.judging(tx, shop), services.today(known), cause=BY_HAND).judge(tx, [customer])
    services.nudge("sync", shop)
