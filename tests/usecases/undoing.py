"""A bakery with a history to undo: who was tagged by which import, and what the merchant's own tags were."""

from plugin.core.causes import imported
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.undo import Span
from plugin.core.verdict import Kind, judge
from plugin.db import customers, imports, tagging
from plugin.simulator.merchant import add_customer
from plugin.usecases.name_tags import adopt_tags
from plugin.usecases.undo import Preview, begin_undo, preview_undo
from tests.connected import Connected
from tests.usecases.tagging import synced

VERDICT = judge((), PRIOR, DEFAULT_RULES, 1)
THE_SECOND = Span(0, cause=imported(2))
# What each of them is after the first import, and after the second.
KINDS = {
    "anna": (Kind.BUYER, Kind.CLIENT),
    "ben": (Kind.BUYER, Kind.BUYER),
    "cleo": (Kind.NONE, Kind.CLIENT),
    "dan": (Kind.CLIENT, Kind.BUYER),
    "eva": (Kind.BUYER, Kind.NONE),
}
BEFORE = {
    "anna": ["buyer", "vip"],
    "ben": ["buyer", "vip"],
    "cleo": ["vip"],
    "dan": ["Client", "vip"],
    "eva": ["buyer", "vip"],
}
AFTER = {
    "anna": ["client", "vip"],
    "ben": ["buyer", "vip"],
    "cleo": ["client", "vip"],
    "dan": ["buyer", "vip"],
    "eva": ["vip"],
}


class Bakery:
    """Anna's Bakery: Dan carried "Client" before us, which the merchant had us take over."""

    def __init__(self, connected: Connected) -> None:
        self.connected, self.services, self.shop = connected, connected.services, connected.shop
        with connected.world.lock:
            made = {
                name: add_customer(
                    connected.at_shopify, at=1, joined=False, tags=("vip", *(["Client"] if name == "dan" else []))
                )
                for name in KINDS
            }
        self.ids = {name: one.id for name, one in made.items()}
        with self.services.database.write() as tx:
            number = imports.begin(tx, self.shop, now=self.services.now() + 1)
            imports.progress(tx, self.shop, number, stage="done")
            tagging.found(tx, self.shop, [(self.key(name), ["Client"] if name == "dan" else []) for name in KINDS])
        self.judged(imported(1), {name: first for name, (first, _) in KINDS.items()})
        adopt_tags(self.services, self.shop, name="client")
        connected.change(tagging=True)
        synced(connected)

    def second_import(self) -> None:
        """Finds other kinds, and their tags are written."""
        self.judged(imported(2), {name: second for name, (_, second) in KINDS.items()})
        synced(self.connected)

    def key(self, name: str) -> str:
        return f"Customer/{self.ids[name]}"

    def judged(self, cause: str, kinds: dict[str, Kind]) -> None:
        with self.services.database.write() as tx:
            verdicts = [(self.key(name), VERDICT._replace(kind=kind)) for name, kind in kinds.items()]
            customers.judged(tx, self.shop, verdicts, model=1, rules=1, cause=cause)

    def tags(self) -> dict[str, list[str]]:
        """What the shop says."""
        return {name: sorted(self.connected.at_shopify.customers[number].tags) for name, number in self.ids.items()}

    def preview(self, span: Span = THE_SECOND) -> Preview:
        return preview_undo(self.services, self.shop, span)

    def undo(self, span: Span = THE_SECOND) -> int:
        """Seen, accepted and carried out."""
        number = begin_undo(self.services, self.shop, self.preview(span))
        synced(self.connected)
        return number

    def column(self, sql: str) -> list[object]:
        with self.services.database.read() as tx:
            return [row[0] for row in tx.connection.exec_driver_sql(sql)]

    def of(self, name: str, column: str) -> object:
        """A column of somebody's row."""
        (found,) = self.column(f"SELECT {column} FROM customers WHERE customer = '{self.key(name)}'")
        return found
