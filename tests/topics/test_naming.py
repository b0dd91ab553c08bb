"""A delivery that names a person is found, however it spells them."""

import pytest

from webhooks.topics.naming import is_named


@pytest.mark.parametrize(
    "body",
    [
        b'{"customer": {"id": 700900000017}}',
        b'{"customerId":"gid://shopify/Customer/700900000017"}',
        b'{"ids":[1,700900000017,2]}',
        b"not json, but 700900000017 is in it",
        b'{"email":"Anna@Bakery.example"}',
        b'{"email":"anna\\u0040bakery.example"}',
        b'[{"deep":{"er":["write to anna\\u0040bakery.example now"]}}]',
        b'{"phone":"+32470000017"}',
    ],
)
def test_it_is_named(body: bytes) -> None:
    assert is_named(body, numbers={b"700900000017"}, texts=("anna@bakery.example", "+32470000017"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"customer":{"id":7009000000170}}',
        b'{"customer":{"id":17009000000017}}',
        b'{"email":"ben@bakery.example"}',
        b'{"broken\\u0040',
    ],
)
def test_it_is_not_named(body: bytes) -> None:
    assert not is_named(body, numbers={b"700900000017"}, texts=("anna@bakery.example", "+32470000017"))


def test_nobody_is_named_by_nothing() -> None:
    assert not is_named(b'{"email":"anna@bakery.example"}', numbers=set(), texts=())
