"""docs/development-store.md: every command is one that Shopify's CLI has, and what it makes is what Regulars takes."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse, validate

from plugin.config import ROOT, load
from tests.material import admin_schema, require
from tests.node.packages import CLI, installed

DOCS = ROOT / "docs"
PAGE = DOCS / "development-store.md"
TEXT = PAGE.read_text(encoding="utf-8")


def typed() -> list[list[str]]:
    """What a reader types that begins with `shopify`, on a line of its own or inside a sentence, on every page."""
    commands = []
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        lines = re.findall(r"^ {4,}(shopify .*)$", text, re.MULTILINE) + re.findall(r"`(shopify [^`]*)`", text)
        commands += [shlex.split(line)[1:] for line in lines]
    return commands


def whats_wrong(words: list[str], commands: dict[str, Any]) -> str | None:
    """Why the CLI would not take these words; None when it would."""
    plain = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    name = ":".join(words[:plain])
    if name not in commands:
        return f"no command {name}"
    flags, rest = commands[name]["flags"], iter(words[plain:])
    for word in rest:
        flag = flags.get(word.removeprefix("--"))
        if not word.startswith("--") or flag is None:
            return f"no option {word}"
        value = next(rest, "") if flag["type"] == "option" else None
        if value == "" or (value and flag.get("options") and value not in flag["options"]):
            return f"{word} may not be {value!r}"
    missing = [name for name, flag in flags.items() if flag.get("required") and f"--{name}" not in words]
    return f"--{missing[0]} is missing" if missing and plain < len(words) else None


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    manifest = require(lambda: installed(CLI)) / "node_modules" / "@shopify" / "cli" / "oclif.manifest.json"
    found: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["commands"]
    return found


def test_every_command_on_the_page_is_one_that_the_cli_has(commands: dict[str, Any]) -> None:
    asked = typed()
    assert len(asked) > 12
    assert {" ".join(words): wrong for words in asked if (wrong := whats_wrong(words, commands))} == {}


@pytest.mark.parametrize(
    "words",
    ["app config push", "app dev --shop x", "store create dev --plan free", "store auth --store x", "app dev --store"],
)
def test_a_command_that_it_does_not_have_would_be_noticed(commands: dict[str, Any], words: str) -> None:
    assert whats_wrong(words.split(), commands)


def test_the_page_names_the_version_that_it_is_held_against() -> None:
    assert set(re.findall(r"\b\d+\.\d+\.\d+\b", TEXT)) == {CLI[0].version}


def test_the_settings_that_the_page_makes_are_taken(tmp_path: Path) -> None:
    """The command writes a file; together with what the CLI hands over it is all that Regulars needs."""
    (line,) = re.findall(r"^ +python3 (-c .*) > \.env$", TEXT, re.MULTILINE)
    made = subprocess.run(
        [sys.executable, *shlex.split(line)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    settings = dict(one.split("=", 1) for one in made.stdout.splitlines())
    handed = {"shopify_api_key": "5f3a", "shopify_api_secret": "s", "app_url": "https://quiet-fox.trycloudflare.com"}
    assert load(**{name.lower(): value for name, value in settings.items()}, **handed).port == 8080


def test_the_order_that_the_page_writes_is_one_that_shopify_takes() -> None:
    schema = require(admin_schema)
    document = parse((DOCS / "order.graphql").read_text(encoding="utf-8"))
    assert validate(schema, document) == []
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    given = re.findall(r"--query-file docs/order\.graphql --variables '(.*)'$", TEXT, re.MULTILINE)
    assert len(given) == 2
    for variables in map(json.loads, given):
        assert not isinstance(get_variable_values(schema, operation.variable_definitions or (), variables), list)
