"""Who must not be classified: they objected, or opted out of the sale of their data; no verdict on them is kept."""

from collections.abc import Iterable

from sqlalchemy import text

from plugin.core.causes import OBJECTION
from plugin.db import figures
from plugin.db.engine import Tx
from plugin.db.tagging import AS_NEITHER, ToSync

_NO_VERDICT = (
    "kind = 0, since = NULL, lapse_on = NULL, lapsed = FALSE, provisional = FALSE, occasions = 0, weight = 0,"
    " usual_gap = 0, override = NULL, override_at = NULL, override_by = NULL,"
    " first_day = NULL, last_day = NULL, counted = 0, ignored = 0, tens = 0, tens_fall_on = NULL,"
    f" cause = CASE WHEN customers.kind <> 0 THEN '{OBJECTION}' ELSE customers.cause END"
)
_OBJECT = text(
    "INSERT INTO customers (shop, customer, objects) VALUES (:shop, :customer, TRUE)"
    f" ON CONFLICT (shop, customer) DO UPDATE SET objects = TRUE, {_NO_VERDICT},"
    # A refused tag gets another chance, and so does what an undo put there: it must go now.
    " held = CASE WHEN customers.held IN ('gone', 'in a bulk file') THEN customers.held END"
)
_WITHDRAW = text("UPDATE customers SET objects = FALSE WHERE shop = :shop AND customer = :customer")
_OPT_OUT = text(_OBJECT.text.replace("objects", "sale_opt_out"))
_OPT_IN = text(_WITHDRAW.text.replace("objects", "sale_opt_out"))
_OBJECTING = text(
    "SELECT customer FROM customers WHERE shop = :shop AND objects = TRUE AND customer > :after"
    " ORDER BY customer LIMIT :at_most"
)
_OPTED_OUT = text(_OBJECTING.text.replace("objects", "sale_opt_out"))
_OF = text("SELECT objects, sale_opt_out FROM customers WHERE shop = :shop AND customer = :customer")
_TAGGED = text(
    f"{AS_NEITHER} WHERE shop = :shop AND objects = TRUE AND tags_ours <> '' AND held IS NULL"
    f" UNION {AS_NEITHER} WHERE shop = :same AND sale_opt_out = TRUE AND tags_ours <> '' AND held IS NULL"
    " ORDER BY customer LIMIT :at_most"
)
_HAND_ON = text(
    "INSERT INTO customers (shop, customer, objects, sale_opt_out)"
    " SELECT shop, :kept, objects, sale_opt_out FROM customers"
    " WHERE shop = :shop AND customer = :gone AND (objects OR sale_opt_out)"
    " ON CONFLICT (shop, customer) DO UPDATE SET objects = (customers.objects OR excluded.objects),"
    f" sale_opt_out = (customers.sale_opt_out OR excluded.sale_opt_out), {_NO_VERDICT},"
    " held = CASE WHEN customers.held = 'undone' THEN NULL ELSE customers.held END"
)


def object_(tx: Tx, shop: int, customer: str) -> None:
    """The customer objects to being classified: their verdict is gone."""
    tx.each(_OBJECT, [(shop, customer)])
    figures.age(tx, shop)


def withdraw(tx: Tx, shop: int, customer: str) -> None:
    """The customer no longer objects; judge them."""
    tx.each(_WITHDRAW, [(shop, customer)])


def opt(tx: Tx, shop: int, *, out: Iterable[str], back: Iterable[str]) -> None:
    """What customers said at the shop about the sale of their data: who opted out of it, and who no longer does."""
    tx.each(_OPT_OUT, [(shop, one) for one in out])
    tx.each(_OPT_IN, [(shop, one) for one in back])
    figures.age(tx, shop)


def objecting(tx: Tx, shop: int, *, after: str = "", at_most: int = 100) -> list[str]:
    """Who objects, in order of key."""
    return [row[0] for row in tx.rows(_OBJECTING, shop, after, at_most)]


def opted_out(tx: Tx, shop: int, *, after: str = "", at_most: int = 100) -> list[str]:
    """Who opted out of the sale of their data, in order of key."""
    return [row[0] for row in tx.rows(_OPTED_OUT, shop, after, at_most)]


def of(tx: Tx, shop: int, customer: str) -> tuple[bool, bool]:
    """Whether the customer objects, and whether they opted out of the sale of their data."""
    for objects, sale_opt_out in tx.rows(_OF, shop, customer):
        return bool(objects), bool(sale_opt_out)
    return False, False


def tagged(tx: Tx, shop: int, *, at_most: int) -> list[ToSync]:
    """Who objects or opted out, and still carries a tag of ours."""
    return list(map(ToSync._make, tx.rows(_TAGGED, shop, shop, at_most)))


def hand_on(tx: Tx, shop: int, *, gone: str, kept: str) -> None:
    """An objection of either of two merged customers holds for the one that is kept."""
    tx.each(_HAND_ON, [(kept, shop, gone)])
