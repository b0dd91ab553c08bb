"""Read customers' tags and compare them with the ledger: what it does not explain is the merchant's, and a veto."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from plugin.core.ownership import ADDED, REMOVED, SHARE, another_app, compare
from plugin.core.slices import slices
from plugin.core.tags import plan_tags
from plugin.core.verdict import Kind
from plugin.db import ledger, looks, objections, overrides, shops, tagging, vetoes
from plugin.db.engine import Tx
from plugin.db.ledger import Entry
from plugin.db.looks import Looked, Standing
from plugin.db.shops import Shop
from plugin.db.tagging import UNKNOWN
from plugin.services import Services
from plugin.shopify.tags import Look, read_tags
from plugin.usecases.erased import Erased
from plugin.usecases.plan_sync import Names, split

log = logging.getLogger(__name__)

AT_ONCE = 250  # customers in a call
WRITTEN_AT_ONCE = 500
MOST_TAGS = 250  # that Shopify lets a customer have
FULL = "the customer has 250 tags, and Shopify allows no more"
CARRIED_OUT = "the customer was read: it was carried out"
NOT_CARRIED_OUT = "the customer was read: it was not carried out"
HOUR = 3_600_000


def look_where_asked(services: Services, shop: Shop) -> bool:
    """Reads some of those whose tags somebody changed; whether there were any."""
    with services.database.read() as tx:
        due = looks.due(tx, shop.shop, at_most=AT_ONCE)
    if due:
        look_at(services, shop, due)
    return bool(due)


def look_at(services: Services, shop: Shop, keys: Sequence[str]) -> set[str]:
    """Reads these customers; returns whom the look holds for, which changed for none of them meanwhile."""
    before: list[Standing] = []
    for some in slices(keys, WRITTEN_AT_ONCE):
        with services.database.read() as tx:
            before += looks.standing(tx, shop.shop, some).values()
    if not before:
        return set()
    found = read_tags(services.shopify(shop), [one.customer for one in before])
    fresh: set[str] = set()
    for few in slices(before, WRITTEN_AT_ONCE):
        with services.database.write() as tx:
            erased = Erased(services, shop.shop).among(tx, (one.customer for one in few))
            left = {one.customer: one for one in few if one.customer not in erased}
            seen = {key: found[key] for key in left}
            fresh |= _keep(tx, shop, left, seen, now=services.now(), today=services.today(shop))
    return fresh


def _keep(
    tx: Tx, shop: Shop, before: Mapping[str, Standing], found: Mapping[str, Look | None], *, now: int, today: int
) -> set[str]:
    """Keeps what was read of customers who stood as `before` ahead of the look; returns for whom.

    Whose row changed meanwhile is left for another look, and so is whoever has a write of ours under way.
    """
    rows = looks.standing(tx, shop.shop, found).values()
    holds = [row for row in rows if _same(row, before[row.customer]) and row.held != tagging.IN_A_FILE]
    tagging.hold(tx, shop.shop, [one.customer for one in holds if found[one.customer] is None], reason=tagging.GONE)
    seen = {one.customer: look for one in holds if (look := found[one.customer]) is not None}
    objections.opt(tx, shop.shop, out=[key for key, look in seen.items() if look.opted_out], back=())
    compared = [_compared(row, seen[row.customer], shop) for row in holds if row.customer in seen]
    looked = [one for one, _ in compared]
    looks.seen(tx, shop.shop, looked, now=now)
    overrides.found(tx, shop.shop, [(one.customer, kind) for one, kind in compared if kind], now=now, today=today)
    lost = ledger.unknown_of(tx, shop.shop, [row.customer for row in holds if row.kind_at_shop == UNKNOWN])
    known = [(one, seen[one.customer]) for one in lost if one.customer in seen]
    ledger.resolve(tx, shop.shop, [(one.id, *_became(one, look)) for one, look in known], now=now)
    if any(one.veto == REMOVED for one in looked):
        _guard(tx, shop, now)
    return set(seen)


def _guard(tx: Tx, shop: Shop, now: int) -> None:
    """Stops writing where so many lost our tag within an hour that it was another app: the merchant is asked."""
    known = shops.get(tx, shop.shop)
    if known.paused_at is not None or not known.tagging:
        return
    lost = vetoes.count_lost(tx, shop.shop, since=max(now - HOUR, (known.answered_at or 0) + 1))
    tagged = tagging.count_tagged(tx, shop.shop, at_most=SHARE * (lost + 1))
    if another_app(lost, tagged):
        shops.change(tx, shop.shop, paused_at=now)
        log.warning("%d customers of %s lost our tag within an hour: tagging waits for an answer", lost, shop.domain)


def _same(now: Standing, before: Standing) -> bool:
    # A verdict that changed meanwhile says nothing about tags.
    return now._replace(kind=before.kind) == before


def _compared(row: Standing, look: Look, shop: Shop) -> tuple[Looked, int | None]:
    """What is written down, and as what somebody marked the customer by setting our tag."""
    unsure = row.kind_at_shop == UNKNOWN
    told = row.touched and row.tags_found is not None
    seen = compare(
        look.tags,
        names=shop.tag_names.values(),
        ours=split(row.tags_ours),
        found=split(row.tags_found) if told else None,
        unsure=unsure,
        added=row.veto == ADDED,
    )
    changed = unsure or set(seen.ours) != split(row.tags_ours)
    at_shop = _says(seen.ours, row.kind, shop.tag_names) if changed else row.kind_at_shop
    # Who is leaving takes tags off by hand too, and may come back.
    veto = seen.veto if shop.removing is None else None
    plan = plan_tags((*seen.found, *seen.ours), Kind(row.kind), shop.tag_names, seen.ours)
    held = _held(row.held, room=len(look.tags) < MOST_TAGS, needs_room=bool(plan.add) and not plan.remove)
    kinds = {name.casefold(): int(kind) for kind, name in shop.tag_names.items()}
    marked = kinds[seen.mark.casefold()] if veto and seen.mark else None
    return Looked(row.customer, at_shop, held, seen.ours, seen.found, veto), marked


def _held(held: str | None, *, room: bool, needs_room: bool) -> str | None:
    if held in tagging.STANDS:
        return held
    if room:
        return None
    return held or (FULL if needs_room else None)


def _says(ours: Iterable[str], kind: int, names: Names) -> int:
    """What our tags say: the customer's kind only when nothing else of ours is there."""
    mine = {tag.casefold() for tag in ours}
    right = {names[Kind(kind)].casefold()} if kind else set()
    if mine == right:
        return kind
    said = [int(one) for one, name in names.items() if name.casefold() in mine - right]
    # A tag from before our names were changed says neither; it comes off like any that is not right.
    return said[0] if said else int(not kind)


def _became(one: Entry, look: Look) -> tuple[str, str]:
    there = one.tag.casefold() in {tag.casefold() for tag in look.tags}
    return ("done", CARRIED_OUT) if there == (one.action == "add") else ("failed", NOT_CARRIED_OUT)
