"""A shop's token pair: which one it is, and who may fetch the next; `shops.keep_tokens` keeps it.

A pair has a number, so that a late answer about one never changes another.
"""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select

from plugin.db.engine import Tx
from plugin.db.tables import shops
from plugin.errors import GiveUp


class Access(NamedTuple):
    """What opens a shop's API, tokens encrypted; moments are UTC ms."""

    shop: int
    domain: str
    state: str
    reconnect: str | None
    token: str | None
    token_expires_at: int | None  # None: Shopify did not say
    refresh_token: str | None
    refresh_expires_at: int | None
    pair: int
    minted_by: str | None
    renewing_until: int | None

    @property
    def installed(self) -> bool:
        """Whether the app may call the shop at all."""
        return self.state == "installed"


_COLUMNS = tuple(shops.c[name] for name in Access._fields)


def read(tx: Tx, shop: int) -> Access:
    """What opens the shop's API; GiveUp when there is no such shop any more."""
    row = tx.run(select(*_COLUMNS).where(shops.c.shop == shop)).one_or_none()
    if row is None:
        raise GiveUp(f"shop {shop} was erased")
    return Access._make(row)


def begin(tx: Tx, shop: int, *, pair: int, now: int, until: int) -> bool:
    """Lets one worker fetch the pair after `pair`, until the moment `until`; False while another does, or has."""
    free = func.coalesce(shops.c.renewing_until, 0) <= now
    return _change(tx, shop, pair, free, renewing_until=until)


def end(tx: Tx, shop: int, *, pair: int, until: int) -> bool:
    """The worker that began with `until` comes back without a pair."""
    return _change(tx, shop, pair, shops.c.renewing_until == until, renewing_until=None)


def disconnect(tx: Tx, shop: int, *, pair: int, reason: str) -> bool:
    """Says why `pair` opens nothing any more; False when another is there already."""
    return _change(tx, shop, pair, shops.c.state == "installed", reconnect=reason, renewing_until=None)


def readable(tx: Tx, shop: int, *, pair: int, reason: str) -> bool:
    """The key to `pair` is there again: it need not be replaced, if `reason` was why."""
    return _change(tx, shop, pair, shops.c.reconnect == reason, reconnect=None)


def reseal(tx: Tx, shop: int, *, pair: int, token: str | None, refresh_token: str | None) -> bool:
    """The same pair, encrypted anew."""
    return _change(tx, shop, pair, token=token, refresh_token=refresh_token)


def _change(tx: Tx, shop: int, pair: int, *only: sa.ColumnElement[bool], **values: object) -> bool:
    where = sa.and_(shops.c.shop == shop, shops.c.pair == pair, *only)
    return tx.run(sa.update(shops).where(where).values(**values)).rowcount == 1
