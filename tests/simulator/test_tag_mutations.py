"""tagsAdd and tagsRemove, as live shops answer them."""

import threading
from typing import Any

import pytest

from tests.simulator.quiet import NOW, Bakery, gid

CHANGE = """
    mutation Change($id: ID!, $tags: [String!]!) { %s(id: $id, tags: $tags) {
        node { id ... on Customer { tags } } userErrors { field message } } }"""


def change(bakery: Bakery, what: str, customer: int, *tags: str) -> dict[str, Any]:
    return bakery.data(CHANGE % what, id=gid("Customer", customer), tags=list(tags))[what]


def test_tags_come_back_sorted_and_once_whatever_their_capitals() -> None:
    bakery = Bakery()
    said = change(bakery, "tagsAdd", 1, "client", "vip", "Client", " almond ")
    assert said == {
        "node": {"id": gid("Customer", 1), "tags": ["almond", "client", "newsletter", "VIP"]},
        "userErrors": [],
    }
    assert bakery.shop.customers[1].updated_at == NOW


def test_only_the_named_tags_are_removed() -> None:
    bakery = Bakery()
    assert change(bakery, "tagsRemove", 1, "vip", "never there")["node"]["tags"] == ["newsletter"]


def test_one_text_may_hold_several_tags_between_commas() -> None:
    assert change(Bakery(), "tagsAdd", 2, "a, b,,c")["node"]["tags"] == ["a", "b", "c"]


@pytest.mark.parametrize("what", ["tagsAdd", "tagsRemove"])
def test_an_unknown_customer_is_a_user_error(what: str) -> None:
    said = change(Bakery(), what, 99, "client")
    assert said == {"node": None, "userErrors": [{"field": ["id"], "message": "Customer does not exist"}]}


def test_a_customer_has_at_most_250_tags() -> None:
    bakery = Bakery()
    bakery.shop.customers[2].tags = [f"t{number}" for number in range(249)]
    assert change(bakery, "tagsAdd", 2, "the last")["userErrors"] == []
    assert change(bakery, "tagsAdd", 2, "THE LAST")["userErrors"] == []
    refused = change(bakery, "tagsAdd", 2, "one more")
    assert refused["userErrors"][0]["field"] == ["tags"]
    assert len(bakery.shop.customers[2].tags) == 250


def test_a_tag_has_at_most_255_characters() -> None:
    assert change(Bakery(), "tagsAdd", 2, "x" * 256)["userErrors"][0]["field"] == ["tags"]


def test_a_change_is_announced_with_the_changed_tags_only() -> None:
    """The webhook has no author, and none is sent when nothing changed."""
    bakery = Bakery()
    change(bakery, "tagsAdd", 1, "client", "VIP")
    change(bakery, "tagsAdd", 1, "client")
    change(bakery, "tagsRemove", 1, "CLIENT", "unknown")
    at = "2026-11-18T09:06:40.000Z"
    assert bakery.sent == [
        ("customer.tags_added", {"customerId": gid("Customer", 1), "tags": ["client"], "occurredAt": at}),
        ("customer.tags_removed", {"customerId": gid("Customer", 1), "tags": ["client"], "occurredAt": at}),
    ]


def test_every_write_is_kept_for_whoever_counts_them() -> None:
    bakery = Bakery()
    change(bakery, "tagsAdd", 1, "client", "VIP")
    change(bakery, "tagsAdd", 1, "client")
    written = [(it.customer, it.action, it.tags, it.changed, it.bulk) for it in bakery.shop.tag_writes]
    assert written == [(1, "add", ["client", "VIP"], ["client"], False), (1, "add", ["client"], [], False)]


def test_aliased_mutations_run_one_after_the_other() -> None:
    data = Bakery().data("""mutation {
        a: tagsAdd(id: "gid://shopify/Customer/2", tags: ["client"]) { node { ... on Customer { tags } } }
        b: tagsRemove(id: "gid://shopify/Customer/2", tags: ["client"]) { node { ... on Customer { tags } } }
    }""")
    assert data == {"a": {"node": {"tags": ["client"]}}, "b": {"node": {"tags": []}}}


def test_many_threads_lose_no_tag() -> None:
    """A server answers many calls at once: all 200 tags are there in the end, each announced once."""
    bakery = Bakery(bucket=1e9)

    def add(first: int) -> None:
        for number in range(first, first + 25):
            change(bakery, "tagsAdd", 2, f"t{number:03}")

    threads = [threading.Thread(target=add, args=(first,)) for first in range(0, 200, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bakery.shop.customers[2].tags == [f"t{number:03}" for number in range(200)]
    assert len(bakery.sent) == len(bakery.shop.tag_writes) == 200
