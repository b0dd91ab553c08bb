"""The few queries that cross shops, for the clock and the health page; a test lists them."""

from sqlalchemy import text

from plugin.db.engine import Tx
from plugin.db.reconciliations import FAR

_WAITING = text(
    "SELECT shop FROM shops WHERE EXISTS"
    " (SELECT 1 FROM inbox WHERE inbox.shop = shops.shop AND inbox.state = 0 AND inbox.again_at <= :now)"
)
_TO_SWEEP = text("SELECT shop FROM shops WHERE state = 'installed' AND next_sweep_at <= :now")
_TO_RECONCILE = text(
    "SELECT shop FROM shops WHERE state = 'installed' AND (next_reconcile_at <= :now OR next_reconcile_at > :far)"
)
_PULSE = text("SELECT at FROM pulses WHERE shop = 0")
_BEAT = text("INSERT INTO pulses (shop, at) VALUES (0, :at) ON CONFLICT (shop) DO UPDATE SET at = excluded.at")
_AFTER_OUTAGE = text(
    "UPDATE shops SET next_reconcile_at = 0, reconcile_for = coalesce(reconcile_for, 'outage')"
    " WHERE state = 'installed' AND reconciled_to IS NOT NULL"
)
_TO_SYNC = text(
    "SELECT shop FROM shops WHERE state = 'installed'"
    " AND ((tagging AND paused_at IS NULL AND halted_at IS NULL AND EXISTS"
    " (SELECT 1 FROM customers WHERE customers.shop = shops.shop AND kind <> kind_at_shop AND held IS NULL"
    " AND veto IS NULL"
    " AND customer >= 'Customer/' AND lapsed IN (FALSE, TRUE)))"
    " OR (removing IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM customers WHERE customers.shop = shops.shop AND tags_ours <> ''"
    " AND (held IS NULL OR held = 'undone') AND customer >= 'Customer/'))"
    " OR EXISTS (SELECT 1 FROM customers WHERE customers.shop = shops.shop AND objects = TRUE AND tags_ours <> ''"
    " AND held IS NULL)"
    " OR EXISTS (SELECT 1 FROM customers WHERE customers.shop = shops.shop AND sale_opt_out = TRUE AND tags_ours <> ''"
    " AND held IS NULL)"
    " OR EXISTS (SELECT 1 FROM undos WHERE undos.shop = shops.shop AND undos.state IN ('running', 'lifting'))"
    " OR EXISTS (SELECT 1 FROM customers WHERE customers.shop = shops.shop AND look_at IS NOT NULL"
    " AND (held IS NULL OR held <> 'gone'))"
    " OR restoring"
    " OR EXISTS (SELECT 1 FROM bulks WHERE bulks.shop = shops.shop AND bulks.state IN ('planned', 'running'))"
    " OR EXISTS (SELECT 1 FROM ledger WHERE ledger.shop = shops.shop AND ledger.state = 'intended'"
    " AND ledger.bulk IS NULL))"
)
_TO_IMPORT = text(
    "SELECT shop FROM shops WHERE state = 'installed' AND NOT EXISTS"
    " (SELECT 1 FROM imports WHERE imports.shop = shops.shop AND imports.stage IN ('done', 'failed')"
    " AND imports.started_at >= coalesce(shops.installed_at, 0)"
    " AND NOT (imports.stage = 'done' AND imports.earlier > 0"
    " AND ',' || shops.scopes || ',' LIKE '%,read_all_orders,%')"
    " AND imports.number = (SELECT max(number) FROM imports AS newest WHERE newest.shop = shops.shop))"
)
_TO_REJUDGE = text("SELECT shop FROM shops WHERE state = 'installed' AND rejudge")
_WITH_REQUESTS = text(
    "SELECT shop FROM shops WHERE EXISTS (SELECT 1 FROM privacy_requests"
    " WHERE privacy_requests.shop = shops.shop AND privacy_requests.done_at IS NULL)"
)
_TO_FORGET = text("SELECT shop FROM shops WHERE forget_at <= :now")
_FORGET_AUDIT = text("DELETE FROM privacy_requests WHERE done_at < :before")
_TO_RENEW = text(
    "SELECT shop FROM shops WHERE state = 'installed' AND refresh_expires_at <= :before AND reconnect IS NULL"
)
_WITH_TOKENS = text("SELECT shop FROM shops WHERE token IS NOT NULL OR refresh_token IS NOT NULL ORDER BY shop")
_WITH_MARKS = text("SELECT shop FROM shops WHERE marks_key IS NOT NULL ORDER BY shop")
_TO_FIGURE = text("SELECT shop FROM shops WHERE state = 'installed' AND recount <> 0")
_INSTALLED = text("SELECT shop FROM shops WHERE state = 'installed' ORDER BY shop")


def with_deliveries(tx: Tx, *, now: int) -> list[int]:
    """Shops whose inbox has deliveries due."""
    return [row[0] for row in tx.rows(_WAITING, now)]


def to_sweep(tx: Tx, *, now: int) -> list[int]:
    """Shops whose midnight has passed since their last sweep; `now` on the shops' calendar."""
    return [row[0] for row in tx.rows(_TO_SWEEP, now)]


def to_reconcile(tx: Tx, *, now: int) -> list[int]:
    """Shops whose night has come, or that are reconciled right now; `now` on the shops' calendar.

    And those put off by a clock that was ahead.
    """
    return [row[0] for row in tx.rows(_TO_RECONCILE, now, now + FAR)]


def to_sync(tx: Tx) -> list[int]:
    """Shops where a tag differs and tagging is on, where ours are taken off or an undo is under way, or where
    what was sent is not settled."""
    return [row[0] for row in tx.rows(_TO_SYNC)]


def to_import(tx: Tx) -> list[int]:
    """Shops whose newest import is not finished, or older than their installation, or was never asked for,
    or found orders that can be read by now."""
    return [row[0] for row in tx.rows(_TO_IMPORT)]


def to_rejudge(tx: Tx) -> list[int]:
    """Shops where every customer must be judged anew."""
    return [row[0] for row in tx.rows(_TO_REJUDGE)]


def to_figure(tx: Tx) -> list[int]:
    """Shops whose figures are old."""
    return [row[0] for row in tx.rows(_TO_FIGURE)]


def with_requests(tx: Tx) -> list[int]:
    """Shops with a compliance request to carry out, whether they are still here or not."""
    return [row[0] for row in tx.rows(_WITH_REQUESTS)]


def to_forget(tx: Tx, *, now: int) -> list[int]:
    """Shops whose old rows have not been looked for since a day."""
    return [row[0] for row in tx.rows(_TO_FORGET, now)]


def forget_audit(tx: Tx, *, before: int) -> None:
    """Forgets that requests were carried out, also those of shops that are erased."""
    tx.run(_FORGET_AUDIT, {"before": before})


def to_renew(tx: Tx, *, before: int) -> list[int]:
    """Shops whose refresh token ends before that moment."""
    return [row[0] for row in tx.rows(_TO_RENEW, before)]


def with_tokens(tx: Tx) -> list[int]:
    """Shops of which we keep a token."""
    return [row[0] for row in tx.rows(_WITH_TOKENS)]


def with_marks(tx: Tx) -> list[int]:
    """Shops whose marks of the erased have a key."""
    return [row[0] for row in tx.rows(_WITH_MARKS)]


def installed(tx: Tx) -> list[int]:
    """Every shop we work for."""
    return [row[0] for row in tx.rows(_INSTALLED)]


def beat(tx: Tx, *, now: int) -> int | None:
    """Writes down that the app is alive; when it last was, None when nobody knows."""
    before = next((int(row[0]) for row in tx.rows(_PULSE)), None)
    tx.each(_BEAT, [(now,)])
    return before


def reconcile_everywhere(tx: Tx) -> int:
    """Makes every shop's reconciliation due, for nobody was here to take deliveries; how many shops."""
    return tx.run(_AFTER_OUTAGE).rowcount
