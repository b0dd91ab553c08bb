"""Property: whatever orders, merchants, other apps, time, imports, undos and crashes do, and in whatever order, a tag
that is not ours is never touched, a merchant's word stands, and our tags say the verdicts in the end."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from plugin.core import ownership
from tests.connected import connected
from tests.databases import drop, fresh
from tests.usecases.many_hands import Hands, Mark

WHO = st.integers(0, 4)
NAMED = st.sampled_from(["buyer", "client", "Client", "sweet tooth"])
GIVEN: dict[str, str] = {}


class ManyHands(RuleBasedStateMachine):
    """Each rule is one deed of somebody's; what must be true is checked after every deed of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.ending = ExitStack()
        place = Path(self.ending.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        url = fresh(place)
        self.ending.callback(drop, url)
        patch = self.ending.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(ownership, "FEW", 2)
        self.hands = Hands(self.ending.enter_context(connected(GIVEN | {"database_url": url})))
        self.marked: Mark | None = None

    def teardown(self) -> None:
        """At the end all is settled, and right."""
        try:
            self.hands.settle()
            self.hands.check_settled()
        finally:
            self.ending.close()

    def person(self, who: int) -> int:
        return self.hands.people[who]

    @rule(who=WHO, days=st.integers(0, 40))
    def order(self, who: int, days: int) -> None:
        if days:
            self.hands.pass_days(days)
        self.hands.order(self.person(who))

    @rule(who=WHO)
    def refund(self, who: int) -> None:
        self.hands.refund(self.person(who))

    @rule(who=WHO, add=st.sets(NAMED, max_size=2), remove=st.sets(NAMED, max_size=2))
    def edit(self, who: int, add: set[str], remove: set[str]) -> None:
        add = {tag for tag in add if tag.casefold() not in {one.casefold() for one in remove}}
        self.hands.edit(self.person(who), add={tag.casefold(): tag for tag in add}.values(), remove=remove)

    @rule()
    def copy(self) -> None:
        self.hands.copy()

    @precondition(lambda self: self.hands.stale)
    @rule(people=st.sets(WHO, min_size=1))
    def overwrite(self, people: set[int]) -> None:
        self.hands.overwrite(self.person(who) for who in sorted(people))

    @precondition(lambda self: self.hands.wire)
    @rule(number=st.integers(1, 9), seed=st.integers(0, 99), twice=st.booleans())
    def deliver(self, number: int, seed: int, twice: bool) -> None:
        self.hands.deliver(number, seed=seed, twice=twice)

    @precondition(lambda self: self.hands.wire)
    @rule()
    def lose(self) -> None:
        self.hands.lose()

    @rule()
    def turn(self) -> None:
        self.hands.turn()

    @rule()
    def settle(self) -> None:
        self.hands.settle()
        self.hands.check_settled()

    @rule(what=st.sampled_from(["write", "call", "answer"]), at=st.integers(1, 6))
    def crash(self, what: str, at: int) -> None:
        self.hands.crash(what, at)

    @rule(days=st.integers(1, 300))
    def sweep(self, days: int) -> None:
        self.hands.pass_days(days)

    @rule()
    def read_anew(self) -> None:
        self.hands.import_again()

    @rule(who=WHO)
    def lift(self, who: int) -> None:
        self.hands.lift(self.person(who))

    @precondition(lambda self: self.hands.bakery.known.paused_at is not None)
    @rule(restore=st.booleans())
    def answer(self, restore: bool) -> None:
        self.hands.answer(restore=restore)

    @rule(people=st.sets(WHO, min_size=1, max_size=3), edited=st.none() | WHO)
    def undo_a_day(self, people: set[int], edited: int | None) -> None:
        """A day's orders are written as tags, somebody changes one of those, and the day is undone."""
        marked = self.hands.mark()
        self.hands.pass_days(7)
        for who in sorted(people):
            self.hands.order(self.person(who))
        self.hands.settle()
        if edited is not None:
            self.hands.edit(self.person(edited), remove={"buyer", "client"})
        self.hands.undo(marked)

    @rule()
    def mark(self) -> None:
        self.marked = self.hands.mark()

    @precondition(lambda self: self.marked is not None)
    @rule()
    def undo(self) -> None:
        assert self.marked is not None
        self.hands.undo(self.marked)


@pytest.fixture(autouse=True)
def _given(given: dict[str, str]) -> None:
    GIVEN.update(given)


TestManyHands = ManyHands.TestCase
TestManyHands.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
