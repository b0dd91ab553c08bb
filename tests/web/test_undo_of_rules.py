"""A change of the rules, or of what the shop taught, is undone in the panel like any part of the ledger."""

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from plugin.app import create_app
from plugin.core import causes
from plugin.db import shops
from plugin.db.tables import models, rules
from plugin.simulator.merchant import add_customer, add_order
from plugin.simulator.state import Line
from plugin.usecases.import_history import import_again, import_history
from plugin.usecases.override import lift_override
from plugin.usecases.rejudge import rejudge
from tests.connected import Connected, connected
from tests.session_tokens import session_token
from tests.usecases.tagging import synced

A_DAY = 86_400_000


class Bakery:
    """Anna's Bakery, whose panel is looked at by HTTP, and whose three customers were tagged."""

    def __init__(self, made: Connected) -> None:
        self.made = made
        self.browser = create_app(made.services).test_client()
        with made.world.lock:
            self.people = [add_customer(made.at_shopify, at=1, joined=False).id for _ in range(3)]
        for who, days in zip(self.people, ([50, 20], [60, 25], [9]), strict=True):
            for ago in days:
                self.bought(who, days_ago=ago)
        self.settle(read=True)

    def bought(self, who: int, *, days_ago: int) -> None:
        with self.made.world.lock:
            number = len(self.made.at_shopify.orders) + 1
            line = Line(number, product=number, quantity=1, price=1000)
            at = self.made.services.calendar.now() - days_ago * A_DAY
            add_order(self.made.at_shopify, customer=who, lines=[line], at=at)

    def settle(self, *, read: bool = False) -> None:
        if read:
            import_again(self.made.services, self.made.shop)
            while import_history(self.made.services, self.made.shop) is not None:
                pass
            self.made.change(tagging=True)
        rejudge(self.made.services, self.made.shop)
        synced(self.made)

    def tags(self) -> list[str]:
        return [" ".join(self.made.at_shopify.customers[one].tags) for one in self.people]

    def post(self, path: str, **form: str) -> str:
        """A form as App Bridge signs it; the page that follows, in words."""
        bearer = {"Authorization": f"Bearer {session_token()}"}
        done = self.browser.post(path, headers=bearer, data=form)
        assert done.status_code == 303, done.text
        return self.page(done.headers["Location"])

    def page(self, path: str) -> str:
        shown = self.browser.get(path, headers={"Authorization": f"Bearer {session_token()}"})
        assert shown.status_code == 200, shown.text
        return " ".join(re.sub(r"<[^>]*>", " ", shown.text).split())

    def undo(self, what: str, which: str) -> None:
        """The merchant sees it first, and says yes to exactly that."""
        self.post("/undo/ask", what=what, which=which)
        found = re.search(r'name="upto" value="(\d+)"', self.browser.get(
            f"/undo?what={what}&which={which}", headers={"Authorization": f"Bearer {session_token()}"}
        ).text)  # fmt: skip
        assert found
        self.post("/undo/begin", what=what, which=which, upto=found[1])
        self.settle()


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Bakery]:
    with connected(given) as made:
        yield Bakery(made)


def stricter(made: Connected) -> None:
    """Rules 2: a client has ordered on three occasions."""
    with made.services.database.write() as tx:
        tx.run(sa.insert(rules).values(shop=made.shop, number=2, made_at=1, settings='{"occasions": 3}'))
        shops.change(tx, made.shop, rules=2, rejudge=True, rejudge_for=causes.ruled(2))


def taught(made: Connected) -> None:
    """Model 2: hardly anybody comes back to this shop."""
    with made.services.database.write() as tx:
        row = tx.run(sa.select(models).where(models.c.shop == made.shop)).one()._asdict()
        tx.run(sa.insert(models).values({**row, "number": 2, "readiness": 0.05, "taught": True}))
        shops.change(tx, made.shop, model=2, rejudge=True, rejudge_for=causes.learned(2))


@pytest.mark.parametrize(("change", "what", "told"), [
    (stricter, "rules", "Rules 2, tagged from"), (taught, "model", "What the shop taught, number 2, tagged from"),
])  # fmt: skip
def test_it_is_offered_undone_and_stays_undone_until_their_next_own_change(
    bakery: Bakery, change: Callable[[Connected], None], what: str, told: str
) -> None:
    """Judged anew by the same rules, the tags stay as they were before; who then orders is tagged by them again."""
    before = bakery.tags()
    assert before == ["client", "client", "buyer"]
    change(bakery.made)
    bakery.settle()
    assert bakery.tags() == ["buyer"] * 3
    assert told in bakery.page("/undo")
    bakery.undo(what, "2")
    assert bakery.tags() == before
    bakery.made.change(rejudge=True)
    bakery.settle()
    assert bakery.tags() == before
    assert "It is done: what it took back is not written again." in bakery.page("/undo")
    bakery.post("/undo/lift", undo="1")
    bakery.settle()
    assert bakery.tags() == ["buyer"] * 3


def test_who_is_marked_by_hand_is_left_alone_by_a_change_of_the_rules(bakery: Bakery) -> None:
    """Marked and lifted in the panel; the tags at the shop follow."""
    who = bakery.people[0]
    assert "You marked them" in bakery.post(f"/customers/Customer/{who}/mark-client")
    stricter(bakery.made)
    bakery.settle()
    assert bakery.tags() == ["client", "buyer", "buyer"]
    assert "By their orders they would be: buyer" in bakery.page(f"/customers/Customer/{who}")
    bakery.post(f"/customers/Customer/{who}/lift-mark")
    bakery.settle()
    assert bakery.tags() == ["buyer"] * 3


def test_a_mark_is_undone_like_any_tag_change(bakery: Bakery) -> None:
    """The tag goes back and stays, until the mark is lifted and their orders say something else."""
    who = str(bakery.people[0])
    bakery.post(f"/customers/Customer/{who}/mark-buyer")
    bakery.settle()
    assert bakery.tags()[0] == "buyer"
    assert "You marked them by hand, or lifted that" in bakery.page("/activity")
    bakery.undo("customer", who)
    assert bakery.tags()[0] == ""
    bakery.post("/undo/lift-customer", customer=who)
    bakery.settle()
    assert bakery.tags()[0] == "buyer"
    lift_override(bakery.made.services, bakery.made.shop, f"Customer/{who}")
    bakery.settle()
    assert bakery.tags()[0] == "client"
