"""What the panel's overview shows: what is large was counted by `figure`, the rest is counted up to MANY."""

from typing import NamedTuple

from plugin.core.proposals import Proposal, Standing, proposals
from plugin.db import figures, imports, inbox, reconciliations, shops
from plugin.db.figures import Counted, Day
from plugin.db.reconciliations import Reconciliation
from plugin.services import Services
from plugin.usecases.show_work import Work, read_work

MANY = 1000  # beyond which nobody counts
SOON = 30  # days
FIRST = 10  # clients
YEAR = 365


class Home(NamedTuple):
    """One shop for its merchant, once the first run is over or put off; numbers up to MANY + 1 where it says so."""

    work: Work
    today: int  # the shop's day
    counted: Counted | None  # None before the first count
    days: list[Day]  # of the last year
    lapsing: int  # clients whose lapse day comes within SOON days; up to MANY + 1
    soonest: list[tuple[str, int]]  # the FIRST of them with their lapse days
    waiting: int  # deliveries that wait to be worked off; up to MANY + 1
    parked: int  # those set aside; up to MANY + 1
    proposals: list[Proposal]
    compared: Reconciliation | None  # when all was last held against the shop, and what was mended


def show_home(services: Services, shop: int) -> Home:
    """Where the shop stands."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    today = services.today(known)
    with services.database.read() as tx:
        work = read_work(services, tx, known)
        counted = figures.read(tx, shop)
        lapsing = figures.lapsing(tx, shop, before=today + SOON, at_most=MANY + 1)
        parked = inbox.some(tx, shop, state=inbox.PARKED, at_most=MANY + 1)
        return Home(
            work=work,
            today=today,
            counted=counted,
            days=figures.days(tx, shop, since=today - YEAR),
            lapsing=len(lapsing),
            soonest=lapsing[:FIRST],
            waiting=inbox.some(tx, shop, state=inbox.WAITING, at_most=MANY + 1),
            parked=parked,
            proposals=proposals(_standing(work, counted, lapsing=len(lapsing), parked=parked)),
            compared=reconciliations.last_done(tx, shop),
        )


def put_away_older_orders(services: Services, shop: int, *, number: str) -> None:
    """The merchant has seen that this import showed 60 days only; another one that does is told of again."""
    with services.database.write() as tx:
        last = imports.last(tx, shop)
        if last is not None and str(last.number) == number and last.put_away_at is None:
            imports.progress(tx, shop, last.number, put_away_at=services.now())


def _standing(work: Work, counted: Counted | None, *, lapsing: int, parked: int) -> Standing:
    return Standing(
        tagging=work.shop.tagging,
        removing=work.shop.removing is not None,
        parked=parked,
        clients=counted.figures.clients if counted else 0,
        customers=counted.figures.customers if counted else 0,
        lapsing=lapsing,
        vetoes=work.vetoes,
    )
