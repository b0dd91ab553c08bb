"""Answer a data request: everything kept of a customer, as a file that the merchant takes in the panel."""

import json
from typing import Any

from plugin.core.telling import moment_words, told
from plugin.db import erase, inbox, privacy, shops
from plugin.db import told as tables
from plugin.db.inbox import DONE, PARKED
from plugin.db.privacy import Open
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.named_deliveries import Names, named_deliveries
from webhooks.topics.privacy import called_in

NOTE = (
    "All that Regulars keeps of this customer. It keeps no name, address, e-mail address or phone number, but for"
    " requests such as this one until they are carried out."
    " Moments are in UTC, days in the shop's time zone. 'kind' is what the app took the customer for from these orders:"
    " a buyer, a client (who comes back), or none."
)


def answer_request(services: Services, shop: int, asked: Open) -> None:
    """Carries out customers/data_request."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        keys = sorted(erase.merged_into(tx, shop, asked.customer)) if asked.customer else []
        rows = tables.of_customer(tx, shop, keys, named=asked.orders)
        texts = called_in(inbox.body(tx, shop, asked.webhook_id))
    rows["deliveries"] = _deliveries(services, shop, asked, Names(keys, asked.orders, texts))
    answer = _file(known, asked, rows, now=services.now())
    with services.database.write() as tx:
        number = sum(map(len, rows.values()))
        privacy.ready(tx, shop, asked.webhook_id, now=services.now(), answer=answer, rows=number)
        inbox.empty(tx, shop, [asked.webhook_id])


def _deliveries(services: Services, shop: int, asked: Open, names: Names) -> list[dict[str, Any]]:
    return [
        {"topic": one.topic, "received_at": one.received_at, "state": one.state}
        for some in named_deliveries(services, shop, names)
        for one in some
        if one.webhook_id != asked.webhook_id
    ]


def _file(shop: Shop, asked: Open, rows: dict[str, list[dict[str, Any]]], *, now: int) -> bytes:
    states = {DONE: "worked off", PARKED: "set aside"}
    for one in rows["deliveries"]:
        one["state"] = states.get(one["state"], "waiting")
    said = {
        "note": NOTE,
        "shop": shop.domain,
        "customer": asked.customer,
        "asked_at": moment_words(asked.received_at),
        "answered_at": moment_words(now),
    }
    kept = {
        sort: [told(row, currency=shop.currency, order=sort.startswith("orders")) for row in some]
        for sort, some in rows.items()
    }
    return json.dumps({**said, **kept}, indent=2, ensure_ascii=False).encode()
