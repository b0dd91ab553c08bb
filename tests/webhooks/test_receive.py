"""The door: what it answers to whom, and that 200 means the row is on disk."""

import io
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from lz4.block import decompress

from plugin.db import shops
from plugin.db.engine import Database
from plugin.shopify.signature import Verifier, body_digest
from plugin.usecases import accept_deliveries
from plugin.usecases.accept_deliveries import Committer
from webhooks import receive
from webhooks.receive import Door, mounted

SECRET, OLD = "simulated-secret", "simulated-older"
BODY = b'{"id": 1}'


class Asked:
    """A door over a real database, and what it answered."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.nudged: list[int] = []
        self.committer = Committer(database, self.nudged.append)
        self.door = Door(verifier=Verifier((SECRET, OLD)), committer=self.committer, now=lambda: 1234)

    def post(self, body: bytes = BODY, *, secret: str | None = SECRET, method: str = "POST", **more: Any) -> int:
        """The status of a delivery; `more` overrides the WSGI environment (None leaves a key out)."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/webhooks",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_X_SHOPIFY_TOPIC": "orders/create",
            "HTTP_X_SHOPIFY_SHOP_DOMAIN": "oak-ltd.myshopify.com",
            "HTTP_X_SHOPIFY_WEBHOOK_ID": str(uuid.uuid4()),
            "HTTP_X_SHOPIFY_TRIGGERED_AT": "2026-11-21T10:00:00.5Z",
            "HTTP_X_SHOPIFY_HMAC_SHA256": secret and body_digest(body, secret),
            **more,
        }
        self.headers: dict[str, str] = {}
        statuses: list[str] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            statuses.append(status)
            self.headers = dict(headers)

        given = {name: value for name, value in environ.items() if value is not None}
        self.words = b"".join(self.door(given, start_response)).decode()
        return int(statuses[0].split()[0])

    def rows(self) -> list[Any]:
        """Every kept delivery."""
        with self.database.read() as tx:
            columns = "shop, webhook_id, topic, triggered_at, received_at, body"
            rows = tx.rows(sa.text(f"SELECT {columns} FROM inbox NATURAL JOIN bodies"))
            return [(*row, decompress(packed)) for *row, packed in rows]


@pytest.fixture
def asked(database: Database) -> Iterator[Asked]:
    made = Asked(database)
    made.committer.start()
    yield made
    made.committer.stop()


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_signed_delivery_is_kept_whole(asked: Asked, secret: str) -> None:
    """The current and the old secret count, so that a rotation refuses nothing."""
    assert asked.post(secret=secret, HTTP_X_SHOPIFY_WEBHOOK_ID="b54557e4") == 200
    [(shop, webhook_id, topic, triggered_at, received_at, body)] = asked.rows()
    assert (webhook_id, topic, received_at, bytes(body)) == ("b54557e4", "orders/create", 1234, BODY)
    assert triggered_at == 1_795_255_200_500
    assert asked.nudged == [shop]


@pytest.mark.parametrize("signature", [None, "", "nonsense", body_digest(b"other", SECRET), body_digest(BODY, "guess")])
def test_a_bad_or_missing_signature_is_401(asked: Asked, signature: str | None) -> None:
    """Shopify's own check of the app sends a bad one and wants 401."""
    assert asked.post(HTTP_X_SHOPIFY_HMAC_SHA256=signature) == 401
    assert asked.rows() == []


def test_the_newer_header_family_is_understood(asked: Asked) -> None:
    """Events are signed alike under names without X-."""
    events = {
        "HTTP_SHOPIFY_HMAC_SHA256": body_digest(BODY, SECRET),
        "HTTP_SHOPIFY_TOPIC": "orders/updated",
        "HTTP_SHOPIFY_SHOP_DOMAIN": "oak-ltd.myshopify.com",
        "HTTP_SHOPIFY_WEBHOOK_ID": "e1",
    }
    assert asked.post(HTTP_X_SHOPIFY_HMAC_SHA256=None, **events) == 200
    assert [row[1:3] for row in asked.rows()] == [("e1", "orders/updated")]


def test_a_duplicate_is_200_and_kept_once(asked: Asked) -> None:
    """Shopify delivers at least once."""
    assert [asked.post(HTTP_X_SHOPIFY_WEBHOOK_ID="same") for _ in range(3)] == [200] * 3
    assert len(asked.rows()) == 1


def test_unknown_topics_and_shops_are_200(asked: Asked) -> None:
    """Neither a deploy that lags nor a shop that left counts as our failure."""
    assert asked.post(HTTP_X_SHOPIFY_TOPIC="moons/rise") == 200
    assert asked.post(HTTP_X_SHOPIFY_SHOP_DOMAIN="never-seen.myshopify.com") == 200
    assert len(asked.rows()) == 2


def test_a_delivery_without_an_id_is_known_by_its_content(asked: Asked) -> None:
    """Nothing that is signed is lost, and a repetition is still one."""
    assert [asked.post(HTTP_X_SHOPIFY_WEBHOOK_ID=one) for one in (None, "", "x" * 65)] == [200] * 3
    assert len(asked.rows()) == 1


@pytest.mark.parametrize("domain", [None, "", "oak-ltd.example.com", "oak-ltd.myshopify.com.example.com", "a\nb"])
def test_a_delivery_of_no_shop_is_400(asked: Asked, domain: str | None) -> None:
    """A signed delivery always names a shop's domain."""
    assert asked.post(HTTP_X_SHOPIFY_SHOP_DOMAIN=domain) == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_only_post_is_allowed(asked: Asked, method: str) -> None:
    """405 says what is."""
    assert asked.post(method=method) == 405
    assert asked.headers["Allow"] == "POST"


def test_too_large_a_body_is_413_announced_or_not(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Announced lengths are believed before a byte is read; chunked bodies are read no further than the limit."""
    monkeypatch.setattr(receive, "LARGEST", 100)
    large = b"x" * 101
    assert asked.post(large) == 413
    assert asked.post(large, CONTENT_LENGTH="") == 413
    assert asked.post(b"x" * 100, CONTENT_LENGTH=None) == 200


def test_a_body_shorter_than_announced_is_refused(asked: Asked) -> None:
    """A connection that broke off must be sent again."""
    assert asked.post(BODY, CONTENT_LENGTH="500", HTTP_X_SHOPIFY_HMAC_SHA256=body_digest(BODY + b" ", SECRET)) == 401


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Keeps the database from writing."""
    with database.write():
        yield


def test_200_waits_for_the_disk(asked: Asked) -> None:
    """While the row cannot be written nobody is told that it was."""
    answers: list[int] = []
    with held(asked.database):
        thread = threading.Thread(target=lambda: answers.append(asked.post()))
        thread.start()
        thread.join(0.3)
        assert answers == []
    thread.join()
    assert answers == [200]
    assert len(asked.rows()) == 1


def test_a_delivery_that_cannot_be_written_in_time_is_503(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shopify sends it again; if it was written late after all, it is a duplicate then."""
    monkeypatch.setattr(accept_deliveries, "PATIENCE", 0.05)
    with held(asked.database):
        assert asked.post(HTTP_X_SHOPIFY_WEBHOOK_ID="late") == 503
        assert int(asked.headers["Retry-After"]) > 0
    monkeypatch.setattr(accept_deliveries, "PATIENCE", 4.0)
    assert asked.post(HTTP_X_SHOPIFY_WEBHOOK_ID="late") == 200
    assert len(asked.rows()) == 1


@pytest.mark.parametrize("limit", ["MOST_WAITING", "MOST_BYTES"])
def test_a_full_queue_is_503_at_once(asked: Asked, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Memory stays bounded whatever comes."""
    monkeypatch.setattr(accept_deliveries, limit, -1)
    assert asked.post() == 503
    assert asked.rows() == []


def test_a_refused_write_is_503_and_the_next_goes_through(asked: Asked) -> None:
    """One failing commit does not stop the committer."""
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE inbox RENAME TO elsewhere"))
    assert asked.post() == 503
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE elsewhere RENAME TO inbox"))
    assert asked.post() == 200


def test_a_shop_that_was_erased_meanwhile_gets_a_number_never_used(asked: Asked) -> None:
    """The cache of numbers notices, and the delivery is not lost."""
    assert asked.post() == 200
    with asked.database.write() as tx:
        first = shops.know(tx, "oak-ltd.myshopify.com")
        tx.run(sa.text("DELETE FROM bodies"))
        tx.run(sa.text("DELETE FROM inbox"))
        tx.run(sa.text("DELETE FROM shops"))
    assert asked.post() == 200
    assert [row[0] for row in asked.rows()] > [first]


def test_many_at_once_are_all_kept(asked: Asked) -> None:
    """The group commit loses none and mixes up none."""
    statuses: list[int] = []
    lock = threading.Lock()

    def send(number: int) -> None:
        one = Asked.__new__(Asked)
        one.__dict__ = dict(asked.__dict__)
        for repetition in range(20):
            body = b'{"id": %d}' % (number * 100 + repetition)
            status = one.post(body, HTTP_X_SHOPIFY_SHOP_DOMAIN=f"shop-{number % 3}.myshopify.com")
            with lock:
                statuses.append(status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 320
    assert len({bytes(row[5]) for row in asked.rows()}) == 320
    assert len({row[0] for row in asked.rows()}) == 3


def test_a_stopped_committer_writes_what_it_has_and_says_so(database: Database) -> None:
    """Stopping loses nothing; the health page hears of it."""
    asked = Asked(database)
    asked.committer.start()
    assert asked.post() == 200
    asked.committer.stop()
    assert asked.post() == 503
    assert len(asked.rows()) == 1
    with pytest.raises(RuntimeError, match="stopped"):
        asked.committer.ping()


def test_the_door_stands_beside_the_app(asked: Asked) -> None:
    """Deliveries never pass through the app, everything else does."""
    app = mounted(asked.door, "/webhooks", lambda environ, start_response: [b"the app"])
    assert list(app({"PATH_INFO": "/", "REQUEST_METHOD": "GET"}, lambda *_: None)) == [b"the app"]  # type: ignore[arg-type,return-value]
    answer = list(app({"PATH_INFO": "/webhooks", "REQUEST_METHOD": "GET"}, lambda *_: None))  # type: ignore[arg-type,return-value]
    assert answer == [b"Deliveries are POSTed here."]


def test_a_number_that_was_rolled_back_is_not_remembered(asked: Asked) -> None:
    """It may be given to another shop: a delivery in the wrong inbox would be worse than none."""
    anna, oak = ({"HTTP_X_SHOPIFY_SHOP_DOMAIN": f"{name}.myshopify.com"} for name in ("annas-bakery", "oak-ltd"))
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE inbox RENAME TO elsewhere"))
    assert asked.post(**anna) == 503
    with asked.database.write() as tx:
        tx.run(sa.text("ALTER TABLE elsewhere RENAME TO inbox"))
    assert [asked.post(**oak), asked.post(**anna)] == [200, 200]
    assert len({row[0] for row in asked.rows()}) == 2
