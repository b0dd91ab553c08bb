"""Level 1 of Shopify's protected customer data: our server asks for no name, address, phone or e-mail."""

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from tests.material import admin_schema, require
from tests.shopify.test_documents import OUR_SERVER_S, PAGES

PEOPLE = {"Customer", "Order", "DraftOrder", "CompanyContact", "Company", "CompanyLocation"}
FIELDS = {"firstName", "lastName", "displayName", "email", "phone", "note", "image", "clientIp"}
TYPES = {"CustomerEmailAddress", "CustomerPhoneNumber", "MailingAddress", "CompanyAddress"}


class Asked(Visitor):
    """Collects what a document asks for that is level 2."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.found: list[str] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, answer = self.info.get_parent_type(), get_named_type(self.info.get_type())
        of_a_person = getattr(parent, "name", "") in PEOPLE and node.name.value in FIELDS
        if of_a_person or (isinstance(answer, GraphQLObjectType) and answer.name in TYPES):
            self.found.append(f"{getattr(parent, 'name', '')}.{node.name.value}")


def level_2(text: str, schema: GraphQLSchema) -> list[str]:
    info = TypeInfo(schema)
    asked = Asked(info)
    visit(parse(text), TypeInfoVisitor(info, asked))
    return asked.found


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return require(admin_schema)


def test_no_document_asks_for_it(schema: GraphQLSchema) -> None:
    """docs/development-store.md answers Shopify so."""
    assert {document.where: found for document in OUR_SERVER_S if (found := level_2(document.text, schema))} == {}


def test_the_merchant_s_browser_asks_for_names_and_nothing_else(schema: GraphQLSchema) -> None:
    assert {found for document in PAGES for found in level_2(document.text, schema)} == {"Customer.displayName"}


def test_one_that_did_would_be_noticed(schema: GraphQLSchema) -> None:
    text = """{ customers(first: 1) { nodes { id tags displayName defaultEmailAddress { marketingState } } }
                orders(first: 1) { nodes { id name email shippingAddress { city } } } }"""
    assert level_2(text, schema) == [
        "Customer.displayName", "Customer.defaultEmailAddress", "Order.email", "Order.shippingAddress",
    ]  # fmt: skip
