"""Our side for the benchmarks: settings, services and a database in which Anna's Bakery has installed the app."""

import time
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks.bodies import SECRET, SHOP
from plugin.config import load
from plugin.db import shops
from plugin.db.engine import Database
from plugin.db.migrate import migrate
from plugin.services import Services, build
from plugin.shopify.tokens import TokenBox

KEY = Fernet.generate_key().decode()


def environment(database: Path | str, *, port: int = 8080, simulator: str = "") -> dict[str, str]:
    """What the app reads from its environment; without a simulator the shop's calendar is the wall clock.

    `database` is a file, or the URL of a database.
    """
    return {
        "SHOPIFY_API_KEY": "simulated-key" if simulator else "benchmark-key",
        "SHOPIFY_API_SECRET": SECRET,
        "SHOPIFY_SIMULATOR": simulator,
        "APP_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database if isinstance(database, str) else f"sqlite:///{database}",
        "SECRET_KEY": "the secret key of a benchmark",
        "ENCRYPTION_KEYS": KEY,
        "PORT": str(port),
    }


def services(database: Path | str, *, simulator: str = "") -> Services:
    """What the use cases need; nudges are not followed: a benchmark calls what it measures."""
    given = {name.lower(): value or None for name, value in environment(database, simulator=simulator).items()}
    return build(load(**given), nowhere)


def nowhere(job: str, shop: int, *, after: float = 0.0) -> None:
    """A nudge that nobody follows."""


def installed(database: Database, *, token: str = "simulated-token") -> int:
    """Makes the tables and installs the app at the shop; answers with the shop's number."""
    migrate(database)
    given = shops.Credentials(TokenBox([KEY]).encrypt(token), None, None, None)
    with database.write() as tx:
        shop = shops.know(tx, SHOP)
        shops.install(tx, shop, given=given, scopes="read_orders,write_customers", now=time.time_ns() // 1_000_000)
        shops.change(tx, shop, currency="EUR", name="Anna's Bakery")
    return shop
