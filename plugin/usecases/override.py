"""The merchant marks a customer as a buyer or a client by hand, which holds until they lift it."""

from collections.abc import Sequence

from plugin.core.causes import BY_HAND
from plugin.core.verdict import Kind
from plugin.db import ledger, names, one_customer, overrides, shops, tagging, vetoes
from plugin.db.engine import Tx
from plugin.db.ledger import Change
from plugin.db.names import Adopted
from plugin.db.overrides import Edited, Override
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.judge import COMPANY, Bench
from plugin.usecases.name_tags import DONE
from plugin.usecases.plan_sync import split


def mark_customer(services: Services, shop: int, customer: str, kind: Kind, *, by: str) -> None:
    """Makes the customer that kind, whatever their orders say; `by` is Shopify's number of the person who says so.

    GiveUp in words for a company, and for who is unknown, merged or must not be classified.
    """
    if customer.startswith(COMPANY):
        raise GiveUp("A company has no tag of its own: mark the people who order for it.")
    with services.database.write() as tx:
        known = shops.get(tx, shop)
        _take_over(services, tx, shop, [customer])
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
        if not lift_edits(services, tx, shop, [customer]):
            _judge_anew(services, tx, shop, [customer])
    services.nudge("sync", shop)


def lift_edits(services: Services, tx: Tx, shop: int, keys: Sequence[str]) -> list[str]:
    """Lifts what was marked at the shop of these customers, vetoes included; returns of whom."""
    lifted = _take_over(services, tx, shop, keys)
    vetoes.lift(tx, shop, lifted)
    _judge_anew(services, tx, shop, lifted)
    return lifted


def lift_vetoes(services: Services, tx: Tx, shop: int, keys: Sequence[str]) -> None:
    """Lifts the vetoes of these customers, and the marks that some of them came with."""
    lift_edits(services, tx, shop, keys)
    vetoes.lift(tx, shop, keys)


def _take_over(services: Services, tx: Tx, shop: int, keys: Sequence[str]) -> list[str]:
    """Makes the tags ours that marked some of these customers at the shop, so that another may come in their place."""
    known = shops.get(tx, shop)
    edited = overrides.edited(tx, shop, keys)
    taken = [(one, tag) for one in edited for tag in split(one.tags_found) if _says(tag, one.kind, known)]
    names.adopt(tx, shop, [_adopted(one, tag) for one, tag in taken])
    lines = [Change(one.customer, "adopt", tag, one.kind, one.model, one.rules, BY_HAND) for one, tag in taken]
    entries = ledger.intend(tx, shop, lines, now=services.now())
    ledger.settle(tx, shop, [(one.id, "done", DONE) for one in entries], now=services.now())
    return [one.customer for one in edited]


def _judge_anew(services: Services, tx: Tx, shop: int, keys: Sequence[str]) -> None:
    overrides.lift(tx, shop, keys)
    today = services.today(shops.get(tx, shop))
    Bench(shop, *shops.judging(tx, shop), today, cause=BY_HAND).judge(tx, keys)


def _says(tag: str, kind: int, shop: Shop) -> bool:
    return tag.casefold() == shop.tag_names[Kind(kind)].casefold()


def _adopted(one: Edited, tag: str) -> Adopted:
    return Adopted(one.customer, tagging.UNKNOWN, split(one.tags_ours) | {tag}, split(one.tags_found) - {tag})
