"""What all tests share: settings that are complete, and a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from plugin.config import Settings, load
from plugin.db.engine import Database
from tests import databases

OURS = (*Settings.model_fields,)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the person who runs the tests has set stays out of them."""
    for name in OURS:
        monkeypatch.delenv(name.upper(), raising=False)


def pytest_sessionfinish() -> None:
    """The server that some tests had is no longer needed."""
    databases.stop()


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A database of the test's own."""
    url = databases.fresh(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
def given(database_url: str) -> dict[str, str]:
    """Settings of a complete development environment."""
    return {
        "shopify_api_key": "simulated-key",
        "shopify_api_secret": "simulated-secret",
        "app_url": "http://127.0.0.1:8080",
        "secret_key": "a long enough secret key",
        "encryption_keys": Fernet.generate_key().decode(),
        "database_url": database_url,
        "shopify_simulator": "http://127.0.0.1:9292",
    }


@pytest.fixture
def settings(given: dict[str, str]) -> Settings:
    """Those settings, loaded."""
    return load(**given)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    opened = Database(database_url)
    yield opened
    opened.close()
