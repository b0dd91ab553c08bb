"""Journeys: the real app in a process of its own against a simulated Shopify; nothing but HTTP in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.journey import Journey, journey


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
