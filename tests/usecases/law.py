"""What Anna's stay at Oak Ltd leaves in the tables, the requests about her, and a look at everything that is kept."""

import json
from typing import Any

import sqlalchemy as sa
from lz4.block import decompress

from plugin.usecases.carry_out_requests import carry_out_requests
from tests.usecases.conftest import Oak, order

ANNA, BEN, LEA = 700900000017, 700900000025, 700900000033
KEY = f"Customer/{ANNA}"
MAIL, PHONE = "anna@bakery.example", "+32470000017"
FIRST, SECOND, FOR_OAK, BENS = 500100000018, 500100000026, 500100000034, 500100000042
COMPANY = {"id": 61, "location_id": 620000000011}
DOMAIN = "oak-ltd.myshopify.com"


def of(person: int, name: str) -> dict[str, Any]:
    """The part of a request that says whom it is about."""
    return {"shop_domain": DOMAIN, "customer": {"id": person, "email": name, "phone": PHONE}}


def redact(oak: Oak, person: int = ANNA, *orders: int) -> str:
    """customers/redact arrives and is worked off; its id."""
    webhook_id = oak.receive("customers/redact", of(person, MAIL) | {"orders_to_redact": list(orders)})
    oak.drain()
    return webhook_id


def data_request(oak: Oak, person: int = ANNA, *orders: int) -> str:
    """customers/data_request, the same way."""
    webhook_id = oak.receive("customers/data_request", of(person, MAIL) | {"orders_requested": list(orders)})
    oak.drain()
    return webhook_id


def history() -> list[tuple[str, Any]]:
    """Every sort of delivery that can name Anna, and some of Ben's."""
    email = {"state": "subscribed", "consent_updated_at": "2026-10-01T10:00:00Z"}
    merge = {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{ANNA}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{LEA}",
        "admin_graphql_api_job_id": None,
        "status": "completed",
        "errors": [],
    }
    return [
        ("orders/create", order(FIRST, customer=ANNA, day="2026-10-01")),
        ("orders/create", order(SECOND, customer=ANNA, day="2026-10-20")),
        ("orders/updated", order(SECOND, customer=ANNA, day="2026-10-20", updated_at="2026-10-21T12:00:00+00:00")),
        ("orders/create", order(FOR_OAK, customer=ANNA, day="2026-10-22", company=COMPANY)),
        ("orders/create", order(BENS, customer=BEN, day="2026-10-22")),
        ("orders/create", order(500100000059, customer=LEA, day="2026-10-02")),
        ("customers/merge", merge),
        ("customers_email_marketing_consent/update", {"customer_id": ANNA, "email_marketing_consent": email}),
        ("customers_marketing_consent/update", {"id": ANNA, "sms_marketing_consent": email}),
        ("customer.tags_added", {"customerId": f"gid://shopify/Customer/{ANNA}", "tags": ["vip"]}),
        ("orders/delete", {"id": FIRST}),
        ("customers/delete", {"id": LEA, "admin_graphql_api_id": f"gid://shopify/Customer/{LEA}"}),
        ("moons/rise", {"by": MAIL.replace("@", "\\u0040").upper()}),
        ("orders/create", b'{"broken": true, "customer": {"id": %d}}' % ANNA),
    ]


def lived(oak: Oak) -> None:
    """All of it arrives and is worked off."""
    for topic, payload in history():
        oak.receive(topic, payload)
    oak.drain()


def carry_out(oak: Oak) -> None:
    """Requests are carried out, and what was on its way in between is worked off."""
    for _ in range(3):
        if carry_out_requests(oak.services, oak.shop) is None:
            return
        oak.drain()
    raise AssertionError("the requests are not carried out")


def everything(oak: Oak) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    found = {}
    with oak.services.database.read() as tx:
        for table in sa.inspect(tx.connection).get_table_names():
            rows = [tuple(row) for row in tx.connection.exec_driver_sql(f"SELECT * FROM {table}")]
            if table == "bodies":
                rows = [(*key, decompress(packed)) for *key, packed in rows]
            found[table] = sorted("|".join(map(_text, row)) for row in rows)
    return found


def holds(oak: Oak, *words: object) -> dict[str, list[str]]:
    """The rows that hold one of these words, by table."""
    wanted = [str(word).casefold() for word in words]
    kept = everything(oak).items()
    found = {name: [row for row in rows if any(word in row.casefold() for word in wanted)] for name, rows in kept}
    return {name: rows for name, rows in found.items() if rows}


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def as_json(answer: bytes | None) -> dict[str, Any]:
    """An answer to a data request, read."""
    assert answer is not None
    read: dict[str, Any] = json.loads(answer)
    return read
