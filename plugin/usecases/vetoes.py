"""What the merchant changed by hand stands until the merchant lifts it."""

from typing import NamedTuple

from plugin.db import shops, vetoes
from plugin.db.shops import Shop
from plugin.db.vetoes import Veto
from plugin.services import Services
from plugin.usecases.override import lift_vetoes

A_PAGE = 50
AT_ONCE = 500  # customers in a write


class Listed(NamedTuple):
    """A page of vetoes; `after` is where the next one begins, None on the last."""

    shop: Shop
    vetoes: list[Veto]
    total: int
    after: str | None


def list_vetoes(services: Services, shop: int, *, after: str = "") -> Listed:
    """The customers whose tags were changed by hand, in order of key."""
    with services.database.read() as tx:
        some = vetoes.listed(tx, shop, after=after, at_most=A_PAGE + 1)
        more = some[A_PAGE - 1].customer if len(some) > A_PAGE else None
        return Listed(shops.get(tx, shop), some[:A_PAGE], vetoes.count(tx, shop), more)


def lift_veto(services: Services, shop: int, customer: str) -> None:
    """Writes the customer's tag again; of the merchant's own of their tags only what marked them may go."""
    with services.database.write() as tx:
        lift_vetoes(services, tx, shop, [customer])
    services.nudge("sync", shop)


def lift_all_vetoes(services: Services, shop: int) -> None:
    """Lifts every veto there is now."""
    after = ""
    while True:
        with services.database.write() as tx:
            some = [one.customer for one in vetoes.listed(tx, shop, after=after, at_most=AT_ONCE)]
            lift_vetoes(services, tx, shop, some)
        if len(some) < AT_ONCE:
            break
        after = some[-1]
    services.nudge("sync", shop)
