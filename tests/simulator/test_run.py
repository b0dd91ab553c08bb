"""Starting a simulation from app.toml and the command line."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import requests

from plugin.simulator import run
from plugin.simulator.app_toml import AppTomlError, world_of

TOML = """
client_id = "1234"
name = "Oak"
application_url = "https://oak.example.com"
[access_scopes]
scopes = "read_orders, write_customers"
[auth]
redirect_urls = ["https://oak.example.com/auth/callback", "https://other.example.com/auth"]
[webhooks]
api_version = "2026-10"
[[webhooks.subscriptions]]
topics = ["orders/create", "orders/updated"]
uri = "/webhooks"
include_fields = ["id", "customer.id"]
[[webhooks.subscriptions]]
topics = ["app/uninstalled"]
compliance_topics = ["shop/redact"]
uri = "/webhooks"
"""
HISTORY = "customer,date,amount\nAnna,2026-03-01,5\nAnna,2026-03-05,5\nOak Ltd,2026-03-08,5\nOak Ltd,2026-03-10,5\n"


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "app.toml"
    path.write_text(TOML)
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(HISTORY)
    return path


def test_the_world_is_what_app_toml_declares(toml: Path) -> None:
    world = world_of(toml)
    assert (world.app_name, world.app_url, world.api_version) == ("Oak", "https://oak.example.com", "2026-10")
    assert world.scopes == ("read_orders", "write_customers")
    assert world.webhooks_uri == "https://oak.example.com/webhooks"
    assert world.subscriptions == {
        "orders/create": ("id", "customer.id"),
        "orders/updated": ("id", "customer.id"),
        "app/uninstalled": None,
        "shop/redact": None,
    }


def test_a_real_client_id_is_not_used(toml: Path) -> None:
    assert world_of(toml).api_key == "simulated-key"


def test_in_development_the_apps_url_replaces_the_declared_one(toml: Path) -> None:
    """In its own redirect URLs too, as Shopify's CLI does; webhooks may go to yet another address."""
    world = world_of(toml, app_url="http://127.0.0.1:8000/", app_address="http://127.0.0.1:8001")
    assert world.app_url == "http://127.0.0.1:8000"
    assert world.redirect_urls == ("http://127.0.0.1:8000/auth/callback", "https://other.example.com/auth")
    assert world.webhooks_uri == "http://127.0.0.1:8001/webhooks"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("application_url", "homepage"), "application_url is missing"),
        (("api_version", "version"), "api_version is missing"),
        (('"orders/updated"]', '"app/uninstalled"]'), "app/uninstalled is subscribed twice"),
        (("include_fields", "filter"), "filter is not simulated"),
        (("[auth]", "[auth"), "app.toml:"),
    ],
)
def test_what_cannot_be_followed_in_app_toml_is_named(toml: Path, change: tuple[str, str], words: str) -> None:
    toml.write_text(TOML.replace(*change))
    with pytest.raises(AppTomlError, match=words):
        world_of(toml)


def test_a_simulation_keeps_the_last_days_of_a_file_for_the_play(toml: Path, history: Path) -> None:
    server = run.simulate(app_toml=toml, history=history, days=4)
    try:
        assert len(server.world.shops[run.SHOP].orders) == 2
        assert server.player.status()["state"] == "waiting"
    finally:
        server.close()


def test_a_simulation_imports_up_to_the_day_that_was_named(toml: Path, history: Path) -> None:
    server = run.simulate(app_toml=toml, history=history, import_until=date(2026, 3, 1), zone="Europe/Paris")
    server.close()
    assert len(server.world.shops[run.SHOP].orders) == 1


@pytest.mark.parametrize("name", ["api_key", "secret", "old_secret"])
def test_real_credentials_are_refused(toml: Path, name: str) -> None:
    with pytest.raises(ValueError, match="takes no real credentials"):
        run.simulate(app_toml=toml, history=None, **{name: "0123456789abcdef"})


def test_the_command_runs_until_it_is_told_to_stop(toml: Path, history: Path) -> None:
    words = [sys.executable, "-m", "plugin.simulator.run", "--app-toml", str(toml), "--history", str(history)]
    command = subprocess.Popen([*words, "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=run.APP_TOML.parent)
    assert command.stdout is not None
    with command, command.stdout:
        first = command.stdout.readline()
        address = first.split(" at ")[1].split()[0]
        assert requests.get(f"{address}/_simulator/", timeout=10).json()["shops"][run.SHOP]["orders"] == 4
        command.terminate()


def test_an_unknown_time_zone_is_refused(toml: Path) -> None:
    with pytest.raises(ValueError, match="no time zone Mars/Base"):
        run.simulate(app_toml=toml, history=None, zone="Mars/Base")


def test_a_domain_that_is_no_shops_is_refused(toml: Path) -> None:
    with pytest.raises(ValueError, match="is no shop domain"):
        run.simulate(app_toml=toml, history=None, shop="oak.example.com")


def test_a_mistake_on_the_command_line_ends_it_in_words(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--app-toml", str(toml), "--history", "/no/such/file.csv"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_help_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(os.environ, "SHOPIFY_API_SECRET", "shpss_very_real")
    with pytest.raises(SystemExit):
        run.main(["--help"])
    said = capsys.readouterr().out
    assert "SHOPIFY_API_SECRET" in said
    assert "very_real" not in said
