"""The panel in a browser: real host names, the admin's frame around it, and the app as it is in production."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.merchant import Merchant, Street, chromium, street
from tests.material import require


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the app said last when a test fails."""
    report = yield
    streets: list[Any] = [one for one in getattr(item, "funcargs", {}).values() if isinstance(one, Street)]
    if report.failed:
        report.sections += [("the app's log", one.app.last_words()) for one in streets]
    return report


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What steers browsers; for a file at a time, as other tests of this process may want a loop of their own."""
    require(chromium)
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def fresh(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """An empty shop that has not installed the app."""
    with street(playwright, tmp_path_factory.mktemp("street")) as made:
        yield made


@pytest.fixture(scope="module")
def running(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A shop with two clients and three buyers, where tagging is on; shared by the tests of a file."""
    with street(playwright, tmp_path_factory.mktemp("street")) as made:
        for _ in range(2):
            made.shopify.came_again()
        for _ in range(3):
            made.shopify.bought(11, days_ago=1)
        made.tagging()
        yield made


@pytest.fixture
def merchant(running: Street) -> Merchant:
    """Somebody who has just sat down there."""
    return running.merchant()
