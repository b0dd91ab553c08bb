"""Who objects to being classified, or forbids the sale of their data, has no verdict and no tag of ours."""

import pytest

from plugin.core.verdict import Kind
from plugin.db import customers, objections
from plugin.db.customers import Synced
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
        customers.found(tx, oak.shop, [(f"Customer/{person}", [])])
        customers.synced(tx, oak.shop, [Synced(f"Customer/{person}", 2, ["client"])])


def to_sync(oak: Oak) -> list[tuple[str, int, str]]:
    with oak.services.database.read() as tx:
        return [(one.customer, one.kind, one.tags_ours) for one in customers.to_sync(tx, oak.shop, at_most=9)]


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
    judge_all(oak.services, oak.shop)
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
    judge_all(oak.services, oak.shop)
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


@pytest.mark.parametrize(
    "words",
    ["7009", " 7009 ", "gid://shopify/Customer/7009", "https://admin.shopify.com/store/oak-ltd/customers/7009?x=1"],
)
def test_a_customer_is_named_as_the_admin_shows_them(words: str) -> None:
    assert customer_named(words) == "Customer/7009"


@pytest.mark.parametrize("words", ["", "anna", "0", "-7", "7.5", "Customer/", "1" * 30])
def test_what_is_no_number_is_refused_in_words(words: str) -> None:
    with pytest.raises(GiveUp, match="number of a customer"):
        customer_named(words)
