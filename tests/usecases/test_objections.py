"""Who objects to being classified, or forbids the sale of their data, has no verdict and no tag of ours."""

from typing import Any

import pytest

from plugin.core.verdict import Kind
from plugin.db import customers, objections, tagging
from plugin.db.tagging import Synced
from plugin.errors import GiveUp
from plugin.usecases.objections import customer_named, lift_objection, note_objection
from plugin.usecases.rejudge import judge_all
from tests.usecases.conftest import Oak, order
from tests.usecases.law import ANNA, BEN, KEY, carry_out, redact


def client(oak: Oak, person: int = ANNA) -> None:
    """Anna came twice, and carries our tag."""
    for number, day in ((1, "2026-10-01"), (2, "2026-10-20")):
        oak.receive("orders/create", order(person + number, customer=person, day=day))
    oak.drain()
    with oak.services.database.write() as tx:
        tagging.found(tx, oak.shop, [(f"Customer/{person}", [])])
        tagging.synced(tx, oak.shop, [Synced(f"Customer/{person}", 2, ["client"])])


def to_sync(oak: Oak) -> list[tuple[str, int, str]]:
    with oak.services.database.read() as tx:
        return [(one.customer, one.kind, one.tags_ours) for one in tagging.to_sync(tx, oak.shop, at_most=9)]


def test_their_verdict_goes_and_their_tag_is_to_go(oak: Oak) -> None:
    client(oak)
    assert to_sync(oak) == []
    note_objection(oak.services, oak.shop, KEY)
    assert oak.kinds()[KEY] == Kind.NONE
    assert to_sync(oak) == [(KEY, 0, "client")]
    assert oak.nudged[-1] == ("sync", oak.shop)
    assert oak.column("SELECT occasions FROM customers") == [0]


def test_nothing_judges_them_again(oak: Oak) -> None:
    """Neither another order nor a judgement of the whole shop."""
    client(oak)
    note_objection(oak.services, oak.shop, KEY)
    oak.receive("orders/create", order(9, customer=ANNA, day="2026-11-01"))
    oak.drain()
    judge_all(oak.services, oak.shop, cause="zone")
    assert oak.kinds()[KEY] == Kind.NONE


def test_an_objection_before_the_first_order_holds(oak: Oak) -> None:
    note_objection(oak.services, oak.shop, KEY)
    client(oak)
    assert oak.kinds()[KEY] == Kind.NONE


def test_lifting_it_judges_them_like_any_other(oak: Oak) -> None:
    client(oak)
    note_objection(oak.services, oak.shop, KEY)
    lift_objection(oak.services, oak.shop, KEY)
    assert oak.kinds()[KEY] == Kind.CLIENT
    assert to_sync(oak) == []


def test_the_sale_of_data_means_the_same_and_is_not_lifted_by_the_merchant(oak: Oak) -> None:
    """It is the customer's word at the shop: only the shop can say otherwise."""
    client(oak)
    with oak.services.database.write() as tx:
        objections.opt(tx, oak.shop, out=[KEY], back=[])
    note_objection(oak.services, oak.shop, KEY)
    lift_objection(oak.services, oak.shop, KEY)
    assert oak.kinds()[KEY] == Kind.NONE
    with oak.services.database.write() as tx:
        assert objections.of(tx, oak.shop, KEY) == (False, True)
        assert objections.opted_out(tx, oak.shop) == [KEY]
        objections.opt(tx, oak.shop, out=[], back=[KEY])
    judge_all(oak.services, oak.shop, cause="zone")
    assert oak.kinds()[KEY] == Kind.CLIENT


def test_an_objection_of_either_of_two_merged_customers_holds(oak: Oak) -> None:
    client(oak, ANNA)
    client(oak, BEN)
    note_objection(oak.services, oak.shop, f"Customer/{BEN}")
    merge = {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{ANNA}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{BEN}",
        "status": "completed",
    }
    oak.receive("customers/merge", merge)
    oak.drain()
    assert oak.kinds()[KEY] == Kind.NONE
    with oak.services.database.read() as tx:
        assert objections.of(tx, oak.shop, KEY) == (True, False)


def test_the_erased_need_not_object(oak: Oak) -> None:
    """A row about them would be the one thing that is kept."""
    redact(oak)
    carry_out(oak)
    with pytest.raises(GiveUp, match="was erased"):
        note_objection(oak.services, oak.shop, KEY)
    assert oak.kinds() == {}


def test_a_late_click_on_lifting_does_not_bring_the_erased_back(oak: Oak) -> None:
    """The page was open while they were erased."""
    client(oak)
    note_objection(oak.services, oak.shop, KEY)
    redact(oak)
    carry_out(oak)
    lift_objection(oak.services, oak.shop, KEY)
    assert oak.kinds() == {}


def test_who_is_erased_while_the_shop_is_judged_is_not_brought_back(oak: Oak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judged without orders, for their last one went to somebody else; erased between the list and the judgement."""
    oak.receive("orders/create", order(1, customer=ANNA))
    oak.drain()
    with oak.services.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE orders SET customer = 'Customer/{BEN}'")
    redact(oak)
    without_orders = customers.without_orders

    def erase_after_listing(*given: Any, **more: Any) -> list[str]:
        found = without_orders(*given, **more)
        carry_out(oak)
        return found

    monkeypatch.setattr(customers, "without_orders", erase_after_listing)
    judge_all(oak.services, oak.shop, cause="zone")
    assert oak.kinds().keys() == {f"Customer/{BEN}"}


@pytest.mark.parametrize(
    "words",
    [
        "7009",
        " 7009 ",
        "gid://shopify/Customer/7009",
        "https://admin.shopify.com/store/oak-ltd/customers/7009?x=1",
        "oak-ltd.myshopify.com/admin/customers/7009/",
    ],
)
def test_a_customer_is_named_as_the_admin_shows_them(words: str) -> None:
    assert customer_named(words) == "Customer/7009"


@pytest.mark.parametrize("words", ["", "anna", "0", "-7", "7.5", "Customer/", "1" * 30])
def test_what_is_no_number_is_refused_in_words(words: str) -> None:
    with pytest.raises(GiveUp, match="number of a customer"):
        customer_named(words)


@pytest.mark.parametrize("what", ["orders/123", "companies/123", "customers/7009/orders/123", "customers/123/edit"])
def test_the_address_of_another_page_is_refused(what: str) -> None:
    """Its number is somebody else's, or nobody's."""
    words = f"https://admin.shopify.com/store/oak-ltd/{what}"
    with pytest.raises(GiveUp, match="number of a customer"):
        customer_named(words)
