"""Erase a customer wherever they stand, and leave marks, so that nothing that comes late brings them back."""

from plugin.core.causes import ERASURE
from plugin.core.erasing import order_key
from plugin.core.slices import slices
from plugin.db import erase, imports, inbox, orders, privacy, shops
from plugin.db.engine import Tx
from plugin.db.inbox import WAITING
from plugin.db.privacy import Open
from plugin.services import Services
from plugin.usecases.erased import Erased
from plugin.usecases.judge import Bench
from plugin.usecases.named_deliveries import Names, named_deliveries
from webhooks.topics.privacy import called_in

AT_ONCE = 500


def erase_customer(services: Services, shop: int, asked: Open) -> bool:
    """Carries out customers/redact; False when a delivery that names them is still to be worked off: once more, then.

    Marks first, rows last: whenever it is cut off, the next turn finds the same names.
    """
    with services.database.write() as tx:
        names = _names(tx, shop, asked)
        Erased(services, shop).add(tx, [*names.keys, *map(order_key, names.orders)])
    waiting = False
    for some in named_deliveries(services, shop, names):
        waiting |= any(one.state == WAITING for one in some)
        # The body of the request says whom to look for: it goes last.
        done = [one.webhook_id for one in some if one.state != WAITING and one.webhook_id != asked.webhook_id]
        with services.database.write() as tx:
            inbox.empty(tx, shop, done)
            privacy.count(tx, shop, asked.webhook_id, rows=len(done))
    if waiting:
        return False
    with services.database.write() as tx:
        privacy.count(tx, shop, asked.webhook_id, rows=_rows(services, tx, shop, names))
        imports.forget_words(tx, shop, [*names.texts, *(one.decode() for one in names.numbers)])
        inbox.empty(tx, shop, [asked.webhook_id])
        privacy.done(tx, shop, asked.webhook_id, now=services.now())
    return True


def _names(tx: Tx, shop: int, asked: Open) -> Names:
    keys = erase.merged_into(tx, shop, asked.customer) if asked.customer else set()
    own = {order for key in keys for order in erase.orders_of(tx, shop, key)}
    return Names(keys, own.union(asked.orders), called_in(inbox.body(tx, shop, asked.webhook_id)))


def _rows(services: Services, tx: Tx, shop: int, names: Names) -> int:
    """Erases their rows, and judges whoever else had a part in these orders; how many rows it were."""
    rows, touched = 0, set()
    for some in slices(sorted(names.orders), AT_ONCE):
        touched |= orders.owners(tx, shop, some)
        rows += erase.orders_named(tx, shop, some)
    for key in names.keys:
        rows += erase.customer(tx, shop, key) + privacy.strip(tx, shop, key)
    known, others = shops.get(tx, shop), touched.difference(names.keys)
    if others and known.installed:
        Bench(shop, *shops.judging(tx, shop), services.today(known), cause=ERASURE).judge(tx, others)
    return rows
