"""What README, ARCHITECTURE and the Makefile say is what the code does; what is published names nobody's machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.config import ROOT, Settings, read_app_toml
from plugin.core.explain import explain
from plugin.core.model import DEFAULT_RULES, PRIOR
from plugin.core.orders import Ignored, Judged, pack_products
from plugin.core.retention import KEPT
from tests.material import admin_schema, require
from webhooks.topics import TOPICS

PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
MORE_PAGES = tuple(sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")))
# Written so that this file does not hold what it looks for.
FORBIDDEN = {
    "the host name of a package registry": re.compile(
        r"\b(?:pypi|pythonhosted|npmjs|debian|ubuntu|docker|crates|rubygems)\.(?:org|com|io)\b"
    ),
    "a path in someone's home or work folder": re.compile(
        r"(?<![\w.:/}])(?:/(?:home|Users|root|work|workspace|mnt)/|[A-Z]:\\Users\\)[\w.]"
    ),
}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    """What stands under a heading of the second level, up to the next one."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no section {title!r}"
    return found[1]


def first_cells(table: str) -> set[str]:
    """The code in the first column of a table."""
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def test_the_settings_table_lists_every_setting_and_no_other() -> None:
    assert first_cells(section("README.md", "Settings")) == {name.upper() for name in Settings.model_fields}


def test_a_setting_is_required_in_the_table_when_the_app_cannot_run_without_it() -> None:
    for name, field in Settings.model_fields.items():
        (default,) = re.findall(rf"^\| `{name.upper()}` \| ([^|]+) \|", section("README.md", "Settings"), re.MULTILINE)
        assert (default == "required") == field.is_required(), name


def test_the_retention_table_says_what_the_job_carries_out() -> None:
    told = re.findall(
        r"^\| (.+) \| (.+) \| (.+) \|$", section("README.md", "What is kept, and for how long"), re.MULTILINE
    )
    assert told[1:] == [(keep.what, keep.how_long, keep.why) for keep in KEPT]


def test_the_commands_table_lists_every_command_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^ {4}([a-z]+)(?: |$)", capsys.readouterr().out, re.MULTILINE)
    told = {command.split()[1] for command in first_cells(section("README.md", "Commands"))}
    assert commands
    assert told == set(commands)


def layout() -> Iterator[Path]:
    """Every path of ARCHITECTURE's layout: folders by indentation, names before the first wide gap."""
    folders: list[tuple[int, Path]] = []
    for line in section("ARCHITECTURE.md", "Layout").splitlines():
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        while folders and folders[-1][0] >= depth:
            folders.pop()
        inside = folders[-1][1] if folders else ROOT
        names = re.split(r" {2,}", line.strip())[0].split()
        yield from (inside / name for name in names)
        if names[0].endswith("/"):
            folders.append((depth, inside / names[0]))


def test_every_path_of_the_layout_exists() -> None:
    named = list(layout())
    assert len(named) > 70
    assert [str(path.relative_to(ROOT)) for path in named if not path.exists()] == []


def test_the_layout_names_every_folder_of_the_code() -> None:
    folders = {path.parent for code in ("plugin", "webhooks") for path in (ROOT / code).rglob("__init__.py")}
    assert folders - set(layout()) - {ROOT / "plugin" / "db" / "migrations"} == set()


def test_the_layout_names_every_file_of_the_code() -> None:
    """But the simulator's, which are a stranger's, and migrations."""
    files = {path for code in ("plugin", "webhooks") for path in (ROOT / code).rglob("[!_]*.py")}
    unnamed = {path for path in files - set(layout()) if not {"simulator", "migrations"} & {*path.parts}}
    assert sorted(str(path.relative_to(ROOT)) for path in unnamed) == []


def anchors(text: str) -> set[str]:
    """The headings of a page as a link names them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [*PAGES, *MORE_PAGES])
def test_every_place_that_a_page_links_to_exists(name: str) -> None:
    """Pictures apart: they are made from a running demo."""
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]*)\)", page(name))
    broken = []
    for link in (one for one in links if "://" not in one):
        file, _, anchor = link.partition("#")
        target = (ROOT / name).parent / file if file else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


def test_the_worked_example_is_what_the_verdict_says() -> None:
    """A customer of Anna's Bakery: bread, bread again, a cancelled cake, a cake."""
    days = [(3, 1, "bread"), (3, 31, "bread"), (4, 10, "cancelled"), (4, 30, "cake")]
    orders = [
        Judged(
            date(2026, month, day).toordinal(),
            Ignored.CANCELLED if what == "cancelled" else Ignored.COUNTED,
            False,
            pack_products([1 if what == "bread" else 2]),
        )
        for month, day, what in days
    ]
    numbered = [(place, f"#{place}", order) for place, order in enumerate(orders)]
    today = date(2026, 5, 30).toordinal()
    steps = [explain(numbered[: place + 1], PRIOR, DEFAULT_RULES, today).verdict for place in range(len(days))]
    assert [(step.kind.name, step.weight) for step in steps] == [
        ("BUYER", 1.0), ("BUYER", 1.5), ("BUYER", 1.5), ("CLIENT", 2.5),
    ]  # fmt: skip
    assert explain(numbered, PRIOR, DEFAULT_RULES, today).sentence in " ".join(page("README.md").split())


def test_app_toml_asks_for_exactly_the_topics_that_have_a_function() -> None:
    app = read_app_toml()
    compliance = {"customers/data_request", "customers/redact", "shop/redact"}
    assert app.compliance_topics == compliance
    assert app.topics == TOPICS - compliance


def test_every_topic_is_one_that_the_real_api_knows() -> None:
    """The three compliance topics are not in the enum: they are set in the app's configuration only."""
    known = require(admin_schema).type_map["WebhookSubscriptionTopic"].values
    assert {topic for topic in read_app_toml().topics if re.sub(r"[/.]", "_", topic).upper() not in known} == set()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: your system's package of that name")
def test_make_help_lists_every_target() -> None:
    """A target without a `##` comment would stay unknown."""
    calm = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    said = subprocess.run(["make", "help"], cwd=ROOT, env=calm, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", page("Makefile"), re.MULTILINE)
    assert targets
    assert re.findall(r"^ +make ([a-z-]+)", said, re.MULTILINE) == targets[1].split()
    assert set(first_cells(section("CONTRIBUTING.md", "Commands"))) <= {f"make {name}" for name in targets[1].split()}


def published() -> Iterator[Path]:
    """The files that git keeps, as they lie here."""
    git = shutil.which("git")
    said = git and subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if not said or said.returncode:
        pytest.skip("this is no git checkout: only git knows which files are published")
    return (path for name in said.stdout.split("\0") if name and (path := ROOT / name).is_file())


def test_no_file_is_over_300_lines() -> None:
    """Migrations apart: they are written down by Alembic."""
    code = [path for path in published() if path.suffix in {".py", ".js", ".mjs", ".html"}]
    long = [path for path in code if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    assert [str(path.relative_to(ROOT)) for path in long if "migrations" not in path.parts] == []


def test_no_published_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    """A mirror must do as well as the registry, and the next machine is another one."""
    machine = [str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 2]
    here = re.compile("|".join(rf"(?<![\w./-]){re.escape(folder)}(?![\w-])" for folder in machine) or r"(?!)")
    patterns = FORBIDDEN | {"a folder of this machine": here}
    found = []
    for path in published():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in patterns.items() if pattern.search(text)]
    assert found == []
