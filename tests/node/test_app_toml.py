"""Shopify's CLI reads our configuration as it stands, refuses a broken one, and runs the server that it names."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from plugin.config import ROOT, read_app_toml
from tests.journeys.app import bare_environment, free_port, until
from tests.material import require
from tests.node.packages import CLI, answers, command, installed

APP, WEB = "app.toml", "shopify.web.toml"

# What a tired person might do to the files -> a word of what the CLI says to it.
BROKEN = {
    "not TOML": (APP, "[webhooks]\n", "[webhooks\n", "shopify.app.toml"),
    "no client id": (APP, 'client_id = ""\n', "", "client_id"),
    "a long name": (APP, 'name = "Regulars"', f'name = "{"Regulars" * 4}"', "30 character"),
    "no address": (APP, '"https://example.com"\n', '"example.com"\n', "Invalid URL"),
    "embedded as a word": (APP, "embedded = true", 'embedded = "yes"', "Boolean"),
    "scopes as a list": (APP, 'scopes = "read_customers', 'scopes = ["read_customers"]  # "', "string"),
    "a misspelt section": (APP, "[pos]", "[point_of_sales]", "Unsupported section(s)"),
    "no API version": (APP, 'api_version = "2026-10"\n', "", "api_version"),
    "an address without a slash": (APP, 'uri = "/webhooks"', 'uri = "webhooks"', "URI format isn't correct"),
    "an unknown compliance topic": (APP, '"shop/redact"', '"shop/erase"', "compliance_topics"),
    "a topic twice": (APP, '"app/scopes_update", ', '"app/uninstalled", ', "duplicate"),
    "no command": (WEB, "\ndev = ", "\ndevelop = ", "commands.dev"),
    "a port as a word": (WEB, "webhooks_path", 'port = "8080"\nwebhooks_path', "port: "),
}


def project(folder: Path) -> Path:
    """A copy of our configuration, with the link by which the CLI finds it."""
    folder.mkdir()
    for name in (APP, WEB):
        shutil.copy(ROOT / name, folder)
    shutil.copy(ROOT / "shopify.app.toml", folder, follow_symlinks=False)
    return folder


def quiet(home: Path) -> dict[str, str]:
    """An environment in which the CLI writes its settings elsewhere and tells Shopify nothing."""
    places = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    return bare_environment() | places | {"SHOPIFY_CLI_NO_ANALYTICS": "1", "CI": "1"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the CLI says to our files, under "", and to each broken copy; all at once, for Node starts slowly."""
    require(lambda: installed(CLI))
    folder = tmp_path_factory.mktemp("cli")
    places = {"": project(folder / "right")}
    for number, (name, (file, right, wrong, _)) in enumerate(BROKEN.items()):
        places[name] = project(folder / str(number))
        text = (places[name] / file).read_text(encoding="utf-8")
        assert right in text
        (places[name] / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    said = answers("cli.mjs", CLI, [str(place) for place in places.values()], env=quiet(folder))
    return dict(zip(places, said, strict=True))


def test_the_link_leads_to_app_toml() -> None:
    """The CLI knows the file by its own name only; two files would drift apart."""
    assert os.readlink(ROOT / "shopify.app.toml") == APP


def test_the_cli_has_nothing_against_our_files(read: dict[str, dict[str, Any]]) -> None:
    assert read[""]["errors"] == []


def test_the_cli_reads_the_topics_that_we_read(read: dict[str, dict[str, Any]]) -> None:
    """The three compliance topics travel by another way, which the next test shows to be checked."""
    assert sorted(read[""]["topics"]) == sorted(read_app_toml().topics)


def test_the_cli_tells_our_webhooks_page_of_an_uninstall(read: dict[str, dict[str, Any]]) -> None:
    """It does when the app it develops has another address than before; ours is where app.toml says."""
    (web,) = read[""]["webs"]
    assert web["webhooks_path"] == read_app_toml().webhooks_path
    assert web["roles"] == ["frontend", "backend"]


@pytest.mark.parametrize("name", BROKEN)
def test_the_cli_refuses_broken_files(read: dict[str, dict[str, Any]], name: str) -> None:
    assert BROKEN[name][-1] in json.dumps(read[name]["errors"])


@pytest.fixture
def development(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address behind the CLI's tunnel while it runs our server as `shopify app dev` does, and what it says."""
    require(lambda: installed(CLI))
    if not (ROOT / ".venv" / "bin" / "regulars").exists():
        pytest.skip("shopify.web.toml runs .venv/bin/regulars, which is not there: run `make setup`")
    secrets = {
        "SECRET_KEY": "a long enough secret key",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{tmp_path}/regulars.db",
        "REGULARS_WITH_PARENT": "1",
    }
    proxy, port = free_port(), free_port()
    words = command("cli.mjs", CLI, str(project(tmp_path / "project")), str(ROOT), str(proxy), str(port))
    log = tmp_path / "log"
    with log.open("wb") as out:
        running = subprocess.Popen(words, env=quiet(tmp_path) | secrets, stdout=out, stderr=out, start_new_session=True)
    try:
        yield f"http://localhost:{proxy}", log
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(30)


def test_what_comes_through_the_cli_s_tunnel_is_answered_by_our_server(development: tuple[str, Path]) -> None:
    """The CLI hands over key, secret, address and port; HOST is the tunnel's URL, and not bound."""
    address, log = development

    def health() -> requests.Response | None:
        try:
            # The CLI's proxy does not answer at all while nothing stands behind it.
            answer = requests.get(f"{address}/healthz", timeout=1)
        except requests.RequestException:
            return None
        return answer if answer.ok else None

    until("Regulars to answer", health, seconds=60, instead=lambda: log.read_text(errors="replace"))
    refused = requests.post(f"{address}/webhooks", data=b"{}", timeout=5)
    assert refused.status_code == 401
