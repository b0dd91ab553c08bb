"""The tables of what the law asks for: requests, and marks of the erased."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from plugin.db.metadata import metadata, only, shop_column

# Without a reference to `shops`: what is left of a request must outlive the shop that was erased by it.
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("webhook_id", String(64), primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("customer", String(64)),  # only as long as it is needed
    Column("orders", Text),  # the orders named, comma-joined; as long
    Column("received_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),  # erased, or the answer was ready
    Column("rows", Integer, nullable=False, server_default="0"),  # erased, or told in the answer
    Column("note", Text),  # why nothing was to be done
    Column("answer", LargeBinary),  # JSON, until its retention ends
    Column("downloaded_at", BigInteger),
)
Index(
    "privacy_open",
    privacy_requests.c.shop,
    privacy_requests.c.received_at,
    **only(privacy_requests.c.done_at.is_(None)),
)
Index(
    "privacy_of_customer",
    privacy_requests.c.shop,
    privacy_requests.c.customer,
    **only(privacy_requests.c.customer.is_not(None)),
)

erased = Table(
    "erased",
    metadata,
    shop_column(),
    Column("mark", LargeBinary(16), primary_key=True),  # core.marks: of a customer or an order that must not come back
)
