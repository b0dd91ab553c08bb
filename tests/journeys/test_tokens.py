"""Tokens end or die, secrets change, the merchant leaves and comes back: the tags are right all along."""

import re

from tests.journeys.app import SECRET, until
from tests.journeys.journey import Journey
from tests.journeys.senders import senders
from tests.journeys.shopify import SHOP

CROISSANT, CAKE = 11, 12
NEW = "simulated-new-secret"


def calls(bakery: Journey) -> dict[str, int]:
    """How often the app has asked for tokens, by way and outcome."""
    counted: dict[str, int] = bakery.shopify.read("")["shops"][SHOP]["token_calls"]
    return counted


def test_tokens_end_all_the_time_and_nobody_notices(bakery: Journey) -> None:
    """They live a second longer than the app trusts them; a dead pair is healed by opening the app."""
    shopify, app = bakery.shopify, bakery.app
    shopify.knobs(token_life=61, old_token_grace=0)
    bakery.install_from_shopify()
    bakery.imported()
    assert bakery.accept().status_code == 302
    anna = shopify.bought(CROISSANT, days_ago=10)["customer"]
    bakery.becomes(anna, "buyer")
    renewed = calls(bakery)["refreshes"]

    def is_renewed() -> bool:
        shopify.bought(CROISSANT)
        return calls(bakery)["refreshes"] > renewed + 1

    until("the token to be renewed again and again", is_renewed, pause=0.5)
    bakery.settled()
    shopify.knobs(refresh_error="invalid_grant")
    log = app.log_from_here()
    shopify.send(f"revoke/{SHOP}", refresh_tokens=False)
    shopify.bought(CAKE, customer=anna)
    until("the app to say so", lambda: "to reconnect it" in log())
    shopify.knobs(refresh_error="", token_life=3600)
    assert shopify.our_tags(anna) == ["buyer"]
    assert bakery.panel().status_code == 200
    bakery.becomes(anna, "client")
    assert calls(bakery)["exchanges"] == 2
    assert shopify.doubled() == []
    assert not re.search(r"Traceback|shpat_|shprt_", app.log())


def kept(bakery: Journey) -> tuple[int, int, int]:
    """Once all is settled: deliveries the app has kept, orders it knows, and deliveries the shop itself has sent."""
    status = bakery.settled()
    return sum(status["deliveries"].values()), status["orders"], bakery.shopify.read("")["webhooks"]["emitted"]


def test_a_new_client_secret_under_load_refuses_no_delivery_and_keeps_each_once(bakery: Journey) -> None:
    """Shopify signs with the old secret until that is revoked, and every token it minted dies then.

    What meets nobody during the restart is sent again, as Shopify does.
    """
    shopify, app = bakery.shopify, bakery.app
    bakery.tagging()
    before = kept(bakery)
    with senders(app.address, [SECRET]) as load:
        shopify.send("secret/rotate", secret=NEW)
        assert app.stop() == 0
        app.environment |= {"SHOPIFY_API_SECRET": NEW, "SHOPIFY_OLD_API_SECRET": SECRET}
        app.start()
        load.secrets.append(NEW)
        rotated = app.command("rotate")
        assert (rotated.returncode, rotated.stderr) == (0, "")
        assert "1 shop renewed with the new client secret" in rotated.stdout
        anna = shopify.bought(CROISSANT, days_ago=10)["customer"]
        bakery.becomes(anna, "buyer")
        so_far = load.kept
        shopify.send("secret/revoke")
        shopify.bought(CAKE, customer=anna)
        bakery.becomes(anna, "client")
        until("more deliveries", lambda: load.kept > so_far + 100)
    assert set(load.answers) <= {200, 503}, "refused"
    assert load.unanswered, "the restart must meet deliveries"
    deliveries, orders, of_the_shop = (now - then for now, then in zip(kept(bakery), before, strict=True))
    assert deliveries == load.kept + of_the_shop, "one is lost, or kept twice"
    assert orders == load.kept + 2
    assert calls(bakery)["refreshes"] == 1
    assert calls(bakery)["refused_refreshes"] == 0
    assert shopify.read("")["webhooks"]["given_up"] == 0
    assert bakery.panel().status_code == 200
    again = app.command("rotate")
    assert "0 shops renewed with the new client secret, 1 were so already" in again.stdout
    assert not re.search(rf"Traceback|{SECRET}|{NEW}|shpat_|shprt_", app.log() + rotated.stdout + again.stdout)


def test_late_news_of_an_uninstall_end_nothing_and_real_ones_do(bakery: Journey) -> None:
    """The merchant leaves and comes back at once; the news of it arrives when they are back."""
    shopify, app = bakery.shopify, bakery.app
    bakery.install_from_shopify()
    bakery.imported()
    assert bakery.accept().status_code == 302
    anna = shopify.bought(CROISSANT, days_ago=10)["customer"]
    bakery.becomes(anna, "buyer")
    shopify.send(f"{SHOP}/uninstall", delay=4)
    bakery.install_from_shopify()
    until("the new installation", lambda: calls(bakery)["exchanges"] == 2)
    uninstalled = shopify.read("")["webhooks"]["topics"].get("app/uninstalled", 0)
    assert uninstalled == 0, "the news came too early for this test"
    until("the late news", lambda: shopify.read("")["webhooks"]["topics"].get("app/uninstalled"))
    until("it to be worked off", lambda: not app.status()["deliveries"]["waiting"])
    assert app.status()["tagging"]
    shopify.bought(CAKE, customer=anna)
    bakery.becomes(anna, "client")
    shopify.send(f"{SHOP}/uninstall")
    bakery.is_gone()
    log = app.log_from_here()
    before = calls(bakery)
    shopify.bought(CROISSANT)
    assert "What happens now" in bakery.install_from_shopify().text
    assert not bakery.imported()["tagging"]
    assert calls(bakery) == before | {"exchanges": before["exchanges"] + 1}
    assert not re.search("Traceback|gives up", log())
