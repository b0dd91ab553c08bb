"""Charts: well-formed SVG whose shapes stand where the values say, whatever the words contain."""

from xml.etree import ElementTree

import pytest

from plugin.web.charts import BOTTOM, HIGH, LEFT, MOST, RIGHT, SHADES, TOP, WIDE, Series, bars, heat, lines

NASTY = '<script>"&\u05d0\u202e'


def drawn(svg: str) -> ElementTree.Element:
    """The picture, read as XML."""
    return ElementTree.fromstring(svg)


def shapes(svg: str, name: str, look: str) -> list[ElementTree.Element]:
    """Its shapes of a kind, with this among their classes, that say something."""
    return [
        one for one in drawn(svg).iter(name) if look in one.get("class", "").split() and one.find("title") is not None
    ]


def titles(svg: str, name: str, look: str) -> list[str]:
    """What they say."""
    return [one.findtext("title") or "" for one in shapes(svg, name, look)]


def days(number: int) -> list[tuple[int, str]]:
    """So many days in a row."""
    return [(day, f"day {day}") for day in range(number)]


def test_a_line_goes_from_the_first_day_to_the_last_between_0_and_a_round_number() -> None:
    svg = lines(
        "Who", days(3), [Series("clients", "client", [0, 40, 80]), Series("buyers", "buyer", [80, 80, 80])], str
    )
    spots = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in shapes(svg, "circle", "client")]
    bottom = HIGH - BOTTOM
    assert spots == [
        (LEFT, bottom),
        ((LEFT + WIDE - RIGHT) / 2, (TOP + bottom) / 2),
        (WIDE - RIGHT, TOP),
    ]
    assert titles(svg, "circle", "buyer") == ["day 0: buyers 80", "day 1: buyers 80", "day 2: buyers 80"]


def test_a_day_on_which_nothing_was_counted_leaves_room() -> None:
    svg = lines("Who", [(0, "a"), (1, "b"), (4, "c")], [Series("clients", "client", [1, 1, 1])], str)
    first, second, third = (float(one.get("cx", "")) for one in shapes(svg, "circle", "client"))
    assert (third - second) == pytest.approx(3 * (second - first))


@pytest.mark.parametrize("number", [2, MOST, MOST + 1, 400])
def test_of_many_days_some_are_drawn_and_always_the_first_and_the_last(number: int) -> None:
    said = titles(lines("Who", days(number), [Series("clients", "client", range(number))], str), "circle", "client")
    assert len(said) <= MOST + 1
    assert said[0] == "day 0: clients 0"
    assert said[-1] == f"day {number - 1}: clients {number - 1}"


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (7, ["0", "2", "4", "6", "8"]),
        (100, ["0", "50", "100"]),
        (21, ["0", "10", "20", "30"]),
        (3999, ["0", "1000", "2000", "3000", "4000"]),
    ],
)
def test_an_axis_has_a_few_round_numbers(most: int, marks: list[str]) -> None:
    svg = lines("Who", [(0, "a"), (1, "b")], [Series("clients", "client", [0, most])], str)
    ends = [one.text for one in drawn(svg).iter("text") if one.get("text-anchor") == "end"]
    assert ends == [*marks, "b"]


def test_long_words_on_the_axis_have_room() -> None:
    """The largest shop, in the currency that is longest to say."""
    svg = lines("Who", [(0, "a"), (1, "b")], [Series("clients", "client", [0, 1])], lambda value: "1 000 000 $US")
    marks = [one for one in drawn(svg).iter("text") if one.text == "1 000 000 $US"]
    assert min(float(one.get("x", "")) for one in marks) > 6 * len("1 000 000 $US")
    assert [float(one.get("x1", "")) - float(marks[0].get("x", "")) for one in drawn(svg).iter("line")] == [6.0, 6.0]


def test_bars_stand_on_each_other_and_what_was_paid_back_is_no_bar() -> None:
    """A month may have given back more than it took."""
    months = [("J", "January"), ("F", "February")]
    svg = bars(
        "Revenue", months, [Series("clients", "client", [30, -5]), Series("buyers", "buyer", [10, 40])], str, str
    )
    lower, upper = shapes(svg, "rect", "client"), shapes(svg, "rect", "buyer")
    assert float(upper[0].get("y", "")) + float(upper[0].get("height", "")) == pytest.approx(
        float(lower[0].get("y", ""))
    )
    assert float(lower[1].get("height", "")) == 0
    assert float(upper[1].get("y", "")) == TOP
    assert titles(svg, "rect", "client") == ["January: clients 30", "February: clients -5"]


def test_the_largest_share_is_the_darkest_and_what_is_not_known_is_empty() -> None:
    svg = heat("Again", ["1", "2"], [("May", [0.0, 0.4]), ("June", [0.2, None])], lambda share: f"{share:.0%}")
    cells = shapes(svg, "rect", "cell")
    assert [one.get("class", "").split()[1] for one in cells] == ["heat-0", f"heat-{SHADES - 1}", "heat-3"]
    assert titles(svg, "rect", "cell") == ["May, 1: 0%", "May, 2: 40%", "June, 1: 20%"]


@pytest.mark.parametrize(
    "svg",
    [
        lines(NASTY, [(0, NASTY), (1, NASTY)], [Series(NASTY, "client", [0, 0])], lambda value: NASTY),
        bars(NASTY, [(NASTY, NASTY)], [Series(NASTY, "client", [0])], lambda value: NASTY, lambda value: NASTY),
        heat(NASTY, [NASTY], [(NASTY, [0.0])], lambda value: NASTY),
        heat(NASTY, [NASTY], [], lambda value: NASTY),
    ],
    ids=["lines", "bars", "heat", "empty"],
)
def test_words_stay_words_and_no_style_is_set(svg: str) -> None:
    """The page's policy would refuse a style, and whatever somebody named something is shown as it is."""
    picture = drawn(svg)
    assert picture.get("aria-label") == NASTY
    assert picture.get("role") == "img"
    assert not [one for one in picture.iter() if one.tag == "script" or "style" in one.attrib]
