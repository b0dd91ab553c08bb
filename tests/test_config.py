"""Settings are complete and right, or every mistake is said at once, in words."""

import re
from pathlib import Path
from typing import Any

import pytest

from plugin.config import described, load, read_app_toml
from plugin.errors import GiveUp


def refused(**given: Any) -> list[str]:
    with pytest.raises(GiveUp) as error:
        load(**given)
    return str(error.value).splitlines()


def test_an_empty_environment_names_every_missing_setting_and_how_to_get_it() -> None:
    """A newcomer reads one message and can fix everything."""
    mistakes = refused()
    for name in ("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "APP_URL", "SECRET_KEY", "ENCRYPTION_KEYS"):
        assert [line for line in mistakes if line.startswith(f"{name} is not set: ")]


def test_all_mistakes_come_at_once(given: dict[str, str]) -> None:
    """Nobody fixes one mistake only to meet the next."""
    wrong = {"app_url": "http://shop.example.com", "port": "99999", "encryption_keys": "short", "secret_key": "x"}
    assert len(refused(**{**given, **wrong})) == 4


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("app_url", "http://app.example.com", "must be https"),
        ("app_url", "app.example.com", "must be an address"),
        ("app_url", "https://app.example.com/panel", "must have no path"),
        ("encryption_keys", "c2hvcnQ=", "key 1 is not 32 bytes"),
        ("secret_key", "short", "at least 16 characters"),
        ("database_url", "mysql://here", "must begin with sqlite:/// (a file) or postgresql:// (a server)"),
        ("database_url", "postgresql://oak:pass@here:ltd/oak", "must be like postgresql://user:password@host:5432"),
        ("shopify_simulator", "http://simulator.example.com", "must be an address of this machine"),
        ("shopify_api_key", "5f3a", "refused with real credentials"),
        ("port", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_value_is_refused_in_words(given: dict[str, str], setting: str, value: str, words: str) -> None:
    """The message says what the value must be."""
    assert any(words in line for line in refused(**{**given, setting: value}))


def test_real_credentials_never_meet_the_simulator(given: dict[str, str]) -> None:
    """The development setting diverts every call, so it must not be on with a real app's key."""
    [mistake] = refused(**{**given, "shopify_api_key": "5f3a"})
    assert mistake.startswith("SHOPIFY_SIMULATOR sends every call to a simulated Shopify and is refused with real")
    assert mistake.endswith("unset it, or use an API key that begins with 'simulated-'.")


def test_simulated_credentials_never_meet_the_real_shopify(given: dict[str, str]) -> None:
    """A forgotten SHOPIFY_SIMULATOR is noticed at start, not at the first call."""
    del given["shopify_simulator"]
    assert refused(**given) == ["SHOPIFY_SIMULATOR must be set when SHOPIFY_API_KEY is a simulated one."]


def test_a_url_as_host_is_never_bound(given: dict[str, str]) -> None:
    """Shopify's CLI sets HOST to the tunnel's URL."""
    assert load(**given, host="https://quiet-fox.trycloudflare.com").host == "127.0.0.1"


def test_the_environment_is_read(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `given` leaves out comes from the environment."""
    for name, value in given.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("SHOPIFY_OLD_API_SECRET", "simulated-older")
    assert load().port == 8123
    assert load().secrets == ("simulated-secret", "simulated-older")


def test_secrets_are_hidden_when_settings_are_shown(given: dict[str, str]) -> None:
    """`regulars check` may be pasted into a bug report."""
    shown = " ".join(" ".join(row) for row in described(load(**given)))
    for secret in ("shopify_api_secret", "secret_key", "encryption_keys"):
        assert given[secret] not in shown


def test_app_toml_asks_for_no_personal_data() -> None:
    """No name, address, e-mail or phone of a customer is ever asked for."""
    text = Path(__file__).parents[1].joinpath("app.toml").read_text(encoding="utf-8")
    asked = re.findall(r'"([a-z_.]+)"', "".join(re.findall(r"include_fields = \[.*?\]", text, re.DOTALL)))
    assert len(asked) > 40
    personal = re.compile(r"address|(^|[._])(first_name|last_name|email|phone|note)($|\.)|customer\.(?!id$)")
    assert [path for path in asked if personal.search(path)] == []


def test_optional_scopes_are_told_from_those_the_app_cannot_do_without(tmp_path: Path) -> None:
    ours = Path(__file__).parents[1].joinpath("app.toml").read_text(encoding="utf-8")
    other = tmp_path / "app.toml"
    other.write_text(ours.replace("[access_scopes]", '[access_scopes]\noptional_scopes = ["read_discounts"]'))
    assert read_app_toml(other).optional_scopes == ("read_discounts",)
    assert read_app_toml(other).scopes == read_app_toml().scopes
    assert read_app_toml().optional_scopes == ()


def test_an_unreadable_app_toml_is_said_in_words(tmp_path: Path) -> None:
    """A broken file names the file and the place."""
    broken = tmp_path / "app.toml"
    broken.write_text("[webhooks\n")
    with pytest.raises(GiveUp, match=r"app\.toml is not valid TOML"):
        read_app_toml(broken)
    with pytest.raises(GiveUp, match=r"cannot be read"):
        read_app_toml(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://oak:a-secret@here:5432/oak",
        "postgres://oak:a-secret@w@here/oak",
        "postgresql://here/oak?password=a-secret",
    ],
)
def test_the_password_of_a_database_is_hidden(given: dict[str, str], url: str) -> None:
    """Wherever in the URL it stands."""
    settings = load(**{**given, "database_url": url})
    [shown] = [value for name, value, _ in described(settings) if name == "DATABASE_URL"]
    assert shown.startswith(url.partition("://")[0])
    assert "here" in shown
    assert "a-secret" not in f"{shown} {settings!r}"
