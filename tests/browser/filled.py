"""A shop that has lived with the app for a while: part of CDNOW's history, then a few days with a bit of everything."""

import csv
import gzip
from pathlib import Path

from plugin.simulator.history import CDNOW
from tests.browser.merchant import Street
from tests.journeys.shopify import SHOP

ONE_IN = 20  # of CDNOW's customers


def sample(folder: Path) -> Path:
    """A file with every so manieth customer of CDNOW's."""
    path = folder / "sample.csv"
    with gzip.open(CDNOW, "rt", newline="") as whole, path.open("w", newline="") as part:
        rows = csv.reader(whole)
        chosen = csv.writer(part)
        chosen.writerow(next(rows))
        chosen.writerows(row for row in rows if int(row[0]) % ONE_IN == 0)
    return path


def lived_in(street: Street) -> None:
    """What happens at a shop where tagging has just been switched on; returns when all of it has been worked off."""
    shopify = street.shopify
    tagged = [row["id"] for row in shopify.rows("customers") if set(row["tags"]) & {"buyer", "client"}]
    for customer in tagged[:3]:
        shopify.edit_tags(customer, remove=["buyer", "client"])
    for customer in tagged[3:12]:
        shopify.bought(11, 12, customer=customer, price=2950)
    for _ in range(4):
        shopify.came_again(price=1895)
    cancelled = shopify.bought(12, customer=tagged[3])
    shopify.order("cancel", order=cancelled["id"])
    shopify.send(f"{SHOP}/customers/{tagged[4]}/data_request")
    shopify.send(f"{SHOP}/customers/{tagged[-1]}/redact")
    shopify.send(f"{SHOP}/customers/{tagged[5]}/data_sale", opt_out=True)
    for number in range(3):
        street.journey.deliver("orders/create", b'{"id": "no number"}', f"odd-{number}")
    street.journey.settled()
