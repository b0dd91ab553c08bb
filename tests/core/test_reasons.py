"""Reasons that were kept as English sentences are told apart again."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.config import ROOT
from plugin.core.reasons import TEXTS, Reason, parts
from plugin.errors import filled

# Whatever these raise may be kept: of a tag change, an import, a comparison or a delivery.
KEPT = (
    "plugin/keyring.py",
    *(f"plugin/shopify/{name}.py" for name in ("answers", "bulk", "client", "failures", "gids", "refresh", "tags")),
    *(f"plugin/usecases/{name}.py" for name in ("ask_subscriptions", "find_deleted", "read_changes", "read_history")),
    *(f"plugin/usecases/{name}.py" for name in ("import_history", "rejudge", "settle_tags", "sync_in_bulk")),
    *(f"plugin/usecases/{name}.py" for name in ("sync_tags", "look", "carry_out_undo", "apply_facts", "install")),
    *(f"webhooks/topics/{name}.py" for name in ("registry", "fields", "app", "customers", "orders")),
    "plugin/core/moments.py",
    "plugin/core/money.py",
)
RAISED = {"GiveUp", "Gone", "Unknown", "Unsent", "Unauthorized", "Frozen", "TooDear", "Outcome", "ValueError", "end"}
# Those are told to who waits for the answer, and kept nowhere.
TOLD = ("is registered twice", "This installation link")


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_is_found_again_with_what_stands_at_its_places(text: str) -> None:
    values = {
        "shop": "oak-ltd.myshopify.com", "domain": "oak.example", "topic": "orders/create", "error": "KeyError",
        "status": "503", "answer": "Tag is invalid; try (another): one", "why": "Shopify's answer is not JSON",
        "field": "$.id", "wanted": "int", "found": "str", "times": "4", "gone": "1,021", "asked": "2,300",
        "lines": "2", "points": "1,200", "most": "1,000",
    }  # fmt: skip
    wanted = {name: values.get(name, "x7") for name in _places(text)}
    assert parts(filled(text, wanted)) == (Reason(text, wanted),)


def test_what_others_said_stays_theirs() -> None:
    assert parts("Tag is too long") == ("Tag is too long",)
    said = "lines that could not be read: 2; Shopify did not show 21 of 23 orders, too many to take them for deleted"
    assert [one.text for one in parts(said) if isinstance(one, Reason)] == [
        "lines that could not be read: %(lines)s",
        "Shopify did not show %(gone)s of %(asked)s orders, too many to take them for deleted",
    ]
    assert parts("Shopify answered 503; and so on") == ("Shopify answered 503; and so on",)


@pytest.mark.timeout(5)
def test_a_reason_of_any_length_is_read_in_no_time() -> None:
    assert len(parts("x: " * 100_000)) == 1


@pytest.mark.parametrize("path", KEPT)
def test_every_reason_that_may_be_kept_can_be_told_apart(path: str) -> None:
    """A sentence that is written as one piece, or that nobody translates, would be English for ever."""
    assert [said for said in _said(ROOT / path) if not any(one in said for one in TOLD) and not _known(said)] == []


def _known(said: str) -> bool:
    return said in TEXTS or ("%(" not in said and not isinstance(parts(said)[0], str))


def _said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and _name(node.func) in RAISED):
            continue
        for given in (*node.args, *(one.value for one in node.keywords if one.arg == "reason")):
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and " " in given.value:
                yield given.value
            elif isinstance(given, ast.JoinedStr):
                yield _joined(given)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _joined(text: ast.JoinedStr) -> str:
    """Such a text with some value at each place."""
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "oak.example" for one in text.values)


def _places(text: str) -> list[str]:
    return [piece.partition(")")[0] for piece in text.split("%(")[1:]]
