"""The law through HTTP only: told, forgotten, left alone; and a merchant who takes the tags off before leaving."""

import json
import re
from html import unescape

from tests.journeys.app import until
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP
from tests.usecases.conftest import order


def page(bakery: Journey, path: str) -> str:
    """A page of the panel, as the merchant's frame shows it."""
    answer = bakery.panel(path)
    assert answer.ok, answer.text
    return unescape(answer.text)


def shows(bakery: Journey, path: str, words: str) -> str:
    """Waits until the page says so; the page."""
    until(f"{path} to say {words!r}", lambda: words in page(bakery, path), instead=lambda: page(bakery, path))
    return page(bakery, path)


def send(bakery: Journey, path: str, **form: object) -> None:
    """A form of the panel, as App Bridge signs it."""
    token = bakery.shopify.send(f"{SHOP}/session_token")["id_token"]
    answer = bakery.app.post(path, data=form, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 303, answer.text


def send_again(bakery: Journey, customer: int, under: str) -> None:
    """Every order of the customer as Shopify may have told it, under ids of their own, and one that is cut off."""
    bodies = [
        json.dumps(order(row["id"], customer=customer))
        for row in bakery.shopify.rows("orders")
        if row["customer"] == customer
    ]
    for number, body in enumerate([*bodies, bodies[0][:-1]]):
        bakery.deliver("orders/updated", body.encode(), f"{under}-{number}")
    bakery.settled()


def replayed(bakery: Journey) -> str:
    """What `regulars replay` says, when all that it put back is worked off."""
    said = bakery.app.command("replay", SHOP, "--all")
    assert said.returncode == 0, said.stderr
    bakery.settled()
    return said.stdout


def test_a_customer_is_told_then_forgotten_and_no_late_word_brings_them_back(open_bakery: Journey) -> None:
    """Not an old delivery under another id, a replay, a new version of an old order, a new one, or an import."""
    bakery, shopify = open_bakery, open_bakery.shopify
    anna = shopify.came_again()
    bakery.becomes(anna, "client")
    last = shopify.bought(13, customer=anna)
    send_again(bakery, anna, "before")
    shopify.send(f"{SHOP}/customers/{anna}/data_request")
    (path,) = re.findall(r'href="(/privacy/answers/[^"?]+)', shows(bakery, "/privacy", "The answer is kept until"))
    answer = json.loads(bakery.panel(path).text)
    assert (answer["customer"], len(answer["orders"])) == (f"Customer/{anna}", 3)
    shopify.send(f"{SHOP}/customers/{anna}/redact")
    assert str(anna) not in shows(bakery, "/privacy", "A customer was erased")
    assert bakery.panel(path).status_code == 410
    before = bakery.settled()
    # What was set aside is gone as well.
    assert "0 deliveries" in replayed(bakery)
    send_again(bakery, anna, "after")
    assert "1 delivery" in replayed(bakery)
    assert bakery.settled()["orders"] == before["orders"]
    shopify.order("cancel", order=last["id"])
    shopify.bought(14, customer=anna)
    assert bakery.app.command("import", SHOP).returncode == 0
    until("another import", lambda: (bakery.app.status()["import"] or {})["number"] > before["import"]["number"])
    after = bakery.settled()
    assert (after["orders"], after["kinds"], after["ledger"]) == (before["orders"], before["kinds"], before["ledger"])


def test_who_objects_or_forbids_the_sale_of_their_data_loses_the_tag_and_gets_no_other(open_bakery: Journey) -> None:
    """The merchant notes the one, the shop knows the other; it is asked before the first tag."""
    bakery, shopify = open_bakery, open_bakery.shopify
    # A test order counts for nothing: it makes a customer who is not tagged yet.
    cara = shopify.bought(11, days_ago=12, test=True)["customer"]
    shopify.send(f"{SHOP}/customers/{cara}/data_sale", opt_out=True)
    shopify.came_again(cara)
    ben = shopify.came_again()
    bakery.becomes(ben, "client")
    bakery.settled()
    assert shopify.writes(cara) == []
    assert re.search(rf"forbidden in your shop.*\b{cara}\b", page(bakery, "/privacy"), re.DOTALL)
    send(bakery, "/privacy/objections", customer=ben)
    bakery.becomes(ben, "")
    shopify.bought(13, customer=ben)
    bakery.settled()
    assert shopify.our_tags(ben) == [""]
    send(bakery, "/privacy/objections/lift", customer=ben)
    bakery.becomes(ben, "client")


def test_tags_come_off_before_the_merchant_leaves_and_nothing_is_left_of_the_shop(bakery: Journey) -> None:
    """What is erased is really gone: who comes back begins anew."""
    shopify = bakery.shopify
    bakery.tagging()
    clients = [shopify.came_again() for _ in range(3)]
    vip = shopify.came_again()
    shopify.edit_tags(vip, add=["vip"])
    bakery.settled()
    send(bakery, "/privacy/objections", customer=clients[0])
    bakery.becomes(clients[0], "")
    assert "3 customers carry a tag" in page(bakery, "/leave")
    send(bakery, "/leave/remove")
    shows(bakery, "/leave", "You can uninstall the app now")
    assert shopify.our_tags(*clients, vip) == [""] * 4
    assert shopify.tags()[vip] == ["vip"]
    shopify.send(f"{SHOP}/uninstall")
    bakery.is_gone()
    shopify.send(f"{SHOP}/redact")
    until("the shop to be erased", lambda: "is erased, as Shopify asked" in bakery.app.log())
    bakery.install()
    assert "Classify again" not in page(bakery, "/privacy")
    assert "There were none" in page(bakery, "/privacy")
    # Its first import, by its number: there was none before.
    until("the import", lambda: (bakery.app.status()["import"] or {}).get("stage") == "done")
    assert bakery.app.status()["import"]["number"] == 1
    assert bakery.app.status()["kinds"] == {"none": 0, "buyers": 0, "clients": 4}
    assert bakery.app.status()["ledger"] == {}
