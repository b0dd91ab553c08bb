"""Every bit of markup the pages share stands in one file, and none of it asks for more than the policy allows."""

import re
from pathlib import Path

import pytest

from plugin.config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BEHAVIOUR = re.compile(r"""\s(?:style|on\w+|hx-[\w:-]+|data-hx-[\w:-]+)\s*=|javascript:""")


def attributes(template: Path) -> list[str]:
    """What in a template is style, a handler, or a word to htmx."""
    return [found.strip() for found in BEHAVIOUR.findall(template.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_no_style_and_no_handler_of_its_own(template: Path) -> None:
    """The policy would not let it run; and htmx is told what to do in the frame of all pages only."""
    if template.name == "_panel.html":
        assert {name.rstrip("=") for name in attributes(template)} == {
            "hx-boost:inherited", "hx-sync:inherited", "hx-disable:inherited",
        }  # fmt: skip
    else:
        assert attributes(template) == []


def test_a_handler_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p style="color: red" onclick="go()"><a hx-get="/x" href="javascript:go()">')
    assert attributes(page) == ["style=", "onclick=", "hx-get=", "javascript:"]
