"""Every GraphQL document the app sends is valid against the real Admin API of the version the app asks for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from graphql import (
    GraphQLSchema,
    GraphQLSyntaxError,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    get_variable_values,
    parse,
    specified_rules,
    validate,
)

import plugin
from plugin.shopify.history import CUSTOMERS, ORDERS, changed
from plugin.shopify.tag_requests import TagChange, tags_document, tags_variables
from tests.material import admin_schema, require

PLUGIN = Path(plugin.__file__).parent
BATCH = [
    TagChange("Customer/1", add=("client",), remove=("buyer",)),
    TagChange("Customer/2", add=("buyer",), remove=()),
    TagChange("Customer/3", add=(), remove=("client", "vip")),
]

# One set of variables for every operation that declares any, by the name of the operation.
EXAMPLES: dict[str, dict[str, Any]] = {
    "AddTags": {"id": "gid://shopify/Customer/1", "tags": ["client"]},
    "RemoveTags": {"id": "gid://shopify/Customer/1", "tags": ["buyer"]},
    "ReadTags": {"ids": ["gid://shopify/Customer/1", "gid://shopify/Customer/2"]},
    "Subscriptions": {"ids": ["gid://shopify/Customer/1", "gid://shopify/Customer/2"]},
    "OrdersThere": {"ids": ["gid://shopify/Order/1", "gid://shopify/Order/2"]},
    "CustomerNames": {"ids": ["gid://shopify/Customer/1"]},
    "CompanyNames": {"ids": ["gid://shopify/CompanyLocation/2"]},
    "FindCustomers": {"query": "anna* ash*"},
    "BulkRunQuery": {"query": "{ orders { edges { node { id } } } }"},
    "BulkRunMutation": {"mutation": "mutation call($id: ID!) { x }", "path": "tmp/1/lines", "name": "tags-1"},
    "BulkCancel": {"id": "gid://shopify/BulkOperation/1"},
    "BulkLook": {"id": "gid://shopify/BulkOperation/1"},
    "StageUpload": {
        "input": [
            {
                "resource": "BULK_MUTATION_VARIABLES",
                "filename": "lines.jsonl",
                "mimeType": "text/jsonl",
                "httpMethod": "POST",
            }
        ]
    },
    "WriteTags": tags_variables(BATCH),
}


class Document(NamedTuple):
    """A document and where it stands."""

    where: str
    text: str

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        definitions = parse(self.text).definitions
        return [node for node in definitions if isinstance(node, OperationDefinitionNode)]


def is_document(text: str) -> bool:
    if "{" not in text:
        return False
    try:
        return bool(Document("", text).operations)
    except GraphQLSyntaxError:
        return False


def ours(pattern: str) -> Iterator[Path]:
    """Files of our side; the simulated Shopify is a stranger."""
    return (path for path in sorted(PLUGIN.rglob(pattern)) if "simulator" not in path.parts)


def written() -> Iterator[Document]:
    """Documents that stand in the code as one string, or in a file of their own."""
    for path in ours("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_document(node.value):
                yield Document(f"{path.relative_to(PLUGIN)}:{node.lineno}", node.value)
    for path in ours("*.graphql"):
        yield Document(str(path.relative_to(PLUGIN)), path.read_text("utf-8"))


def generated() -> Iterator[Document]:
    """Batches of aliased mutations, and exports of what changed: the only documents that are put together."""
    for removals, additions in [(1, 0), (0, 1), (2, 2), (0, 50), (25, 25)]:
        yield Document(f"tags_document({removals}, {additions})", tags_document(removals, additions))
    for document in (ORDERS, CUSTOMERS):
        yield Document("changed", changed(document, since=1_777_644_000_000))


def in_the_browser() -> Iterator[Document]:
    """What pages ask by themselves, through App Bridge: the answers never reach our server."""
    for path in ours("*.js"):
        for text in re.findall(r"`([^`]*)`", path.read_text("utf-8")):
            if is_document(text):
                yield Document(str(path.relative_to(PLUGIN)), text)


OUR_SERVER_S = [*written(), *generated()]
PAGES = list(in_the_browser())
DOCUMENTS = [*OUR_SERVER_S, *PAGES]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return require(admin_schema)


def variables_of(document: Document) -> dict[str, Any]:
    """Example variables; batches of other sizes than BATCH take the values of its first customer."""
    (operation,) = document.operations
    if not operation.variable_definitions:
        return {}
    name = operation.name.value if operation.name else ""
    assert name in EXAMPLES, f"{document.where}: give {name or 'this document'} example variables in EXAMPLES"
    if name != "WriteTags":
        return EXAMPLES[name]
    asked = [definition.variable.name.value for definition in operation.variable_definitions]
    return {alias: EXAMPLES[name]["r0t" if alias.endswith("t") else "r0"] for alias in asked}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.where)
def test_a_document_is_valid_and_nothing_in_it_is_deprecated(document: Document, schema: GraphQLSchema) -> None:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    assert validate(schema, parse(document.text), rules) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.where)
def test_its_example_variables_fit(document: Document, schema: GraphQLSchema) -> None:
    """A document without example variables fails here; so does one with a variable too many."""
    given = variables_of(document)
    (operation,) = document.operations
    declared = operation.variable_definitions or ()
    assert given.keys() <= {definition.variable.name.value for definition in declared}
    coerced = get_variable_values(schema, declared, given)
    assert not isinstance(coerced, list), coerced


def test_the_variables_of_a_batch_are_those_its_document_declares() -> None:
    (operation,) = Document("batch", tags_document(2, 2)).operations
    assert {d.variable.name.value for d in operation.variable_definitions or ()} == tags_variables(BATCH).keys()


def test_every_operation_has_a_name_of_its_own_and_no_example_is_left_over() -> None:
    """Names are how the examples, and Shopify's own logs, tell documents apart."""
    names = [
        operation.name.value for document in [*written(), *PAGES] for operation in document.operations if operation.name
    ]
    assert len(names) == len(set(names))
    assert set(EXAMPLES) - {"WriteTags"} <= set(names)


def test_documents_stand_only_beside_the_adapter() -> None:
    assert {document.where.split("/")[0] for document in written()} == {"shopify"}
