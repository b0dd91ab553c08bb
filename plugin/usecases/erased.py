"""Who was erased from a shop, asked by name: names go in, only their marks are kept."""

from collections.abc import Iterable

from plugin.core.marks import mark, new_key
from plugin.db import erased
from plugin.db.engine import Tx
from plugin.services import Services

FEW = 2000  # names about which the database is asked; for more of them all marks are held


class Erased:
    """The erased of one shop; ask inside the transaction that writes, for an erasure may come in between."""

    def __init__(self, services: Services, shop: int) -> None:
        self._box = services.box
        self._shop = shop
        self._held: frozenset[bytes] = frozenset()

    def among(self, tx: Tx, names: Iterable[str]) -> frozenset[str]:
        """Which of these customers ("Customer/1") and orders ("Order/2") were erased."""
        sealed = erased.key(tx, self._shop)
        if sealed is None:
            return frozenset()
        key = self._box.decrypt(sealed)
        marks = {mark(key, name): name for name in names}
        found = erased.among(tx, self._shop, marks) if len(marks) <= FEW else self._all(tx).intersection(marks)
        return frozenset(marks[one] for one in found)

    def add(self, tx: Tx, names: Iterable[str]) -> None:
        """Remembers that these were erased."""
        sealed = erased.key(tx, self._shop)
        key = new_key() if sealed is None else self._box.decrypt(sealed)
        if sealed is None:
            erased.reseal(tx, self._shop, key=self._box.encrypt(key))
        erased.add(tx, self._shop, {mark(key, name) for name in names})

    def _all(self, tx: Tx) -> frozenset[bytes]:
        # Marks are only ever added: as many as before are the same.
        if erased.count(tx, self._shop) != len(self._held):
            self._held = erased.everyone(tx, self._shop)
        return self._held
