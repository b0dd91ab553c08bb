"""All customers of a shop with their verdicts, for files: read in order of key, some at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import text

from plugin.core.exported import Kept
from plugin.core.replay import Kind
from plugin.core.verdict import Verdict
from plugin.db.engine import Tx

_AFTER = text(
    "SELECT customer, tens, override, veto IS NOT NULL, objects OR sale_opt_out, subscription, model, rules,"
    " kind, provisional, since, lapse_on, lapsed, occasions, weight, usual_gap, first_day, last_day, counted, ignored,"
    " earlier FROM customers WHERE shop = :shop AND customer > :after"
    " AND merged_into IS NULL ORDER BY customer LIMIT :at_most"
)


class Row(NamedTuple):
    """A customer, and how many orders of theirs were once known by number only."""

    kept: Kept
    earlier: int  # before some came to light


def after(tx: Tx, shop: int, customer: str, *, at_most: int) -> list[Row]:
    """The next of them in order of key; empty at the end."""
    return [_row(row) for row in tx.rows(_AFTER, shop, customer, at_most)]


def _row(row: Sequence[Any]) -> Row:
    customer, tens, override, veto, shut, billed, model, rules, kind, *figures, earlier = row
    verdict = Verdict(Kind(kind), *figures)
    return Row(Kept(customer, verdict, tens, override, bool(veto), bool(shut), billed, model, rules), earlier)
