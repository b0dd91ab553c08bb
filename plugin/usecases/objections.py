"""A customer objects to being classified, or no longer does; whoever asks the merchant is believed."""

import re

from plugin.core.causes import OBJECTION
from plugin.db import objections, shops
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.erased import Erased
from plugin.usecases.judge import Bench

# Alone, at the end of the page's address, or of the customer's gid: an order's address ends with a number too.
_NUMBER = re.compile(r"(?:.*/(?:customers|Customer)/)?([1-9][0-9]{0,18})/?\s*").fullmatch


def customer_named(words: str) -> str:
    """The key of a customer as a merchant names one: by number, or by the address of their page in the admin."""
    found = _NUMBER(words.strip().partition("?")[0])
    if found is None:
        raise GiveUp(
            "Give the number of a customer: in your Shopify admin the address of their page ends customers/NUMBER."
        )
    return f"Customer/{found[1]}"


def note_objection(services: Services, shop: int, customer: str) -> None:
    """Forgets the verdict on a customer and makes no other; our tag is taken off."""
    with services.database.write() as tx:
        if Erased(services, shop).among(tx, [customer]):
            raise GiveUp("This customer was erased: nothing is kept of them, and nothing will be.")
        objections.object_(tx, shop, customer)
    services.nudge("sync", shop)


def lift_objection(services: Services, shop: int, customer: str) -> None:
    """Judges the customer again like any other; nothing when they do not object, or were erased since."""
    with services.database.write() as tx:
        if not objections.of(tx, shop, customer)[0]:
            return
        known = shops.get(tx, shop)
        objections.withdraw(tx, shop, customer)
        Bench(shop, *shops.judging(tx, shop), services.today(known), cause=OBJECTION).judge(tx, [customer])
    services.nudge("sync", shop)
