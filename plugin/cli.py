"""The command line: `regulars COMMAND`, one function a command."""

import argparse
import logging.config
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Column, Table

from plugin import cli_undo
from plugin.config import Settings, described, load
from plugin.core.reconciling import sentence
from plugin.core.words import ENGLISH
from plugin.db import inbox, shops
from plugin.db.customers_listed import Wanted
from plugin.db.migrate import migrate
from plugin.db.only_one import only_one
from plugin.errors import GiveUp, Retry
from plugin.serve import LOGGING, leave_with_parent, serve
from plugin.services import Services, build
from plugin.usecases.accept_tagging import accept_tagging, tags_to_write
from plugin.usecases.export_customers import as_csv, as_json
from plugin.usecases.import_history import import_again
from plugin.usecases.reconcile import reconcile_now, wait_for
from plugin.usecases.replay import replay
from plugin.usecases.rotate import Rotated, renew_all, reseal

Arguments = argparse.Namespace
out = Console(highlight=False)
WITH_PARENT = "REGULARS_WITH_PARENT"  # set by whoever starts us and wants no orphans: the demo, the tests


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it went well, 1 with the reason when not."""
    given = list(sys.argv[1:] if argv is None else argv)
    if os.environ.get(WITH_PARENT):
        leave_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    if given[:1] == ["simulator"]:
        from plugin.simulator import run as simulation  # half a second that no other command should pay

        return simulation.main(given[1:])
    arguments = _parser().parse_args(given)
    logging.config.dictConfig(LOGGING)
    try:
        code: int | None = arguments.run(arguments)
    except (GiveUp, Retry) as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"regulars: {line}\n")
        return 1
    return code or 0


def check(_: Arguments) -> None:
    """Print the configuration with secrets hidden; fail when the app could not run."""
    settings = load()
    table = Table("setting", Column("value", overflow="fold"), "what it is", box=None)
    for row in described(settings):
        table.add_row(*row)
    out.print(table)
    app = settings.app
    out.print(f"\napp.toml: API {app.api_version}, scopes {', '.join(app.scopes)}, {len(app.topics)} topics")
    if app.optional_scopes:
        out.print(f"optional scopes, which a merchant may grant or not: {', '.join(app.optional_scopes)}")
    services = _services(settings)
    try:
        services.database.ping()
    finally:
        services.close()
    out.print("The app can run.")


def start(_: Arguments) -> None:
    """Serve everything in one process: pages, webhooks, jobs and clock."""
    serve(load())


def see_parked(arguments: Arguments) -> None:
    """List deliveries that were set aside, or put them back in line."""
    with _Shop(arguments.shop) as (services, shop):
        if arguments.all or arguments.id:
            number = replay(services, shop, webhook_id=arguments.id)
            counted = _counted(number, "delivery is", "deliveries are")
            out.print(f"{counted} back in line; a running app works them off within a minute.")
            return
        with services.database.read() as tx:
            found = inbox.parked(tx, shop)
        for one in found:
            at = datetime.fromtimestamp(one.received_at / 1000, UTC).isoformat(" ", "seconds")
            out.print(f"{one.webhook_id}  {at}  {one.topic}: {one.reason}")
        counted = _counted(len(found), "delivery is", "deliveries are")
        out.print(f"{counted} set aside." if found else "Nothing is set aside.")


def ask_for_import(arguments: Arguments) -> None:
    """Read a shop's order history (again); what is known already stays."""
    with _Shop(arguments.shop) as (services, shop):
        import_again(services, shop)
        out.print("The order history is asked for; a running app begins within a minute.")


def compare_with_shop(arguments: Arguments) -> None:
    """Hold what changed at a shop lately against what is known, mend what is missing or wrong, and say what it was."""
    with _Shop(arguments.shop) as (services, shop):
        number = reconcile_now(services, shop)
        out.print("Asked for; a running app begins within a minute. This waits until it has ended.")
        done = wait_for(services, shop, number)
        since = datetime.fromtimestamp(done.since / 1000, UTC).isoformat(" ", "minutes")
        seen = f"{_counted(done.orders, 'order', 'orders')} and {_counted(done.customers, 'customer', 'customers')}"
        out.print(f"Looked at {seen} that changed since {since[:16]} UTC.")
        out.print(sentence(done.mended))
        if done.reason:
            out.print(f"But {done.reason}.")


def switch_tagging(arguments: Arguments) -> None:
    """Show how many customers would be tagged, or accept that number."""
    with _Shop(arguments.shop) as (services, shop):
        if arguments.accept is None:
            number = tags_to_write(services, shop)
            counted = _counted(number, "customer", "customers")
            out.print(f"{counted} would be tagged. Say yes with --accept {number}.")
        else:
            accept_tagging(services, shop, shown=arguments.accept)
            out.print("Tagging is on; a running app begins within a minute.")


def undo(arguments: Arguments) -> None:
    """Show what undoing an import, a day or a customer's tag changes would do, do it, or lift it."""
    with _Shop(arguments.shop) as (services, shop):
        for line in cli_undo.undo(services, shop, arguments):
            out.print(line)


def export(arguments: Arguments) -> None:
    """Print a shop's customers with their verdicts and why, as CSV or a JSON object a line."""
    with _Shop(arguments.shop) as (services, shop):
        if arguments.json:
            pieces = as_json(services, shop, words=ENGLISH)
        else:
            pieces = as_csv(services, shop, wanted=Wanted(), words=ENGLISH, separator=",")
        sys.stdout.writelines(pieces)


def rotate(_: Arguments) -> None:
    """Encrypt all tokens with the newest key; after a new client secret, renew them while both are valid."""
    settings = load()
    services = _services(settings)
    try:
        sealed = reseal(services)
        _say("encrypted with the newest key", sealed)
        renewed = Rotated() if settings.shopify_old_api_secret is None else renew_all(services)
    finally:
        services.close()
    if settings.shopify_old_api_secret is None:
        out.print("No SHOPIFY_OLD_API_SECRET is set: there is no new client secret to renew tokens for.")
    else:
        _say("renewed with the new client secret", renewed)
    failed = (*sealed.failed, *renewed.failed)
    if failed:
        raise GiveUp(
            "\n".join(
                [
                    *(f"{shop}: {why}" for shop, why in dict.fromkeys(failed)),
                    "Everything else is done. Run it again for these.",
                ]
            )
        )


def _say(done: str, result: Rotated) -> None:
    out.print(f"{_counted(len(result.done), 'shop', 'shops')} {done}, {len(result.already)} were so already.")
    for domain in result.waiting:
        out.print(f"{domain} waits for its merchant to open the app; it has no token to renew.")


def demo(arguments: Arguments) -> int:
    """A simulated shop with a real purchase history, from install to tags."""
    from plugin import demo as demonstration  # as above

    return demonstration.demo(once=arguments.once, days=arguments.days or (7 if arguments.once else 28))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _services(settings: Settings) -> Services:
    services = build(settings, lambda job, shop, *, after=0.0: None)
    services.database.reach()
    try:
        with only_one(settings.database_url):
            migrate(services.database)
    except GiveUp:
        # A running app has the database: it was migrated when that app started.
        pass
    return services


class _Shop:
    """The services and the number of the shop that was named, for commands beside a running app."""

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def __enter__(self) -> tuple[Services, int]:
        self._services = _services(load())
        with self._services.database.read() as tx:
            known = shops.find(tx, self._domain)
        if known is None:
            self._services.close()
            raise GiveUp(
                f"The shop {self._domain} has not installed the app. A shop is named by its myshopify.com domain."
            )
        return self._services, known.shop

    def __exit__(self, *_: object) -> None:
        self._services.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="regulars", description="Buyers and clients, told apart and tagged.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[Arguments], int | None]) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        one.set_defaults(run=run)
        return one

    command("serve", start)
    command("check", check)
    tries = command("demo", demo)
    tries.add_argument("--once", action="store_true", help="headless: wait until every tag is right, print JSON, exit")
    tries.add_argument("--days", type=int, help="shop days of live orders (28, or 7 with --once)")
    parked = command("replay", see_parked)
    parked.add_argument("shop", help="the shop's myshopify.com domain")
    parked.add_argument("--id", help="put this one delivery back in line")
    parked.add_argument("--all", action="store_true", help="put all of them back in line")
    command("import", ask_for_import).add_argument("shop", help="the shop's myshopify.com domain")
    command("reconcile", compare_with_shop).add_argument("shop", help="the shop's myshopify.com domain")
    tagging = command("tagging", switch_tagging)
    tagging.add_argument("shop", help="the shop's myshopify.com domain")
    tagging.add_argument("--accept", type=int, metavar="NUMBER", help="say yes to tagging that many customers")
    cli_undo.add_arguments(command("undo", undo))
    exports = command("export", export)
    exports.add_argument("shop", help="the shop's myshopify.com domain")
    exports.add_argument("--json", action="store_true", help="a JSON object a customer, one a line")
    command("rotate", rotate)
    commands.add_parser("simulator", help="A simulated Shopify with one shop (see regulars simulator --help).")
    return parser


if __name__ == "__main__":
    sys.exit(main())
