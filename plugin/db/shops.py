"""Shops: where each stands, what the merchant set, and the models and rules that judge its customers."""

import json
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select, text

from plugin.core.facts import ShopSeen
from plugin.core.model import Model, Rules
from plugin.core.verdict import Kind
from plugin.db.engine import Tx
from plugin.db.tables import models, rules, shops
from plugin.errors import GiveUp


class Shop(NamedTuple):
    """A shop as the use cases need it; tokens are read apart, by `credentials`."""

    shop: int
    domain: str
    state: str
    installed_at: int | None
    scopes: str
    scopes_at: int  # when they were so
    reconnect: str | None  # why the merchant must open the app before we can call the shop
    name: str
    zone: str
    currency: str
    locale: str
    language: str | None  # of the panel, by the merchant's choice
    plan: str
    tagging: bool
    buyer_tag: str
    client_tag: str
    model: int
    rules: int
    rejudge: bool
    rejudge_for: str
    swept_on: int
    removing: int | None
    paused_at: int | None  # since when tagging waits for the merchant's word: another app took our tags off
    answered_at: int | None  # when they last gave it
    restoring: bool  # their word was to put the tags back, which is not done yet
    left_at: int | None
    skipped_at: int | None  # when the merchant put the first run off
    frozen_at: int | None  # since when Shopify has refused every call, for the shop is closed
    down_at: int | None  # since when Shopify has not answered
    halted_at: int | None  # since when the merchant has tagging paused
    yes_at: int | None  # when tags began to be written that are not all written yet
    yes_to: int | None  # how many they were
    yes_from: int | None  # the last ledger line before them

    @property
    def installed(self) -> bool:
        """Whether we may work for this shop."""
        return self.state == "installed"

    @property
    def writing(self) -> bool:
        """Whether verdicts become tags now."""
        return self.tagging and self.paused_at is None and self.halted_at is None

    @property
    def tag_names(self) -> dict[Kind, str]:
        """Kind -> the tag that says so."""
        return {Kind.BUYER: self.buyer_tag, Kind.CLIENT: self.client_tag}


NO_TROUBLE: dict[str, int | None] = {"frozen_at": None, "down_at": None}
NO_YES: dict[str, int | None] = {"yes_at": None, "yes_to": None, "yes_from": None}
_COLUMNS = tuple(shops.c[name] for name in Shop._fields)
_KNOW = text("INSERT INTO shops (domain) VALUES (:domain) ON CONFLICT DO NOTHING")
_NUMBER = text("SELECT shop FROM shops WHERE domain = :domain")


def find(tx: Tx, domain: str) -> Shop | None:
    """The shop of that domain."""
    row = tx.run(select(*_COLUMNS).where(shops.c.domain == domain)).one_or_none()
    return None if row is None else Shop._make(row)


def get(tx: Tx, shop: int) -> Shop:
    """The shop of that number; GiveUp when it was erased."""
    row = tx.run(select(*_COLUMNS).where(shops.c.shop == shop)).one_or_none()
    if row is None:
        raise GiveUp(f"Shop {shop} was erased.")
    return Shop._make(row)


def know(tx: Tx, domain: str) -> int:
    """The number of that domain, given now if it had none."""
    # Asked first: on PostgreSQL an INSERT that conflicts uses a number up.
    if not list(tx.rows(_NUMBER, domain)):
        tx.each(_KNOW, [(domain,)])
    ((number,),) = tx.rows(_NUMBER, domain)
    return int(number)


def change(tx: Tx, shop: int, **values: Any) -> None:
    """Sets columns of one shop."""
    tx.run(sa.update(shops).where(shops.c.shop == shop).values(**values))


class Credentials(NamedTuple):
    """A pair of encrypted tokens; expiries are UTC ms (None: Shopify did not say)."""

    token: str | None
    token_expires_at: int | None
    refresh_token: str | None
    refresh_expires_at: int | None
    minted_by: str | None = None  # see shopify.tokens.fingerprint


def credentials(tx: Tx, shop: int) -> Credentials:
    """What opens the shop's API."""
    columns = (shops.c[name] for name in Credentials._fields)
    return Credentials._make(tx.run(select(*columns).where(shops.c.shop == shop)).one())


def install(tx: Tx, shop: int, *, given: Credentials, scopes: str, now: int) -> None:
    """Marks the shop as installed with these tokens; what it had taught us before stays."""
    change(tx, shop, state="installed", installed_at=now, left_at=None)
    keep_tokens(tx, shop, given=given, scopes=scopes, now=now)
    if not tx.run(select(models.c.number).where(models.c.shop == shop)).first():
        add_model(tx, shop, model=Model(number=1), now=now)
    if not tx.run(select(rules.c.number).where(rules.c.shop == shop)).first():
        add_rules(tx, shop, chosen=Rules(number=1), now=now)


def keep_tokens(tx: Tx, shop: int, *, given: Credentials, scopes: str, now: int, instead_of: int | None = None) -> bool:
    """Keeps a pair, all of it at once, and the scopes that came with it; the shop is connected then.

    With `instead_of` only in the place of that pair: False when another one is there, or none.
    """
    where = shops.c.shop == shop
    if instead_of is not None:
        where &= shops.c.pair == instead_of
    values = {**given._asdict(), "pair": shops.c.pair + 1, "renewing_until": None, "reconnect": None}
    kept = tx.run(sa.update(shops).where(where).values(**values)).rowcount == 1
    if kept and scopes:
        grant(tx, shop, scopes=scopes, at=now)
    return kept


def grant(tx: Tx, shop: int, *, scopes: str, at: int) -> bool:
    """Keeps what the merchant grants as of `at`, unless something newer is known."""
    newer = (shops.c.shop == shop) & (shops.c.scopes_at <= at)
    return tx.run(sa.update(shops).where(newer).values(scopes=scopes, scopes_at=at)).rowcount == 1


def leave(tx: Tx, shop: int, *, now: int) -> None:
    """Marks the shop as gone and forgets its tokens; its data stays until the shop is erased."""
    # Another number, so that a renewal under way brings nothing back.
    change(tx, shop, pair=shops.c.pair + 1, renewing_until=None, reconnect=None)
    no_tokens = Credentials(None, None, None, None)._asdict()
    waiting = {
        "removing": None,
        "paused_at": None,
        "restoring": False,
        "skipped_at": None,
        "halted_at": None,
        **NO_TROUBLE,
        **NO_YES,
    }
    change(tx, shop, state="left", left_at=now, tagging=False, **waiting, **no_tokens)


def see(tx: Tx, shop: int, *, seen: ShopSeen, at: int) -> bool:
    """Keeps the shop's own settings as of `at`, unless newer ones are known; what is empty changes nothing."""
    said = {name: value for name, value in seen._asdict().items() if value}
    newer = (shops.c.shop == shop) & (shops.c.seen_at <= at)
    return tx.run(sa.update(shops).where(newer).values(**said, seen_at=at)).rowcount == 1


def add_model(tx: Tx, shop: int, *, model: Model, now: int) -> None:
    """Keeps a numbered model."""
    products = b"".join(product.to_bytes(4, "little") for product in sorted(model.replenishable))
    tx.run(sa.insert(models), {"shop": shop, "made_at": now, **model._asdict(), "replenishable": products})


def add_rules(tx: Tx, shop: int, *, chosen: Rules, now: int) -> None:
    """Keeps numbered rules."""
    settings = {name: value for name, value in chosen._asdict().items() if name != "number"}
    tx.run(sa.insert(rules), {"shop": shop, "number": chosen.number, "made_at": now, "settings": json.dumps(settings)})


def judging(tx: Tx, shop: int) -> tuple[Model, Rules]:
    """The model and the rules in force."""
    row = tx.run(
        select(models, rules.c.number.label("rules"), rules.c.settings)
        .join(shops, (shops.c.shop == models.c.shop) & (shops.c.model == models.c.number))
        .join(rules, (rules.c.shop == shops.c.shop) & (rules.c.number == shops.c.rules))
        .where(shops.c.shop == shop)
    ).one()
    packed = row.replenishable
    products = frozenset(int.from_bytes(packed[at : at + 4], "little") for at in range(0, len(packed), 4))
    return (
        Model(row.number, row.usual_gap, row.horizon, row.readiness, row.taught, products),
        Rules(row.rules, **json.loads(row.settings)),
    )
