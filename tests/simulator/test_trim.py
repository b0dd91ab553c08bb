"""What `include_fields` leaves of a payload."""

from plugin.simulator.trim import fields_of, trimmed


def test_trimming_keeps_only_what_was_asked_for() -> None:
    """Lists map through, null stays null, what is absent stays absent."""
    fields = fields_of(["id", "customer.id", "lines.price", "company.id", "gone.id"])
    payload = {
        "id": 1,
        "email": "oak@example.com",
        "customer": {"id": 2, "first_name": "Oak"},
        "lines": [{"price": "1.00", "title": "Bread"}, {"price": "2.00"}],
        "company": None,
    }
    assert trimmed(payload, fields) == {
        "id": 1,
        "customer": {"id": 2},
        "lines": [{"price": "1.00"}, {"price": "2.00"}],
        "company": None,
    }


def test_no_include_fields_means_the_whole_payload() -> None:
    assert trimmed({"a": {"b": 1}}, fields_of(None)) == {"a": {"b": 1}}


def test_a_wide_wish_includes_the_narrow_one() -> None:
    assert trimmed({"a": {"b": 1, "c": 2}}, fields_of(["a.b", "a"])) == {"a": {"b": 1, "c": 2}}
