"""The command line beside a running app, and what it says when something is missing, taken or broken."""

import re
import socket
import subprocess
from pathlib import Path

import pytest

from plugin.cli import main
from tests.journeys.app import App, bare_environment, free_port, until
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP

COMMANDS = (
    "serve",
    "check",
    "demo",
    "replay",
    "import",
    "reconcile",
    "tagging",
    "undo",
    "export",
    "rotate",
    "simulator",
)
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def alone(tmp_path: Path) -> App:
    """An app that is not running and whose Shopify is nowhere."""
    return App(tmp_path, free_port(), f"http://127.0.0.1:{free_port()}")


def failed(ended: Ended, *words: str) -> None:
    """Checks that a command ended with these words for a person, and nothing for a programmer."""
    assert ended.returncode == 1, ended.stderr
    for some in words:
        assert some in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def said(ended: Ended) -> str:
    """What a command that went well printed, in one line."""
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return " ".join(ended.stdout.split())


def test_a_second_app_on_the_same_database_is_refused(open_bakery: Journey) -> None:
    """Not even at another port: one process writes."""
    app = open_bakery.app
    environment = app.environment | {"PORT": str(free_port())}
    failed(app.command("serve", environment=environment), "Another Regulars already serves this database", "regulars")
    assert app.get("/healthz").ok


def test_a_port_that_is_taken_is_said_so(alone: App) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        failed(alone.command("serve", environment=alone.environment | {"PORT": port}), port, "set HOST and PORT")


def test_a_database_that_cannot_be_is_said_so(alone: App, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear database, this is a letter and no database at all. " * 9)
    (tmp_path / "file").touch()
    letter, nowhere = (
        alone.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/{place}"}
        for place in ("letter.db", "file/regulars.db")
    )
    failed(alone.command("serve", environment=letter), "file is not a database", "DATABASE_URL")
    failed(alone.command("check", environment=nowhere), "cannot be made", "DATABASE_URL")


def test_check_without_settings_names_every_one_that_is_missing(alone: App) -> None:
    ended = alone.command("check", environment=bare_environment())
    failed(ended)
    needed = ("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "APP_URL", "SECRET_KEY", "ENCRYPTION_KEYS")
    assert re.findall(r"^regulars: (\w+) is not set: .+\.$", ended.stderr, re.MULTILINE) == list(needed)


def test_check_names_every_mistake_at_once(alone: App) -> None:
    wrong = {
        "APP_URL": "http://app.example.com",
        "SECRET_KEY": "short",
        "ENCRYPTION_KEYS": "c2hvcnQ=",
        "DATABASE_URL": "oak://ltd",
        "PORT": "eighty",
    }
    ended = alone.command("check", environment=alone.environment | wrong)
    failed(ended, *wrong)
    assert len(ended.stderr.splitlines()) == len(wrong)
    mixed = alone.environment | {"SHOPIFY_API_KEY": "a-real-key"}
    failed(alone.command("check", environment=mixed), "SHOPIFY_SIMULATOR", "real credentials")


def test_check_of_a_complete_environment_hides_the_secrets(alone: App) -> None:
    printed = said(alone.command("check"))
    assert "The app can run." in printed
    assert alone.address in printed
    assert "simulated-key" in printed
    for secret in ("SHOPIFY_API_SECRET", "SECRET_KEY", "ENCRYPTION_KEYS"):
        assert secret in printed
        assert alone.environment[secret] not in printed


def test_a_broken_delivery_waits_for_a_person_and_nothing_behind_it_waits(open_bakery: Journey) -> None:
    """It is listed with its reason, and can be put back in line."""
    app = open_bakery.app
    open_bakery.deliver("orders/updated", b'{"id": 1, "customer": {"id": 7}}', "broken-1")
    open_bakery.deliver("orders/updated", b"no JSON at all", "broken-2")
    open_bakery.becomes(open_bakery.shopify.bought(11)["customer"], "buyer")
    until("both to be set aside", lambda: app.status()["deliveries"]["parked"] == 2)
    listed = said(app.command("replay", SHOP))
    assert re.search(r"broken-1 .* orders/updated: .*processed_at", listed)
    assert re.search(r"broken-2 .* orders/updated: ", listed)
    assert "2 deliveries are set aside." in listed
    log = app.log_from_here()
    assert said(app.command("replay", SHOP, "--id", "broken-1")).startswith("1 delivery is back in line")
    until("it to be set aside again", lambda: "broken-1" in log())
    assert "broken-2" not in log()
    assert said(app.command("replay", SHOP, "--all")).startswith("2 deliveries are back in line")
    until("both to be set aside again", lambda: "broken-2" in log())
    failed(app.command("replay", SHOP, "--id", "croissant"), "No delivery croissant is set aside")


def test_tagging_can_be_accepted_on_the_command_line(bakery: Journey) -> None:
    app, shopify = bakery.app, bakery.shopify
    buyers = [shopify.bought(11, days_ago=1)["customer"] for _ in range(12)]
    failed(app.command("tagging", SHOP), SHOP, "has not installed the app")
    bakery.install()
    bakery.imported()
    assert "12 customers would be tagged" in said(app.command("tagging", SHOP))
    failed(app.command("tagging", SHOP, "--accept", "100"), "12 customers", "look again")
    assert shopify.writes() == []
    assert said(app.command("tagging", SHOP, "--accept", "12")).startswith("Tagging is on")
    bakery.settled()
    assert set(shopify.our_tags(*buyers)) == {"buyer"}


def test_a_history_read_again_brings_what_no_delivery_told(open_bakery: Journey) -> None:
    """What deliveries had told is not lost over it, and nothing is written for what was right."""
    app, shopify = open_bakery.app, open_bakery.shopify
    anna, bert = shopify.came_again(), shopify.bought(11, days_ago=10)["customer"]
    open_bakery.becomes(anna, "client")
    before = open_bakery.settled()
    shopify.knobs(drop=1.0)
    shopify.bought(12, customer=bert)
    shopify.knobs(drop=0.0)
    assert said(app.command("import", SHOP)).startswith("The order history is asked for")
    until("a second import", lambda: app.status()["import"]["number"] == before["import"]["number"] + 1)
    open_bakery.settled()
    assert shopify.our_tags(anna, bert) == ["client", "client"]
    assert shopify.doubled() == []


def test_a_shop_nobody_knows_is_said_so(alone: App) -> None:
    failed(alone.command("replay", "oak-ltd.myshopify.com"), "oak-ltd.myshopify.com has not installed the app")


def test_help_names_every_command_and_each_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for in this process, for each start of the command line takes a second."""
    everything = printed(capsys, "--help")
    for command in COMMANDS:
        assert f" {command} " in everything
        own = printed(capsys, command, "--help")
        assert own.startswith(f"usage: regulars {command}")
        assert len(own) > 100


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command line says before it does anything, in one line."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    return " ".join(capsys.readouterr().out.split())
