"""Where Node or a package cannot be had, one sentence says what to do."""

from pathlib import Path

import pytest

from tests.material import CACHE, MaterialError
from tests.node import packages
from tests.node.packages import program


def test_without_node_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MaterialError, match=r"^Node\.js is not installed: install 20 or newer$"):
        program.__wrapped__()


def test_an_old_node_is_named_with_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.19.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(MaterialError, match=r"^Node\.js is too old \(v18\.19\.0\): install 20 or newer$"):
        program.__wrapped__()


def test_another_pin_is_another_place() -> None:
    """What an old version left is never taken for the new one, nor an unopened bundle for an opened one."""
    (first, *others) = packages.API
    newer = (first._replace(version="16.0.0"), *others)
    dependency = (first, others[0]._replace(version="3.0.0"), *others[1:])
    places = {packages.place_of(one) for one in (packages.API, packages.CLI, newer, dependency)}
    assert len(places) == 4
    assert {place.parent for place in places} == {CACHE}
