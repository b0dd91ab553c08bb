"""Tag plans: the right tag gets there, and nothing of anybody else's is touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.core.tags import TagPlan, check_name, check_names, default_names, plan_tags
from plugin.core.verdict import Kind

NAMES = {Kind.BUYER: "buyer", Kind.CLIENT: "Client"}


@pytest.mark.parametrize(
    ("current", "kind", "ours", "add", "remove"),
    [
        ([], Kind.BUYER, [], ("buyer",), ()),
        (["VIP"], Kind.CLIENT, [], ("Client",), ()),
        (["VIP", "buyer"], Kind.CLIENT, ["buyer"], ("Client",), ("buyer",)),
        (["BUYER"], Kind.CLIENT, ["buyer"], ("Client",), ("BUYER",)),
        (["CLIENT"], Kind.CLIENT, [], (), ()),
        (["Client"], Kind.CLIENT, ["Client"], (), ()),
        (["buyer", "Client"], Kind.NONE, ["Client"], (), ("Client",)),
        (["buyer"], Kind.NONE, [], (), ()),
        (["old name"], Kind.BUYER, ["old name"], ("buyer",), ("old name",)),
        ([], Kind.NONE, ["Client"], (), ()),
    ],
)
def test_a_plan_adds_the_tag_and_removes_what_was_ours(
    current: list[str], kind: Kind, ours: list[str], add: tuple[str, ...], remove: tuple[str, ...]
) -> None:
    assert plan_tags(current, kind, NAMES, ours) == TagPlan(add, remove)


tags = st.lists(
    st.one_of(st.sampled_from(["buyer", "Buyer", "client", "Client", "VIP"]), st.text(max_size=6)), max_size=6
)


@given(tags, st.sampled_from(Kind), tags)
@settings(deadline=None)
def test_tags_of_others_survive_any_plan(current: list[str], kind: Kind, ours: list[str]) -> None:
    plan = plan_tags(current, kind, NAMES, ours)
    mine = {tag.casefold() for tag in ours}
    assert set(plan.remove) <= {tag for tag in current if tag.casefold() in mine}
    assert set(plan.add) <= {NAMES.get(kind)}
    after = [tag for tag in current if tag not in plan.remove] + list(plan.add)
    assert plan_tags(after, kind, NAMES, [*ours, *plan.add]) == TagPlan((), ())
    assert not kind or NAMES[kind].casefold() in {tag.casefold() for tag in after}


def test_a_name_is_trimmed() -> None:
    assert check_name("  stammkunde ") == "stammkunde"
    assert check_name("x" * 40) == "x" * 40


@pytest.mark.parametrize(
    ("text", "words"), [("  ", "needs a name"), ("x" * 41, "40 characters"), ("a, b", "comma"), ("a\nb", "invisible")]
)
def test_what_cannot_be_a_tag_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_name(text)


def test_two_names_differ_in_more_than_capital_letters() -> None:
    """Shopify compares tags without case: one customer would carry one tag that says both."""
    assert check_names(" koper ", "Klant") == ("koper", "Klant")
    with pytest.raises(ValueError, match="different names"):
        check_names("Client ", "client")


@pytest.mark.parametrize("locale", ["fr", "FR-ca", "nl", "nl-BE", "de", "", "x"])
def test_names_to_begin_with_can_be_tags(locale: str) -> None:
    names = default_names(locale)
    assert check_names(*names) == names
    assert (names == ("buyer", "client")) == (locale[:2].lower() not in {"fr", "nl"})
