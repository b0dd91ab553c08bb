"""Databases for tests: SQLite files, or with REGULARS_TEST_DATABASE=postgresql databases of a server of their own."""

import os
import shutil
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from plugin.db.engine import Database
from plugin.db.migrate import migrate
from tests.material import require
from tests.postgres_server import postgresql

ON_POSTGRESQL = os.environ.get("REGULARS_TEST_DATABASE") == "postgresql"
TEMPLATE = "migrated"
_running = ExitStack()
_numbers = count(1)


def only_sqlite(reason: str) -> pytest.MarkDecorator:
    """Marks a test about SQLite itself, or about what only it lacks."""
    return pytest.mark.skipif(ON_POSTGRESQL, reason=reason)


def only_postgresql(reason: str) -> pytest.MarkDecorator:
    """Marks a test about PostgreSQL itself."""
    return pytest.mark.skipif(not ON_POSTGRESQL, reason=reason)


def fresh(folder: Path, *, migrated: bool = True) -> str:
    """The URL of a database nobody else has; it has its tables already, unless it shall not."""
    if not ON_POSTGRESQL:
        path = folder / "regulars.db"
        if migrated:
            shutil.copyfile(_template_file(), path)
        return f"sqlite:///{path}"
    url = require(server)
    name = f"regulars_{next(_numbers)}"
    _say(url, f"CREATE DATABASE {name}" + (f" TEMPLATE {_template()}" if migrated else ""))
    return url.format(name)


def drop(url: str) -> None:
    """Gives the room back; a file goes with its folder."""
    if ON_POSTGRESQL:
        name = url.partition("@/")[2].partition("?")[0]
        _say(require(server), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def server() -> str:
    """The server of this run, started when it is first asked for; see `postgres_server.postgresql`."""
    return _running.enter_context(postgresql())


def stop() -> None:
    """Ends it, if it runs."""
    _running.close()


@cache
def _template() -> str:
    _say(server(), f"CREATE DATABASE {TEMPLATE}")
    _migrated(server().format(TEMPLATE))
    return TEMPLATE


@cache
def _template_file() -> Path:
    path = Path(_running.enter_context(TemporaryDirectory(prefix="regulars-template-"))) / "migrated.db"
    _migrated(f"sqlite:///{path}")
    return path


def _migrated(url: str) -> None:
    opened = Database(url)
    migrate(opened)
    opened.close()


def _say(url: str, words: str) -> None:
    with psycopg.connect(url.format("postgres"), autocommit=True) as connection:
        connection.execute(words.encode())
