"""What to change at the shop so that customers' tags say what they are; nothing is sent from here."""

from collections.abc import Mapping, Sequence

from plugin.core.tags import TagPlan, plan_tags
from plugin.core.verdict import Kind
from plugin.db.ledger import Change
from plugin.db.tagging import UNKNOWN, Synced, ToSync

Names = Mapping[Kind, str]
Planned = Sequence[tuple[ToSync, TagPlan]]


def split(tags: str | None) -> set[str]:
    """Tags as the rows keep them, comma-joined, as a set."""
    return set(tags.split(",")) if tags else set()


def plan_for(one: ToSync, names: Names) -> TagPlan:
    """What to change at the shop so that this customer's tag says what they are."""
    found, ours = split(one.tags_found), split(one.tags_ours)
    return plan_tags(found | ours, Kind(one.kind), names, ours)


def plan_seen(work: Sequence[ToSync], names: Names) -> Planned:
    """The plans of those whose tags were looked at, since the last lost answer too; others wait for the next turn."""
    return [
        (one, plan_for(one, names))
        for one in work
        if one.tags_found is not None and one.kind_at_shop != UNKNOWN and one.look_at is None
    ]


def changes(planned: Planned) -> list[Change]:
    """The ledger's lines for these plans: removals before additions, a customer's together."""
    return [
        Change(one.customer, action, tag, one.kind, one.model, one.rules, one.cause)
        for one, plan in planned
        for action, tags in (("remove", plan.remove), ("add", plan.add))
        for tag in sorted(tags)
    ]


def already_right(planned: Planned) -> list[Synced]:
    """The customers whose tag was right before we did anything."""
    return [
        Synced(one.customer, one.kind, sorted(split(one.tags_ours)))
        for one, plan in planned
        if not plan.add and not plan.remove
    ]


def ours_among(names: Names, tags: Sequence[str]) -> list[str]:
    """Those tags that have one of our names, in whatever case."""
    wanted = {name.casefold() for name in names.values()}
    return [tag for tag in tags if tag.casefold() in wanted]
