"""Word that customers' tags changed: whose books it contradicts is read; what was changed is not taken from it."""

from collections.abc import Iterable, Mapping, Sequence

from plugin.core.facts import CustomerTouched
from plugin.core.ownership import contradicts
from plugin.core.slices import slices
from plugin.db import imports, ledger, looks, tagging
from plugin.db.engine import Tx
from plugin.db.looks import Standing
from plugin.db.shops import Shop
from plugin.usecases.plan_sync import split

AT_ONCE = 500


def notice_edits(tx: Tx, shop: Shop, edits: Sequence[tuple[CustomerTouched, int]]) -> set[str]:
    """Asks for a look at customers, each edit with the moment it was told; returns the jobs to nudge."""
    asked: dict[str, int] = {}
    unsettled: dict[str, int] = {}
    for some in slices(edits, AT_ONCE):
        rows = looks.standing(tx, shop.shop, {edit.customer for edit, _ in some})
        open_ = ledger.under_way(tx, shop.shop, [key for key, row in rows.items() if row.touched])
        for edit, at in some:
            row = rows.get(edit.customer)
            if row is None or not row.touched:
                # Never heard of, or never written on: read before the first tag is written.
                if _ours(shop, edit.tags):
                    unsettled[edit.customer] = at
            elif _to_look(row, edit, shop, open_):
                asked[row.customer] = at
    if unsettled and imports.under_way(tx, shop.shop):
        # Its export may be from before, and is read after this.
        looks.anew(tx, shop.shop, sorted(unsettled), now=max(unsettled.values()))
    else:
        looks.forget(tx, shop.shop, sorted(unsettled))
    looks.ask(tx, shop.shop, sorted(asked), now=max(asked.values(), default=0))
    return {"sync"} if asked else set()


def _to_look(row: Standing, edit: CustomerTouched, shop: Shop, under_way: Iterable[tuple[str, str, str]]) -> bool:
    if not edit.added and row.held not in (None, *tagging.STANDS):
        return True  # there may be room for our tag by now
    return contradicts(
        edit.tags,
        added=edit.added,
        names=shop.tag_names.values(),
        here=split(row.tags_ours) | split(row.tags_found),
        adding=[tag for customer, action, tag in under_way if (customer, action) == (row.customer, "add")],
        removing=[tag for customer, action, tag in under_way if (customer, action) == (row.customer, "remove")],
    )


def note_differences(tx: Tx, shop: Shop, read: Mapping[str, Iterable[str]]) -> list[str]:
    """Who of these customers carried other tags of our names than the books say, at most 2,000 with their tags."""
    rows = looks.standing(tx, shop.shop, read)
    return [key for key, row in rows.items() if row.touched and _differs(row, shop, read[key])]


def _differs(row: Standing, shop: Shop, tags: Iterable[str]) -> bool:
    expected = {tag.casefold() for tag in split(row.tags_ours) | split(row.tags_found)}
    named = expected.union(name.casefold() for name in shop.tag_names.values())
    return {tag.casefold() for tag in tags} & named != expected


def _ours(shop: Shop, tags: Iterable[str]) -> bool:
    names = {name.casefold() for name in shop.tag_names.values()}
    return any(tag.casefold() in names for tag in tags)
