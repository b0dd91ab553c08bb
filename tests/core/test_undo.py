"""Undo puts our tags back to what they were before a span of the ledger, and touches nobody else's."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core import causes
from plugin.core.moments import day_of
from plugin.core.undo import Left, Line, Span, Undoing, day_span, undoing, within

IMPORT, ORDERS, UNDO = causes.imported(3), causes.ORDERS, causes.undone(1)
ANNA = "Customer/1"
NOW = 1_760_000_000_000
ALL = Span(99, customer=ANNA)


def told(*texts: str) -> list[Line]:
    """Lines written as "add buyer", "add buyer unknown" or "add buyer done orders": done by the import if unsaid."""
    lines = []
    for number, text in enumerate(texts, 1):
        action, tag, *rest = text.split(" ", 3)
        state, cause = (*rest, *("done", IMPORT)[len(rest) :])
        lines.append(Line(number, ANNA, NOW + number * 60_000, action, tag, cause, state))
    return lines


def plan(lines: list[Line], span: Span, *ours: str) -> Undoing:
    return undoing(lines, span, ours=ours, held=False)


@pytest.mark.parametrize(
    ("lines", "ours", "remove", "add", "back", "after"),
    [
        (["add buyer"], ["buyer"], ["buyer"], [], [], []),
        (["add buyer unknown"], ["buyer"], ["buyer"], [], [], []),
        (["add buyer", "remove buyer", "add client"], ["client"], ["client"], [], [], []),
        (["add buyer done orders", "remove buyer", "add client"], ["client"], ["client"], ["buyer"], [], ["buyer"]),
        (["remove buyer"], [], [], ["buyer"], [], ["buyer"]),  # its "add" is older than the ledger
        (["remove buyer unknown"], ["buyer"], [], [], [], ["buyer"]),
        (["add buyer done orders", "add client failed"], ["buyer"], None, None, None, ["buyer"]),
        (["adopt client"], ["client"], [], [], ["client"], []),
        (["adopt client", "remove client"], [], [], ["client"], ["client"], []),
        (["add Buyer"], ["buyer"], ["buyer"], [], [], []),
        (["add buyer unknown orders", "add buyer"], ["buyer"], [], [], [], ["buyer"]),
        (["remove buyer unknown orders", "remove buyer"], [], [], ["buyer"], [], ["buyer"]),
        (["add buyer"], ["buyer", "old name"], ["buyer"], [], [], ["old name"]),
    ],
)
def test_an_undone_import_leaves_what_was_before_it(
    lines: list[str], ours: list[str], remove: list[str] | None, add: list[str], back: list[str], after: list[str]
) -> None:
    """`remove` None: the customer is left alone, for what failed never happened."""
    found = plan(told(*lines), Span(99, cause=IMPORT), *ours)
    assert found.ours == tuple(after)
    if remove is None:
        assert (found.left, found.lines) == (Left.NOTHING, ())
    else:
        assert (found.remove, found.add, found.back) == (tuple(remove), tuple(add), tuple(back))
        assert found.left is None


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], Left.NOTHING),
        (["add buyer done orders"], Left.NOTHING),
        (["add buyer failed"], Left.NOTHING),
        (["add buyer", "remove buyer done orders"], Left.CHANGED),
        (["add buyer", f"remove buyer done {UNDO}"], Left.UNDONE),
        (["add buyer", "remove buyer intended orders"], Left.UNDER_WAY),
        (["add buyer intended"], Left.UNDER_WAY),
    ],
)
def test_who_is_left_alone_is_told_why(lines: list[str], why: Left) -> None:
    assert plan(told(*lines), Span(99, cause=IMPORT), "buyer") == Undoing((), (), (), ("buyer",), (), why)


def test_whose_tag_is_held_is_left_alone() -> None:
    """The merchant's own word, a veto or a tag set in between, is worth more than the undo."""
    lines = told("add buyer")
    assert undoing(lines, ALL, ours=["buyer"], held=True) == Undoing((), (), (), ("buyer",), (), Left.HELD)
    assert (
        undoing(told("add buyer done orders"), Span(99, cause=IMPORT), ours=["buyer"], held=True).left is Left.NOTHING
    )


def test_what_came_after_the_preview_is_not_undone() -> None:
    """The merchant said yes to what was shown: a later change leaves the customer alone."""
    lines = told("add buyer", "remove buyer", "add client")
    assert plan(lines, ALL._replace(upto=1), "client").left is Left.CHANGED
    assert plan(lines, ALL, "client").lines == (1, 2, 3)


def test_a_span_narrows_by_all_it_names() -> None:
    (line,) = told("add buyer")
    assert within(Span(1), line)
    assert within(Span(1, ANNA, IMPORT, line.at, line.at + 1), line)
    for other in (
        Span(0), Span(1, "Customer/2"), Span(1, cause=causes.imported(4)), Span(1, since=line.at + 1),
        Span(1, until=line.at),
    ):  # fmt: skip
        assert not within(other, line)
    assert not within(Span(1), line._replace(cause=UNDO))


class Shop(NamedTuple):
    """What one customer carries: ours and the merchant's of our names, and the lines that made it so."""

    ours: frozenset[str]
    theirs: frozenset[str]
    lines: tuple[Line, ...]


def written(shop: Shop, action: str, tag: str, cause: str, state: str = "done") -> Shop:
    """What the app writes, if it can be: it neither adds what is there nor removes what is not ours."""
    ours, theirs, number = shop.ours, shop.theirs, len(shop.lines) + 1
    possible = {
        "add": tag not in ours | theirs, "remove": tag in ours, "adopt": tag in theirs, "return": tag in ours,
    }  # fmt: skip
    if not possible[action]:
        return shop
    if state == "done":
        ours = ours | {tag} if action in {"add", "adopt"} else ours - {tag}
        theirs = theirs - {tag} if action == "adopt" else theirs | {tag} if action == "return" else theirs
    return Shop(ours, theirs, (*shop.lines, Line(number, ANNA, NOW + number, action, tag, cause, state)))


def carried_out(shop: Shop, undo: Undoing) -> Shop:
    """The undo as it is written: removals, additions, then what goes back to the merchant."""
    for action, tags in (("remove", undo.remove), ("add", undo.add), ("return", undo.back)):
        for tag in tags:
            shop = written(shop, action, tag, UNDO)
    return shop


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "adopt"]),
        st.sampled_from(["buyer", "client"]),
        st.sampled_from(["done", "done", "done", "failed"]),
    ),
    max_size=8,
)
starts = st.sets(st.sampled_from(["buyer", "client", "VIP"])).map(lambda tags: Shop(frozenset(), frozenset(tags), ()))


def live(shop: Shop, changes: list[tuple[str, str, str]], cause: str) -> Shop:
    for action, tag, state in changes:
        shop = written(shop, action, tag, cause, state)
    return shop


@given(starts, steps, steps)
@settings(max_examples=300, deadline=None)
def test_undo_restores_exactly_and_twice_is_once(
    start: Shop, earlier: list[tuple[str, str, str]], imported: list[tuple[str, str, str]]
) -> None:
    before = live(start, earlier, ORDERS)
    after = live(before, imported, IMPORT)
    span = Span(len(after.lines), cause=IMPORT)
    undo = undoing(after.lines, span, ours=after.ours, held=False)
    undone = carried_out(after, undo)
    assert (undone.ours, undone.theirs) == (before.ours, before.theirs)
    assert undo.ours == tuple(sorted(before.ours))
    assert (undo.left is Left.NOTHING) == all(line.state == "failed" for line in after.lines[len(before.lines) :])
    again = undoing(undone.lines, span._replace(upto=len(undone.lines)), ours=undone.ours, held=False)
    assert carried_out(undone, again) == undone


@given(starts, steps)
@settings(deadline=None)
def test_an_empty_span_undoes_nothing(start: Shop, changes: list[tuple[str, str, str]]) -> None:
    shop = live(start, changes, ORDERS)
    undo = undoing(shop.lines, Span(99, since=NOW + 5, until=NOW + 5), ours=shop.ours, held=False)
    assert undo == Undoing((), (), (), tuple(sorted(shop.ours)), (), Left.NOTHING)


@given(
    st.sampled_from(["Europe/Brussels", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"]),
    st.integers(1_200_000_000_000, 1_800_000_000_000),
)
@settings(deadline=None)
def test_a_day_holds_the_moments_of_the_shops_zone(name: str, ms: int) -> None:
    """Also days of 23 and 25 hours, and those without a midnight or with two."""
    zone = ZoneInfo(name)
    since, until = day_span(day_of(ms, zone), zone)
    assert since <= ms < until
    assert day_of(since, zone) == day_of(until - 1, zone) == day_of(ms, zone)
