"""Shopify's global ids: outside this package a customer is "Customer/1"."""

from plugin.errors import GiveUp

PREFIX = "gid://shopify/"


def to_gid(key: str) -> str:
    """ "Customer/1" as Shopify writes it: "gid://shopify/Customer/1"."""
    return PREFIX + key


def from_gid(gid: str) -> str:
    """ "gid://shopify/Customer/1" as we write it: "Customer/1"; GiveUp on anything else."""
    if not gid.startswith(PREFIX):
        raise GiveUp("%(id)s is not a Shopify id", id=repr(gid))
    return gid.removeprefix(PREFIX).partition("?")[0]
