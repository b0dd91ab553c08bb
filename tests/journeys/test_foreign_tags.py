"""Whatever was there before us stays: other people's tags, and even a tag that has one of our names."""

from collections.abc import Iterator

import pytest

from tests.journeys.journey import Journey, journey
from tests.journeys.shopify import Shopify, ours_among

CROISSANT, CAKE = 11, 12


class Regulars:
    """Customers with a past and tags of somebody else's, before the app comes."""

    def __init__(self, shopify: Shopify) -> None:
        self.client = shopify.came_again()
        self.buyer = shopify.bought(CROISSANT, days_ago=3)["customer"]
        self.none = shopify.bought(CROISSANT, days_ago=3, test=True)["customer"]
        self.by_company = shopify.bought(CROISSANT, days_ago=3, company=[500, 600])["customer"]
        self.also_by_company = shopify.bought(CAKE, days_ago=2, company=[500, 600])["customer"]
        self.called_buyer = shopify.came_again()
        self.called_client = shopify.bought(CROISSANT, days_ago=3)["customer"]
        self.shouted = shopify.bought(CROISSANT, days_ago=3)["customer"]
        shopify.edit_tags(self.client, add=["VIP list", "newsletter"])
        shopify.edit_tags(self.buyer, add=["buyer of 1997", "clients' cousin"])
        shopify.edit_tags(self.none, add=["never buys"])
        shopify.edit_tags(self.called_buyer, add=["buyer"])
        shopify.edit_tags(self.called_client, add=["Client"])
        shopify.edit_tags(self.shouted, add=["BUYER"])


Tagged = tuple[Journey, Regulars, dict[int, list[str]]]


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tagged]:
    """The bakery after its tags were written, its customers, and the tags they had before."""
    with journey(tmp_path_factory.mktemp("bakery")) as made:
        people = Regulars(made.shopify)
        before = made.shopify.tags()
        made.tagging()
        yield made, people, before


def test_other_tags_are_all_still_there(tagged: Tagged) -> None:
    bakery, _, before = tagged
    after = bakery.shopify.tags()
    assert {one: sorted(set(tags) - set(after[one])) for one, tags in before.items()} == {one: [] for one in before}


def test_the_history_is_tagged_beside_them(tagged: Tagged) -> None:
    bakery, people, _ = tagged
    assert bakery.shopify.our_tags(people.client, people.buyer, people.none) == ["client", "buyer", ""]


def test_everyone_who_ordered_for_a_client_company_is_a_client(tagged: Tagged) -> None:
    """Also when all they ever ordered was for the company, long before the app came."""
    bakery, people, _ = tagged
    assert bakery.shopify.our_tags(people.by_company, people.also_by_company) == ["client", "client"]


def test_a_tag_of_our_name_is_not_written_again(tagged: Tagged) -> None:
    """Shopify does not tell capitals apart, so neither do we."""
    bakery, people, _ = tagged
    assert bakery.shopify.writes(people.shouted) == []
    assert bakery.shopify.tags()[people.shouted] == ["BUYER"]


def test_a_tag_of_our_name_is_not_ours_to_remove(tagged: Tagged) -> None:
    """The merchant called them so before us: ours comes beside it, and goes without it."""
    bakery, people, _ = tagged
    shopify = bakery.shopify
    assert sorted(shopify.tags()[people.called_buyer]) == ["buyer", "client"]
    assert sorted(shopify.tags()[people.called_client]) == ["Client", "buyer"]
    for row in shopify.rows("orders"):
        if row["customer"] in {people.called_buyer, people.called_client, people.shouted}:
            shopify.order("refund", order=row["id"])
    bakery.settled()
    assert [shopify.tags()[one] for one in (people.called_buyer, people.called_client, people.shouted)] == [
        ["buyer"],
        ["Client"],
        ["BUYER"],
    ]


def test_a_newcomer_who_was_given_our_tag_first_keeps_it(tagged: Tagged) -> None:
    """A customer the import never saw is looked at before the first write."""
    bakery, _, _ = tagged
    shopify = bakery.shopify
    order = shopify.bought(CROISSANT, status="pending")
    bakery.settled()
    shopify.edit_tags(order["customer"], add=["client", "newsletter"])
    shopify.order("update", order=order["id"], status="paid")
    bakery.becomes(order["customer"], "buyer+client")
    shopify.order("cancel", order=order["id"])
    bakery.becomes(order["customer"], "client")
    assert shopify.tags()[order["customer"]] == ["client", "newsletter"]


def test_a_tag_the_merchant_adds_by_the_way_is_left_alone(tagged: Tagged) -> None:
    bakery, people, _ = tagged
    bakery.shopify.edit_tags(people.buyer, add=["loves croissants"])
    bakery.shopify.bought(CAKE, customer=people.buyer)
    bakery.becomes(people.buyer, "client")
    tags = bakery.shopify.tags()[people.buyer]
    assert set(tags) - {"client"} == {"buyer of 1997", "clients' cousin", "loves croissants"}
    assert ours_among(tags) == {"client"}


def test_what_the_merchant_makes_of_our_tag_stands(tagged: Tagged) -> None:
    """The shop's word of it only makes us look; an order that would change the tag afterwards changes nothing."""
    bakery, _, _ = tagged
    shopify = bakery.shopify
    once = shopify.bought(CROISSANT, days_ago=3)["customer"]
    bakery.becomes(once, "buyer")
    shopify.edit_tags(once, remove=["buyer"])
    bakery.settled()
    shopify.bought(CAKE, customer=once)
    bakery.settled()
    assert shopify.tags()[once] == []
