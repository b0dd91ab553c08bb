"""What to change at the shop so that a customer carries the tag of their kind, touching only what is ours."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from plugin.core.replay import Kind
from plugin.errors import GiveUp

LONGEST_NAME = 40
_BUYER_AND_CLIENT = {"fr": ("acheteur", "client"), "nl": ("koper", "klant")}


class UnfitName(GiveUp, ValueError):
    """It cannot be the name of a tag."""


class TagPlan(NamedTuple):
    """Tags to add and tags to remove by name; both empty when all is well. Only what is added becomes ours."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


def plan_tags(current: Collection[str], kind: Kind, names: Mapping[Kind, str], ours: Collection[str]) -> TagPlan:
    """What to change so that the tag of `kind` is there; only names in `ours` are ever removed.

    `ours` are the tags we set on this customer: one that was there before us is not claimed. Tags are compared as
    Shopify does, without regard to case, and removed in the spelling they have at the shop.
    """
    wanted = names[kind] if kind else ""
    have = {tag.casefold() for tag in current}
    goes = {tag.casefold() for tag in ours} - {wanted.casefold()}
    return TagPlan(
        add=(wanted,) if wanted and wanted.casefold() not in have else (),
        remove=tuple(sorted(tag for tag in current if tag.casefold() in goes)),
    )


def check_name(text: str) -> str:
    """A tag name as it will be written, trimmed; UnfitName in words for the merchant when it cannot be one."""
    name = text.strip()
    if not name:
        raise UnfitName("A tag needs a name.")
    if len(name) > LONGEST_NAME:
        raise UnfitName(
            "A tag name has at most %(most)s characters, this one has %(n)s.", most=LONGEST_NAME, n=len(name)
        )
    if "," in name:
        raise UnfitName("A tag name cannot contain a comma: Shopify would read two tags.")
    if not name.isprintable():
        raise UnfitName("A tag name cannot contain line breaks or other invisible characters.")
    return name


def check_names(buyer: str, client: str) -> tuple[str, str]:
    """Both names as they will be written; UnfitName in words when one cannot be, or both are one to Shopify."""
    buyer, client = check_name(buyer), check_name(client)
    if buyer.casefold() == client.casefold():
        raise UnfitName("The two tags need different names: Shopify does not tell capital letters from small ones.")
    return buyer, client


def default_names(locale: str) -> tuple[str, str]:
    """The names for buyers and clients that a shop begins with, by its language ("fr", "nl-BE")."""
    return _BUYER_AND_CLIENT.get(locale.lower()[:2], ("buyer", "client"))
