"""The texts for the App Store fit its form, say the same in every language, and claim nothing that is not there."""

import re
import tomllib
from itertools import chain

import pytest

from plugin.config import APP_TOML, ROOT, read_app_toml
from plugin.core.retention import KEPT

PLACE = ROOT / "docs" / "app-store"
LANGUAGES = ("en", "fr", "nl")
SEVERAL = ("Features", "Search terms")
# What is planned only; "no e-mail address is read" is another matter.
PLANNED = re.compile(r"\b(newsletter|campaign|campagne|reward|récompense|beloning|coupon|artificial|AI)", re.IGNORECASE)


def text(name: str) -> str:
    return (PLACE / name).read_text(encoding="utf-8")


def rows(name: str, title: str) -> list[list[str]]:
    """The cells of the table under a heading of the second level, without its head."""
    (under,) = re.findall(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text(name), re.MULTILINE | re.DOTALL)
    table = [line.strip("| ").split(" | ") for line in under.splitlines() if line.startswith("|")]
    return table[2:]


def listing(language: str) -> dict[str, list[str]]:
    """Field of the form -> what goes into it."""
    fields = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text(f"listing.{language}.md"), re.MULTILINE | re.DOTALL)
    return {
        field: re.findall(r"^- (.*)$", body, re.MULTILINE) if field in SEVERAL else [body.strip()]
        for field, body in fields
    }


LIMITS = {field: (int(length), int(many)) for field, length, many in rows("README.md", "Lengths")}


def test_the_name_has_the_length_that_shopify_allows() -> None:
    """The one limit that Shopify's CLI checks too."""
    assert LIMITS["App name"] == (30, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_the_listing_fits(language: str) -> None:
    fields = listing(language)
    assert fields.keys() == LIMITS.keys()
    for field, said in fields.items():
        length, many = LIMITS[field]
        assert 1 <= len(said) <= many, field
        assert [one for one in said if not 0 < len(one) <= length or "\n" in one] == [], field


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_listing_names_the_app_as_its_configuration_does(language: str) -> None:
    app = tomllib.loads(APP_TOML.read_text(encoding="utf-8"))
    assert listing(language)["App name"] == [app["name"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_listing_has_nothing_left_to_fill_in_and_nothing_that_is_only_planned(language: str) -> None:
    said = " ".join(chain.from_iterable(listing(language).values()))
    assert "[" not in said
    assert PLANNED.findall(said) == []
    assert "Shopify" not in said


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_says_as_much_as_the_english(language: str) -> None:
    for field in SEVERAL:
        assert len(listing(language)[field]) == len(listing("en")[field])


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_privacy_page_names_the_same_times_and_rights_in_every_language(language: str) -> None:
    """Row by row, and in the sentences after the table."""
    english, other = text("privacy.en.md"), text(f"privacy.{language}.md")
    for shape in (r"^\|.*$", r"^- ", r"^## ", r"\["):
        assert len(re.findall(shape, other, re.MULTILINE)) == len(re.findall(shape, english, re.MULTILINE)), shape
    assert re.findall(r"\d+", other) == re.findall(r"\d+", english)


KEPT_UNDER = {
    "en": "What is kept, and for how long",
    "fr": "Ce qui est conservé, et combien de temps",
    "nl": "Wat wordt bewaard, en hoe lang",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_page_promises_the_days_that_the_clock_carries_out(language: str) -> None:
    """Every one of them, and no other."""
    told = [how_long for _, how_long in rows(f"privacy.{language}.md", KEPT_UNDER[language])]
    days = [int(number) for how_long in told for number in re.findall(r"\d+", how_long)]
    assert sorted(days) == sorted(keep.days for keep in KEPT if keep.days)


@pytest.mark.parametrize(
    ("language", "what", "end"),
    [
        ("en", "access tokens", "until the app is uninstalled"),
        ("fr", "jetons d’accès", "jusqu’à la désinstallation de l’application"),
        ("nl", "toegangstokens", "tot de app wordt verwijderd"),
    ],
    ids=LANGUAGES,
)
def test_the_privacy_page_says_that_tokens_go_when_the_app_does(language: str, what: str, end: str) -> None:
    """Long before the shop is erased."""
    assert [row[1] for row in rows(f"privacy.{language}.md", KEPT_UNDER[language]) if what in row[0]] == [end]


def test_reviewers_are_given_a_reason_for_every_scope() -> None:
    reasons = text("review.md")
    assert [scope for scope in read_app_toml().scopes if f"`{scope}`" not in reasons] == []
