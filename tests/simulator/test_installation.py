"""The app leaves a shop and comes back, over HTTP."""

from plugin.simulator import installation
from tests.simulator.conftest import BAKERY, Running
from tests.simulator.quiet import Bakery

ADMIN = f"/_simulator/{BAKERY}/admin"


def test_a_late_uninstall_arrives_after_the_new_installation(running: Running) -> None:
    """It keeps the moment and the signature of when it happened."""
    running.post(f"/_simulator/{BAKERY}/uninstall", delay=0.3)
    assert not running.shop.installed
    running.post(ADMIN)
    running.order("create")
    running.quiet()
    assert running.door.topics()[-1] == "app/uninstalled"
    at = {it.topic: it.headers["X_SHOPIFY_TRIGGERED_AT"] for it in running.door.received}
    assert at["app/uninstalled"] < at["orders/create"]


def test_an_uninstall_is_told_at_once_without_a_delay(running: Running) -> None:
    running.post(f"/_simulator/{BAKERY}/uninstall", delay=9)
    running.post(ADMIN)
    running.post(f"/_simulator/{BAKERY}/uninstall")
    assert not running.server.sender.wait_quiet(0.3)
    assert running.door.topics() == ["app/uninstalled"]


def test_a_delay_is_a_number_of_seconds(running: Running) -> None:
    assert running.post(f"/_simulator/{BAKERY}/uninstall", delay="soon").status_code == 400
    assert running.shop.installed


def test_a_shop_that_left_is_asked_again(running: Running) -> None:
    running.post(ADMIN)
    assert "<iframe" in running.get(ADMIN).text
    running.post(f"/_simulator/{BAKERY}/uninstall")
    assert "Install</button>" in running.get(ADMIN).text
    assert running.post(ADMIN).status_code == 303
    assert "<iframe" in running.get(ADMIN).text


def test_bulk_operations_end_when_the_app_leaves() -> None:
    bakery = Bakery(bulk_delay=20.0)
    said = bakery.run_query("{ customers { edges { node { id } } } }")
    with bakery.world.lock:
        installation.uninstall(bakery.world, bakery.shop)
    assert bakery.ended(said).status == "CANCELED"
