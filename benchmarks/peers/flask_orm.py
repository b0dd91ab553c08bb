"""The receiver most tutorials arrive at: a Flask view, a SQLAlchemy session, one commit a request.

Served by gunicorn with one worker of 32 threads; SQLite in WAL mode with synchronous=FULL, so that a 200 means the same
as ours: the row is on the disk. The HMAC is checked and the delivery id is unique.
"""

import base64
import hashlib
import hmac
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask, request
from sqlalchemy import LargeBinary, UniqueConstraint, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

THREADS = 32


class Base(DeclarativeBase):
    pass


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("shop", "webhook_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop: Mapped[str]
    webhook_id: Mapped[str]
    topic: Mapped[str]
    received_at: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


def create_app(database: str, secret: str) -> Flask:
    """The WSGI application, its tables made."""
    engine = create_engine(
        f"sqlite:///{database}", pool_size=THREADS, max_overflow=0, pool_timeout=30, connect_args={"timeout": 30}
    )

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)
    app = Flask(__name__)

    @app.post("/webhooks")
    def webhooks() -> tuple[str, int]:
        body = request.get_data()
        digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(digest, request.headers.get("X-Shopify-Hmac-Sha256", "")):
            return "", 401
        with Session(engine) as session:
            session.add(
                Delivery(
                    shop=request.headers["X-Shopify-Shop-Domain"],
                    webhook_id=request.headers["X-Shopify-Webhook-Id"],
                    topic=request.headers["X-Shopify-Topic"],
                    received_at=int(time.time() * 1000),
                    body=body,
                )
            )
            try:
                session.commit()
            except IntegrityError:
                session.rollback()
        return "", 200

    return app


def command(*, port: int, database: Path, secret: str) -> list[str]:
    """How to start it."""
    factory = f"benchmarks.peers.flask_orm:create_app({str(database)!r}, {secret!r})"
    options = ["--workers", "1", "--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "error"]
    return [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", factory]
