"""Bulk operations from the first request to the last line of the result."""

import time

import pytest
import requests

from plugin.errors import GiveUp, Retry
from plugin.shopify import bulk
from plugin.shopify.bulk_tags import ADD, REMOVE, TagResult, tag_line, tag_results
from plugin.shopify.client import Client
from plugin.shopify.failures import Unknown
from plugin.simulator.state import Shop, World
from tests.shopify.scripted import SHOP

NOBODY = "Customer/1"
EVERY_CUSTOMER = "{ customers { edges { node { id tags } } } }"


def finished(client: Client, operation: str) -> bulk.Operation:
    until = time.monotonic() + 20
    while not (seen := bulk.look(client, operation)).over:
        assert time.monotonic() < until, seen
        time.sleep(0.02)
    return seen


def test_a_bulk_file_tags_everyone_and_answers_for_each_line(
    client: Client, calls: requests.Session, shop: Shop, everyone: list[str]
) -> None:
    customers = [*everyone, NOBODY]
    for document, tag in [(ADD, "client"), (REMOVE, "newsletter")]:
        operation = bulk.start_mutation(client, document, (tag_line(it, [tag]) for it in customers), f"tags-{tag}")
        seen = finished(client, operation)
        assert (seen.status, seen.objects) == ("completed", len(customers))
        assert seen.url is not None
        results = sorted(tag_results(bulk.lines(calls, seen.url)))
        assert results == [
            *(TagResult(line, "done", "") for line in range(len(everyone))),
            TagResult(len(everyone), "failed", "Customer does not exist"),
        ]
    assert [customer.tags for customer in shop.customers.values()] == [["client"]] * 40


def test_a_mutation_is_seen_until_it_is_over(client: Client, world: World, everyone: list[str]) -> None:
    """After a crash this says whether a file may still be on its way."""
    assert bulk.running_mutations(client) == []
    world.knobs.bulk_delay = 30
    operation = bulk.start_mutation(client, ADD, [tag_line(everyone[0], ["client"])], None)
    bulk.start_query(client, EVERY_CUSTOMER)
    assert bulk.running_mutations(client) == [operation]
    for running in world.shops[SHOP].operations.values():
        running.cancel.set()
    finished(client, operation)
    assert bulk.running_mutations(client) == []


def test_an_export_is_read_line_by_line(client: Client, calls: requests.Session, everyone: list[str]) -> None:
    seen = finished(client, bulk.start_query(client, EVERY_CUSTOMER))
    assert seen.url is not None
    assert len(list(bulk.lines(calls, seen.url))) == len(everyone)


def test_shopify_refuses_in_its_own_words(client: Client) -> None:
    with pytest.raises(GiveUp, match="at least one connection"):
        bulk.start_query(client, "{ shop { name } }")
    with pytest.raises(GiveUp, match="input file is empty"):
        bulk.start_mutation(client, ADD, [], None)


def test_one_operation_too_many_waits(client: Client, world: World) -> None:
    world.knobs.bulk_delay = 30
    running = [bulk.start_query(client, EVERY_CUSTOMER) for _ in range(5)]
    with pytest.raises(Retry, match="already in progress") as caught:
        bulk.start_query(client, EVERY_CUSTOMER)
    assert not isinstance(caught.value, Unknown)
    for operation in world.shops[SHOP].operations.values():
        operation.cancel.set()
    assert {finished(client, operation).status for operation in running} == {"canceled"}
