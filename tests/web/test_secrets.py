"""What is secret is told nowhere that people look: the log with its tracebacks, the pages, `regulars check`."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet

from plugin.cli import main
from plugin.usecases.accept_deliveries import Committer, Ticket
from tests.session_tokens import ANNA, SECRET, session_token
from tests.web.conftest import Pages
from tests.web.test_install import begun, come_back, signed

# Access and refresh tokens, tokens as they are kept, session tokens.
SHAPES = re.compile(r"shp[a-z]{2}_\w+|gAAAA[\w-]+|eyJ[\w-]{10,}")
OTHERS = (SECRET, "a long enough secret key", "anna@example.com", "a-secret-code")


def tells_nothing(text: str, *more: str) -> None:
    """Checks that nothing secret stands in a text."""
    assert not (found := SHAPES.search(text)), found
    assert not [secret for secret in (*OTHERS, *more) if secret in text]


@contextmanager
def broken(pages: Pages, table: str, column: str) -> Iterator[None]:
    """The database as a bug may leave it: writes of this column fail with all they were to write in hand."""
    with pages.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"ALTER TABLE {table} RENAME COLUMN {column} TO elsewhere")
    yield
    with pages.services.database.write() as tx:
        # Another connection than before, which learns of the new name at the first look.
        tx.connection.exec_driver_sql(f"SELECT elsewhere FROM {table}").all()
        tx.connection.exec_driver_sql(f"ALTER TABLE {table} RENAME COLUMN elsewhere TO {column}")


def test_the_traceback_of_a_failed_installation_tells_no_secret(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pages.exchange["refresh_token"] = "shprt_secret"
    token, state = session_token(), begun(pages)
    with broken(pages, "shops", "refresh_token"):
        answers = [pages.document("/", token), come_back(pages, **signed(code="a-secret-code", state=state))]
    with broken(pages, "oauth_states", "state"):
        answers.append(pages.browser.get("/auth/begin", query_string=signed()))
    for answer in answers:
        assert answer.status_code == 500
        assert "broke on our side" in answer.text
        tells_nothing(answer.text, token, state)
    assert caplog.text.count("Traceback") >= len(answers)
    assert "no such column" in caplog.text or "does not exist" in caplog.text
    tells_nothing(caplog.text, token, state)


def test_the_traceback_of_a_failed_delivery_tells_nothing_of_it(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    committer = Committer(pages.services.database, lambda shop: None)
    committer.start()
    body = b'{"email": "anna@example.com"}'
    with broken(pages, "bodies", "body"):
        kept = committer.keep(
            Ticket(domain=ANNA, webhook_id="1", received_at=1, topic="orders/create", triggered_at=1, body=body)
        )
    committer.stop()
    assert not kept
    assert "Traceback" in caplog.text
    tells_nothing(caplog.text)


def test_check_tells_no_secret_of_settings_right_or_wrong(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, spoilt = "simulated-older-secret", given["encryption_keys"][:-8]
    given["shopify_old_api_secret"] = old
    wrong = {"secret_key": "too-short-one", "encryption_keys": f"{Fernet.generate_key().decode()},{spoilt}"}
    for settings, code in ((given, 0), (given | wrong, 1)):
        for name, value in settings.items():
            monkeypatch.setenv(name.upper(), value)
        assert main(["check"]) == code
        printed = "".join(capsys.readouterr())
        assert "SECRET_KEY" in printed
        tells_nothing(printed, old, spoilt, *settings["encryption_keys"].split(","), "too-short-one")
