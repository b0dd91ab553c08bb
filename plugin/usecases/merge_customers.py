"""Two customers became one: orders, objections, vetoes, overrides and our tags go to the one that was kept."""

from plugin.core.facts import CustomersMerged
from plugin.db import earlier, ledger, merges, objections, orders, overrides, tagging, vetoes
from plugin.db.engine import Tx
from plugin.usecases.plan_sync import split


def merge_customers(tx: Tx, shop: int, merged: CustomersMerged) -> set[str]:
    """Hands everything on to whoever is at the end of the chain of merges; returns who must be judged.

    Deliveries may be repeated, and those of a chain may come in any order. A consent is not handed on: what was said
    about one address does not hold for another, and the shop tells the consents of the one that was kept by itself.
    """
    kept = merges.merge(tx, shop, gone=merged.gone, kept=merged.kept)
    if kept is None:
        return set()
    orders.rekey(tx, shop, gone=merged.gone, kept=kept)
    earlier.hand_on(tx, shop, gone=merged.gone, kept=kept)
    objections.hand_on(tx, shop, gone=merged.gone, kept=kept)
    vetoes.hand_on(tx, shop, gone=merged.gone, kept=kept)
    overrides.hand_on(tx, shop, gone=merged.gone, kept=kept)
    _unite_tags(tx, shop, gone=merged.gone, kept=kept)
    return {merged.gone, kept}


def _unite_tags(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """The shop unites the tags of both: ours on either are ours on the one that stays, unless the other had them before
    us: there it is one tag now, and the merchant's word about it is the older one."""
    known = tagging.sync_of(tx, shop, [gone, kept])
    left, stays = known[gone], known.get(kept)
    # A tag may be under way to the one who is gone: if it arrived before the merge, the other carries it now.
    sent = {one.tag for one in ledger.of_customer(tx, shop, gone) if one.state == "intended" and one.action == "add"}
    either = sent | split(left.tags_ours) | split(stays.tags_ours if stays else "")
    before = split(left.tags_found) | split(stays.tags_found if stays else "")
    if not either and not split(left.tags_found):
        return
    foreign = {tag.casefold() for tag in before}
    looked = stays is not None and stays.tags_found is not None
    ours = {tag for tag in either if tag.casefold() not in foreign}
    tagging.inherit(tx, shop, gone=gone, kept=kept, ours=ours, found=before if looked else None)
