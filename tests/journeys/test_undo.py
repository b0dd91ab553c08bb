"""Undo on the command line: seen first, carried out by the running app, held, and lifted."""

import re

from tests.journeys.app import until
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP
from tests.journeys.test_commands import failed, said

CROISSANT, CAKE = 11, 12


def test_an_import_is_undone_and_lifted_again(bakery: Journey) -> None:
    """Its tags go and stay away, through another import too; others, and who ordered since, are not touched."""
    app, shopify = bakery.app, bakery.shopify
    anna, ben = shopify.came_again(), shopify.bought(CROISSANT, days_ago=3)["customer"]
    shopify.edit_tags(anna, add=["vip"])
    bakery.tagging()
    cleo = shopify.bought(CROISSANT)["customer"]
    bakery.becomes(cleo, "buyer")
    shown = said(app.command("undo", SHOP, "--import", "1"))
    assert shown.startswith("2 customers: 2 tags are removed. Nothing is changed yet.")
    assert shopify.our_tags(anna, ben, cleo) == ["client", "buyer", "buyer"]
    (entry,) = re.findall(r"--yes (\d+)", shown)
    assert "This is undo 1" in said(app.command("undo", SHOP, "--import", "1", "--yes", entry))
    until("the undo", lambda: shopify.our_tags(anna, ben, cleo) == ["", "", "buyer"])
    assert shopify.tags()[anna] == ["vip"]
    assert "It is done" in said(app.command("undo", SHOP))

    said(app.command("import", SHOP))
    until("a second import", lambda: app.status()["import"]["number"] == 2)
    bakery.settled()
    assert shopify.our_tags(anna, ben, cleo) == ["", "", "buyer"]
    shopify.bought(CAKE, customer=ben)
    bakery.becomes(ben, "client")
    again = said(app.command("undo", SHOP, "--import", "1"))
    assert again.startswith("There is nothing to undo.")
    assert "1 customer is left alone: it has been undone already." in again

    said(app.command("undo", SHOP, "--lift", "1"))
    bakery.becomes(anna, "client")
    assert shopify.our_tags(anna, ben, cleo) == ["client", "client", "buyer"]
    assert shopify.doubled() == []


def test_a_customer_and_a_day_are_undone(open_bakery: Journey) -> None:
    """All that was ever written about one; and what a day's orders brought."""
    app, shopify = open_bakery.app, open_bakery.shopify
    anna, ben = shopify.bought(CROISSANT)["customer"], shopify.bought(CROISSANT)["customer"]
    open_bakery.becomes(anna, "buyer")
    open_bakery.becomes(ben, "buyer")
    said(app.command("undo", SHOP, "--customer", f"https://admin.shopify.com/store/x/customers/{anna}", "--yes"))
    open_bakery.becomes(anna, "")
    assert shopify.our_tags(ben) == ["buyer"]
    assert f"customer {anna}" in said(app.command("undo", SHOP))
    said(app.command("undo", SHOP, "--lift-customer", str(anna)))
    open_bakery.becomes(anna, "buyer")
    assert said(app.command("undo", SHOP, "--zone")) == "There is nothing to undo."
    nothing = said(app.command("undo", SHOP, "--day", "2020-02-29"))
    assert nothing == "There is nothing to undo."
    failed(app.command("undo", SHOP, "--day", "yesterday"), "YYYY-MM-DD")
    failed(app.command("undo", SHOP, "--day", "2020-02-29", "--yes"), "nothing to undo")
    failed(app.command("undo", SHOP, "--lift", "77"), "There is no undo 77")
    failed(app.command("undo", SHOP, "--lift-customer", str(ben)), "No undo holds")
