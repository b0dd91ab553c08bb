"""Every kind that changes says why, and hands it to the ledger."""

from plugin.core.causes import LAPSE, OBJECTION, ORDERS, imported
from plugin.db import customers, tagging
from plugin.usecases.objections import note_objection
from plugin.usecases.plan_sync import changes, plan_seen
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import Oak, order

NAMES = {1: "buyer", 2: "client"}


def test_only_a_kind_that_changes_takes_a_new_cause(oak: Oak) -> None:
    """An import that finds what was known already has changed nothing."""
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, day="2026-11-09"))
    oak.drain()
    judge_all(oak.services, oak.shop, cause=imported(1))
    assert oak.column("SELECT cause FROM customers") == [ORDERS]
    with oak.services.database.write() as tx:
        customers.sweep(tx, oak.shop, today=800_000)
    assert oak.column("SELECT cause FROM customers") == [LAPSE]


def test_the_line_in_the_ledger_says_why(oak: Oak) -> None:
    oak.receive("orders/create", order(1))
    oak.drain()
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [("Customer/7", [])])
        work = tagging.to_sync(tx, oak.shop, at_most=5)
    assert [(one.action, one.tag, one.cause) for one in changes(plan_seen(work, NAMES))] == [("add", "buyer", ORDERS)]


def test_an_objection_is_the_reason_why_a_tag_comes_off(oak: Oak) -> None:
    """Who was neither before has become nothing else."""
    oak.receive("orders/create", order(1))
    oak.receive("orders/create", order(2, customer=8, financial_status="pending"))
    oak.drain()
    for customer in ("Customer/7", "Customer/8"):
        note_objection(oak.services, oak.shop, customer)
    assert oak.column("SELECT cause FROM customers ORDER BY customer") == [OBJECTION, ORDERS]
