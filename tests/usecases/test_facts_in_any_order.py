"""Property: however the deliveries of a history are shuffled, doubled and cut into batches, the rows are the same."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.usecases.conftest import Oak, order
from tests.usecases.test_merges import merge

REFUND = {"transactions": [{"kind": "refund", "status": "success", "amount": "20.00", "currency": "EUR"}]}
PLACE = {"id": 1, "location_id": 3}
# What happened, in this order; each is triggered a second after the one before.
HISTORY: list[tuple[str, dict[str, Any]]] = [
    ("orders/create", order(1, customer=7, day="2026-11-01", financial_status="pending")),
    ("orders/create", order(2, customer=8, day="2026-11-03")),
    ("orders/updated", order(1, customer=7, day="2026-11-01", updated_at="2026-11-04T12:00:00Z")),
    ("customers/merge", merge(7, 8)),
    ("orders/updated", order(1, customer=8, day="2026-11-01", updated_at="2026-11-05T12:00:00Z")),
    ("orders/create", order(3, customer=6, day="2026-11-06")),
    ("orders/updated", order(3, customer=6, day="2026-11-06", updated_at="2026-11-07T12:00:00Z", company=PLACE)),
    ("orders/create", order(4, customer=5, day="2026-11-07")),
    ("orders/updated", order(4, customer=None, day="2026-11-07", updated_at="2026-11-08T12:00:00Z")),
    ("orders/create", order(5, customer=9, day="2026-11-09")),
    ("orders/delete", {"id": 5}),
    ("customers/merge", merge(8, 9)),
    ("orders/create", order(6, customer=9, day="2026-11-12")),
    (
        "orders/updated",
        order(
            6,
            customer=9,
            day="2026-11-12",
            updated_at="2026-11-13T12:00:00Z",
            financial_status="refunded",
            current_total_price="0.00",
            refunds=[REFUND],
        ),
    ),
    ("customers/merge", merge(6, 9)),
]
ORDERS = "SELECT id || ' ' || coalesce(customer, '-') || ' ' || coalesce(ordered_by, '-') || ' ' || ignored FROM orders"
MERGED = "SELECT customer || ' ' || coalesce(merged_into, '-') || ' ' || coalesce(held, '-') FROM customers"
# A row of someone whom only a late version named says that they are neither, as no row does.
JUDGED = "SELECT customer || ' ' || kind || ' ' || occasions || ' ' || counted FROM customers"
EXPECTED = [
    ["1 Customer/9 - 0", "2 Customer/9 - 0", "3 CompanyLocation/3 Customer/9 0", "4 - - 0"],
    ["Customer/6 Customer/9 gone", "Customer/7 Customer/9 gone", "Customer/8 Customer/9 gone"],
]


def rows(oak: Oak) -> list[list[str]]:
    """What is kept of orders, merges and verdicts."""
    return [
        oak.column(f"{ORDERS} ORDER BY id"),
        oak.column(f"{MERGED} WHERE merged_into IS NOT NULL ORDER BY customer"),
        oak.column(f"{JUDGED} WHERE kind > 0 OR counted > 0 ORDER BY customer"),
    ]


def tell(oak: Oak, numbers: list[int], cuts: set[int]) -> list[list[str]]:
    """The rows after these deliveries; the batch ends after each position in `cuts`."""
    with oak.services.database.write() as tx:
        for table in ("orders", "customers", "inbox"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table}")
    for at, number in enumerate(numbers):
        topic, body = HISTORY[number]
        oak.receive(topic, body, triggered_at=1_000 * (number + 1))
        if at in cuts:
            oak.drain()
    oak.drain()
    assert oak.parked() == []
    return rows(oak)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(HISTORY))),
    again=st.lists(st.integers(0, len(HISTORY) - 1), max_size=6),
    cuts=st.sets(st.integers(0, len(HISTORY) + 6)),
)
def test_whatever_order_deliveries_come_in_the_rows_are_the_same(
    oak: Oak, order: list[int], again: list[int], cuts: set[int]
) -> None:
    """Merges, deletes, refunds, late payments, orders that change hands: all of them late, early, or twice."""
    as_it_happened = tell(oak, list(range(len(HISTORY))), set(range(len(HISTORY))))
    assert as_it_happened[0][:4] == EXPECTED[0]
    assert as_it_happened[1] == EXPECTED[1]
    assert tell(oak, [*order, *again], cuts) == as_it_happened
