"""Whose a tag is: what the ledger does not explain is the merchant's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.ownership import ADDED, REMOVED, another_app, compare, contradicts

NAMES = ("buyer", "client")


@pytest.mark.parametrize(
    ("current", "ours", "found", "unsure", "seen"),
    [
        # (at the shop, set by us, there before us, an answer lost) -> (ours, the merchant's, veto)
        ("vip buyer", "buyer", "", False, ("buyer", "", None)),
        ("vip", "buyer", "", False, ("", "", REMOVED)),
        ("vip client", "buyer", "", False, ("", "client", REMOVED)),
        ("buyer client", "buyer", "", False, ("buyer", "client", ADDED)),
        ("Client", "", "Client", False, ("", "Client", None)),
        ("CLIENT", "client", "", False, ("client", "", None)),
        # A tag that was there before us and said what we say: taking it off is a word too.
        ("vip", "", "client", False, ("", "", REMOVED)),
        # A lost answer, or a merge: what is not there was never set, or is off already.
        ("vip", "buyer", "", True, ("", "", None)),
        ("buyer", "buyer client", "", True, ("buyer", "", None)),
        ("buyer client", "buyer", "", True, ("buyer", "client", ADDED)),
        # Never looked at, or never written: whatever is there was there before us.
        ("client vip", "", None, False, ("", "client", None)),
        # Names were others once: an old tag is ours still, and a foreign one nobody's business.
        ("koper vip", "koper", "", False, ("koper", "", None)),
        ("koper", "", "", False, ("", "", None)),
    ],
)
def test_what_a_look_tells(
    current: str, ours: str, found: str | None, unsure: bool, seen: tuple[str, str, str | None]
) -> None:
    told = compare(
        current.split(),
        names=NAMES,
        ours=ours.split(),
        found=None if found is None else found.split(),
        unsure=unsure,
    )
    mine, theirs, veto = seen
    assert told[:3] == (tuple(mine.split()), tuple(theirs.split()), veto)


@pytest.mark.parametrize(
    ("current", "ours", "found", "added", "mark"),
    [
        # Our tag gave way to the other one: at once, or first the one and then the other.
        ("vip Client", "buyer", "", False, "Client"),
        ("client", "", "", False, "client"),
        ("client", "buyer", "client", True, "client"),
        # Both there, or none, or what was there before us: nobody can tell, or nobody said anything.
        ("buyer client", "buyer", "", False, None),
        ("vip", "buyer", "", False, None),
        ("client", "buyer", "client", False, None),
        ("client", "", None, False, None),
        ("buyer", "buyer", "", True, None),
        ("koper", "buyer", "", False, None),
    ],
)
def test_one_of_our_names_alone_that_somebody_set_says_what_the_customer_is(
    current: str, ours: str, found: str | None, added: bool, mark: str | None
) -> None:
    before = None if found is None else found.split()
    told = compare(current.split(), names=NAMES, ours=ours.split(), found=before, unsure=False, added=added)
    assert told.mark == mark


TAGS = st.sets(st.sampled_from(["buyer", "client", "Client", "vip", "koper"]))


@given(current=TAGS, ours=TAGS, found=st.none() | TAGS, unsure=st.booleans())
def test_a_second_look_at_the_same_tags_has_nothing_to_say(
    current: set[str], ours: set[str], found: set[str] | None, unsure: bool
) -> None:
    """And no tag is both ours and the merchant's, and none is either that is not there."""
    first = compare(current, names=NAMES, ours=ours, found=found, unsure=unsure)
    again = compare(current, names=NAMES, ours=first.ours, found=first.found, unsure=False)
    assert again == first._replace(veto=None, mark=None)
    mine, theirs, there = ({tag.casefold() for tag in tags} for tags in (first.ours, first.found, current))
    assert not mine & theirs
    assert mine | theirs <= there


@pytest.mark.parametrize(
    ("tags", "added", "here", "adding", "removing", "odd"),
    [
        # Our own changes come back as anybody's do.
        ("buyer", True, "buyer", "", "", False),
        ("buyer", True, "", "buyer", "", False),
        ("buyer", False, "", "", "", False),
        ("buyer", False, "buyer", "", "buyer", False),
        # Other people's.
        ("vip", True, "buyer", "", "", False),
        ("vip", False, "buyer", "", "", False),
        ("Client", True, "buyer", "", "", True),
        ("BUYER", False, "buyer", "", "", True),
        ("buyer", False, "", "buyer", "", True),
        ("buyer", True, "buyer", "", "buyer", True),
    ],
)
def test_only_word_that_contradicts_the_books_costs_a_look(
    tags: str, added: bool, here: str, adding: str, removing: str, odd: bool
) -> None:
    lists = {"here": here.split(), "adding": adding.split(), "removing": removing.split()}
    assert contradicts(tags.split(), added=added, names=NAMES, **lists) is odd


@pytest.mark.parametrize(
    ("lost", "tagged", "another"),
    [(20, 30, False), (21, 30, True), (21, 2079, False), (30, 2970, False), (31, 2970, True)],
)
def test_more_than_twenty_or_one_in_a_hundred_is_another_app(lost: int, tagged: int, another: bool) -> None:
    """Whichever is more, of those who were tagged before."""
    assert another_app(lost, tagged) is another
