"""Whose the tags with one of our names are, by what a customer carries and what the ledger explains."""

from collections.abc import Collection
from typing import NamedTuple

REMOVED = "removed"  # a tag that we set, or that was there before us, is gone
ADDED = "added"  # one of our names is there that we did not set

FEW = 20  # customers who may lose our tag within an hour before it is taken for another app's doing
SHARE = 100  # or one of so many of the tagged, whichever is more


class Seen(NamedTuple):
    """What is still ours, what is the merchant's, and whether the difference is their veto (REMOVED, ADDED or None).

    `mark`: the only one of our names that is there now, where somebody set it by hand; None else.
    """

    ours: tuple[str, ...]
    found: tuple[str, ...]
    veto: str | None
    mark: str | None = None


def compare(
    current: Collection[str],
    *,
    names: Collection[str],
    ours: Collection[str],
    found: Collection[str] | None,
    unsure: bool,
    added: bool = False,
) -> Seen:
    """What a look at the tags of a customer (`current`) tells, while no write of ours is under way.

    `ours` are the tags that we set by the ledger, `found` the merchant's own of our `names` (None: nothing can be told
    from them, for we never looked or never wrote). `unsure`: an answer was lost or customers were merged, so that a tag
    of ours which is not there was never set, or is off already. Whatever else differs, the merchant did. `added`: that
    one of our names was set by hand was seen before, and stands. Tags are compared without regard to case.
    """
    have = {tag.casefold(): tag for tag in current}
    mine = {tag.casefold() for tag in ours}
    theirs = {tag.casefold() for tag in found or ()} - mine
    named = {name.casefold() for name in names}
    foreign = {name for name in have if name in named | theirs} - mine
    there = named & set(have)
    set_ = found is not None and bool(there - theirs or added)
    veto = None
    if found is not None and foreign - theirs:
        veto = ADDED
    if not unsure and (mine | theirs) - set(have):
        veto = REMOVED
    return Seen(
        ours=tuple(sorted(tag for tag in ours if tag.casefold() in have)),
        found=tuple(sorted(have[name] for name in foreign)),
        veto=veto,
        mark=have[min(there)] if set_ and len(there) == 1 and not there & mine else None,
    )


def contradicts(
    tags: Collection[str],
    *,
    added: bool,
    names: Collection[str],
    here: Collection[str],
    adding: Collection[str],
    removing: Collection[str],
) -> bool:
    """Whether word of tags that came or went is at odds with the books, so that the customer is to be read.

    `here` are the tags with our names that were there when we last knew, `adding` and `removing` those whose change is
    under way. Our own changes are told to us as anybody's are; they are at odds with nothing.
    """
    told, coming, going = _folded(tags), _folded(adding), _folded(removing)
    if added:
        return bool((told & _folded(names)) - (_folded(here) - going) - coming)
    return bool(told & (_folded(here) | coming) - going)


def another_app(lost: int, tagged: int) -> bool:
    """Whether so many customers who lost our tag within an hour, of so many who carry one, are no merchant's doing."""
    return lost > max(FEW, (tagged + lost) // SHARE)


def _folded(tags: Collection[str]) -> set[str]:
    return {tag.casefold() for tag in tags}
