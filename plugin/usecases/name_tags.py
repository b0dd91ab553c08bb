"""Before the yes to tagging the merchant settles the names: another one, or the tags of that name become ours."""

from plugin.core import causes
from plugin.core.tags import UnfitName, check_names
from plugin.core.verdict import Kind
from plugin.db import imports, ledger, names, shops, tagging
from plugin.db.engine import Tx
from plugin.db.imports import AGAIN
from plugin.db.ledger import Change
from plugin.db.names import Adopted, Carrier
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.plan_sync import split

AT_ONCE = 500  # customers in a write
DONE = "the merchant had Regulars take it over"


def rename_tags(services: Services, shop: int, *, buyer: str, client: str) -> None:
    """Gives our tags other names, and has the shop read again for who carries those; GiveUp in words."""
    try:
        buyer, client = check_names(buyer, client)
    except UnfitName as error:
        raise GiveUp(error.text, **error.values) from error
    with services.database.write() as tx:
        known = _settled(tx, shop)
        if (buyer, client) == (known.buyer_tag, known.client_tag):
            return
        if ledger.open_bulk(tx, shop) or tagging.count_tagged(tx, shop, at_most=1):
            raise GiveUp(
                "Customers carry Regulars' tags %(buyer)s and %(client)s."
                " Have them taken off under Leaving, then choose other names.",
                buyer=known.buyer_tag,
                client=known.client_tag,
            )
        shops.change(tx, shop, buyer_tag=buyer, client_tag=client)
        last = imports.last(tx, shop)
        if last is not None:
            # What was read names who carries the old names.
            imports.progress(tx, shop, last.number, stage=AGAIN)
    services.nudge("import", shop)


def adopt_tags(services: Services, shop: int, *, name: str) -> int:
    """Makes the tags of that name ours on everyone who carried it before us; returns how many.

    They follow the verdict once tagging is on. A crash in between is healed by asking again. GiveUp in words.
    """
    after, total = "", 0
    while True:
        with services.database.write() as tx:
            known = _settled(tx, shop)
            last = imports.last(tx, shop)
            if last is None or last.stage != "done" or last.started_at < (known.installed_at or 0):
                raise GiveUp("Who carries the name is not known yet: wait until the order history is read.")
            kinds = {tag.casefold(): kind for kind, tag in known.tag_names.items()}
            if name.casefold() not in kinds:
                raise GiveUp(
                    "Regulars' tags are %(buyer)s and %(client)s by now: look again.",
                    buyer=known.buyer_tag,
                    client=known.client_tag,
                )
            some = names.carriers(tx, shop, after, at_most=AT_ONCE)
            mine = [one for one in some if name.casefold() in {tag.casefold() for tag in split(one.tags_found)}]
            names.adopt(tx, shop, [_adopted(one, name, kinds) for one in mine])
            lines = [line for one in mine for line in _lines(one, name, kinds)]
            entries = ledger.intend(tx, shop, lines, now=services.now())
            ledger.settle(tx, shop, [(one.id, "done", DONE) for one in entries], now=services.now())
        if not some:
            return total
        total += len(mine)
        after = some[-1].customer


def _settled(tx: Tx, shop: int) -> Shop:
    """The shop while its names may still be settled."""
    known = shops.get(tx, shop)
    if not known.installed:
        raise GiveUp("%(shop)s has not installed the app.", shop=known.domain)
    if known.tagging or known.removing is not None:
        raise GiveUp("Tagging is under way: the names of the tags can be settled only before it is switched on.")
    return known


def _adopted(one: Carrier, name: str, kinds: dict[str, Kind]) -> Adopted:
    taken = {tag for tag in split(one.tags_found) if tag.casefold() == name.casefold()}
    ours = split(one.tags_ours) | taken
    said = {kinds.get(tag.casefold(), tagging.UNKNOWN) for tag in ours}
    kind = said.pop() if len(said) == 1 else tagging.UNKNOWN
    return Adopted(one.customer, int(kind), ours, split(one.tags_found) - taken)


def _lines(one: Carrier, name: str, kinds: dict[str, Kind]) -> list[Change]:
    """What the ledger says of it; nothing is written at the shop."""
    taken = sorted(tag for tag in split(one.tags_found) if tag.casefold() == name.casefold())
    kind = int(kinds[name.casefold()])
    return [Change(one.customer, "adopt", tag, kind, one.model, one.rules, causes.ADOPTED) for tag in taken]
