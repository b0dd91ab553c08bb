"""Starts a simulated Shopify with one shop and its purchase history: `regulars simulator`."""

import argparse
import os
import re
import sys
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from plugin.simulator.app_toml import AppTomlError, world_of
from plugin.simulator.history import CDNOW, CDNOW_CUT, HistoryError, read
from plugin.simulator.load import load
from plugin.simulator.server import Server, serve
from plugin.simulator.state import Shop

APP_TOML = Path(__file__).parents[2] / "app.toml"
SHOP = "annas-bakery.myshopify.com"
DAY_A_SECOND = 86_400.0

_FROM_ENVIRONMENT = {
    "api_key": "SHOPIFY_API_KEY",
    "secret": "SHOPIFY_API_SECRET",
    "old_secret": "SHOPIFY_OLD_API_SECRET",
    "app_url": "APP_URL",
    "app_address": "SIMULATOR_APP_ADDRESS",
}


def simulate(
    *,
    app_toml: Path = APP_TOML,
    shop: str = SHOP,
    history: Path | None = CDNOW,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 1,
    days: int = 0,
    rate: float = DAY_A_SECOND,
    joined: float = 0.2,
    import_until: date | None = None,
    zone: str = "America/New_York",
    currency: str = "USD",
    api_key: str | None = None,
    secret: str | None = None,
    old_secret: str | None = None,
    app_url: str | None = None,
    app_address: str | None = None,
) -> Server:
    """A running simulation of `shop` with `history` (None: no orders) imported up to `import_until`.

    Without `import_until` CDNOW is imported to the end of 1997, another file up to its last `days` days. With `days`
    that many days are played as soon as the app is installed, at `rate` shop-ms per wall-ms, `joined` made-up orders
    for each real one. Raises AppTomlError, HistoryError, OSError or ValueError in words for the person who typed it.
    """
    for name, value in (("API key", api_key), ("secret", secret), ("old secret", old_secret)):
        if value and not value.startswith("simulated-"):
            raise ValueError(f"the {name} must begin with 'simulated-': the simulator takes no real credentials")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", shop):
        raise ValueError(f"{shop} is no shop domain: it must look like {SHOP}")
    if zone not in available_timezones():
        raise ValueError(f"there is no time zone {zone}")
    world = world_of(
        app_toml, api_key=api_key, secret=secret, old_secret=old_secret, app_url=app_url, app_address=app_address
    )
    world.knobs.seed = seed
    world.shops[shop] = Shop(548_380_009, shop, _title(shop), zone=zone, currency=currency)
    purchases = [] if history is None else read(history)
    server = serve(world, host, port)
    try:
        if history == CDNOW:
            import_until = import_until or CDNOW_CUT
        elif purchases and days and import_until is None:
            import_until = purchases[-1].day - timedelta(days=days)
        server.player.follow(shop, load(world, world.shops[shop], purchases, import_until=import_until))
        if days:
            server.player.start(days=days, rate=rate, joined=joined, seed=seed, install=True)
    except BaseException:
        server.close()
        raise
    return server


def main(argv: Sequence[str] | None = None) -> int:
    """The command: runs until it is interrupted; 2 when something that was typed makes no sense."""
    typed = vars(_parser().parse_args(argv))
    # Not argparse defaults: --help would print them.
    for option, variable in _FROM_ENVIRONMENT.items():
        typed[option] = typed[option] or os.environ.get(variable)
    typed["history"] = None if typed.pop("no_history") else typed["history"]
    try:
        server = simulate(**typed)
    except (AppTomlError, HistoryError, OSError, ValueError) as error:
        print(f"simulator: {error}", file=sys.stderr)  # noqa: T201 -- a command speaks on its terminal
        return 2
    print(_welcome(server), flush=True)  # noqa: T201 -- as above
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="regulars simulator", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--app-toml", type=Path, default=APP_TOML, help="the app's configuration: scopes, webhooks, API version")
    add("--shop", default=SHOP, help="domain of the simulated shop")
    add(
        "--history",
        type=Path,
        default=CDNOW,
        help="CSV (.gz) with customer, date, amount[, order, product, quantity, discount]",
    )
    add("--no-history", action="store_true", help="start with an empty shop")
    add("--import-until", type=date.fromisoformat, help="last day of the file that is imported; it becomes today")
    add("--host", default="127.0.0.1", help="address to listen at")
    add("--port", type=int, default=9292, help="port to listen at; 0 takes a free one")
    add("--seed", type=int, default=1, help="decides made-up customers and the fate of webhooks")
    add("--days", type=int, default=0, help="shop days to play live once the app is installed; 0: none until asked")
    add(
        "--rate",
        type=float,
        default=DAY_A_SECOND,
        help="pace of the shops' calendar while playing; 86400 is a day a second",
    )
    add("--joined", type=float, default=0.2, help="made-up orders per real one while playing")
    add("--zone", default="America/New_York", help="the shop's time zone")
    add("--currency", default="USD", help="the shop's currency")
    add("--api-key", help="the app's API key, simulated-... (or SHOPIFY_API_KEY)")
    add("--secret", help="the app's secret, simulated-... (or SHOPIFY_API_SECRET)")
    add("--old-secret", help="a secret not yet revoked (or SHOPIFY_OLD_API_SECRET)")
    add("--app-url", help="the app's URL instead of application_url (or APP_URL)")
    add(
        "--app-address",
        help="where webhooks go, if not to the app's URL (or SIMULATOR_APP_ADDRESS)",
    )
    return parser


def _welcome(server: Server) -> str:
    said = [f"A simulated Shopify at {server.address} (status and control: {server.address}/_simulator/)"]
    for domain, shop in server.world.shops.items():
        said += [
            f"  {domain}: {len(shop.customers):,} customers, {len(shop.orders):,} orders",
            f"  open the app in the shop's admin: {server.address}/_simulator/{domain}/admin",
            f"  install it by the authorization-code grant: {server.address}/_simulator/{domain}/install",
        ]
    said.append(f"  the app is told to use it by SHOPIFY_SIMULATOR={server.address}")
    return "\n".join(said)


def _title(domain: str) -> str:
    return domain.removesuffix(".myshopify.com").replace("-", " ").title()


if __name__ == "__main__":
    sys.exit(main())
