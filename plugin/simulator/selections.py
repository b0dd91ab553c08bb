"""Reading a document ahead of time: which fields a selection asks of one type, fragments merged."""

from collections.abc import Iterable, Iterator

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    is_abstract_type,
)


class Reader:
    """A document beside the schema it is for."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        parts = document.definitions
        self.fragments = {part.name.value: part for part in parts if isinstance(part, FragmentDefinitionNode)}

    def possible(self, type_name: str) -> list[GraphQLObjectType]:
        """The object types behind a name: itself, or every member of an interface or a union."""
        kind = self.schema.type_map[type_name]
        if is_abstract_type(kind):
            return list(self.schema.get_possible_types(kind))
        return [kind] if isinstance(kind, GraphQLObjectType) else []

    def fields(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> dict[str, list[FieldNode]]:
        """What these selection sets ask of a value of this type: answer's key -> its field nodes."""
        merged: dict[str, list[FieldNode]] = {}
        for selections in sets:
            for field in self._walk(kind, selections):
                merged.setdefault(field.alias.value if field.alias else field.name.value, []).append(field)
        return merged

    def _walk(self, kind: GraphQLObjectType, selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        for selection in selections.selections if selections else ():
            if _left_out(selection):
                continue
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                if self._applies(kind, selection.type_condition):
                    yield from self._walk(kind, selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                if self._applies(kind, fragment.type_condition):
                    yield from self._walk(kind, fragment.selection_set)

    def _applies(self, kind: GraphQLObjectType, condition: NamedTypeNode | None) -> bool:
        return condition is None or kind in self.possible(condition.name.value)


def _left_out(selection: SelectionNode) -> bool:
    """Whether @skip or @include leaves it out for certain; a variable may still let it in."""
    for directive in selection.directives or ():
        for argument in directive.arguments or ():
            if isinstance(argument.value, BooleanValueNode):
                return argument.value.value is (directive.name.value == "skip")
    return False
