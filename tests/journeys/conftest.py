"""Journeys: the real app in a process of its own against a simulated Shopify; nothing but HTTP in between."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import Browser
from tests.journeys.journey import MANY, Journey, history_of, journey


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the app said last when a test fails."""
    report = yield
    journeys: list[Any] = [one for one in getattr(item, "funcargs", {}).values() if isinstance(one, Journey)]
    if report.failed:
        report.sections += [("the app's log", one.app.last_words()) for one in journeys]
    return report


@pytest.fixture
def bakery(tmp_path: Path) -> Iterator[Journey]:
    """A fresh app beside Anna's Bakery, an empty shop that has not installed it."""
    with journey(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def open_bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Anna's Bakery with tagging on, shared by the tests of a file: each brings customers of its own."""
    with journey(tmp_path_factory.mktemp("bakery")) as made:
        made.tagging()
        yield made


@pytest.fixture
def big_bakery(tmp_path: Path) -> Iterator[Journey]:
    """A bakery with more buyers than the app tags one by one, not yet installed."""
    with journey(tmp_path, history=history_of(tmp_path, customers=MANY)) as made:
        yield made


@pytest.fixture
def loyal_bakery(tmp_path: Path) -> Iterator[Journey]:
    """The same with clients, each of whom came twice."""
    with journey(tmp_path, history=history_of(tmp_path, customers=MANY, visits=2)) as made:
        yield made


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh one: no cookies, no history."""
    folder = tmp_path / "browser"
    folder.mkdir()
    made = Browser(folder)
    yield made
    made.close()
