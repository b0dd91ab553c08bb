"""What the tables keep is told in words."""

import pytest

from plugin.core.marks import mark, new_key
from plugin.core.orders import Ignored, pack_products
from plugin.core.telling import told


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("processed_at", 1_790_000_000_000, "2026-09-21T14:13:20Z"),
        ("updated_at", 0, "not known"),
        ("day", 739_909, "2026-10-20"),
        ("total", 2050, "20.50 EUR"),
        ("refunded", -5, "-0.05 EUR"),
        ("kind", 2, "client"),
        ("kind_at_shop", -1, "not known"),
        ("products", pack_products([7, 9]), [7, 9]),
        ("has_code", False, False),
        ("name", "#1001", "#1001"),
    ],
)
def test_a_value_reads_as_a_person_would_say_it(name: str, value: object, words: object) -> None:
    assert told({name: value}, currency="EUR") == {name: words}


def test_ignored_is_a_reason_of_an_order_and_a_count_of_a_customer() -> None:
    assert told({"ignored": Ignored.TEST}, currency="EUR", order=True) == {"ignored": "a test order"}
    assert told({"ignored": int(Ignored.TEST)}, currency="EUR") == {"ignored": int(Ignored.TEST)}


def test_what_is_not_there_is_left_out() -> None:
    assert told({"lapse_on": None, "tags_ours": ""}, currency="EUR") == {}


def test_money_has_the_decimals_of_its_currency() -> None:
    assert told({"total": 2050}, currency="JPY") == {"total": "2050 JPY"}
    assert told({"total": 2050}, currency="") == {"total": "2050 minor units"}


def test_a_mark_is_the_same_for_the_same_key_only() -> None:
    one, other = new_key(), new_key()
    assert mark(one, "Customer/1") == mark(one, "Customer/1")
    assert len({mark(one, "Customer/1"), mark(one, "Order/1"), mark(other, "Customer/1")}) == 3
