"""bulkOperationRunMutation: one mutation, run once for every line of variables of an uploaded file."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, VariableNode

from plugin.simulator import bulk
from plugin.simulator.bulk_compile import Compiler
from plugin.simulator.schema import SCHEMA, Args, Prepared, answer_for, fields, prepare, run
from plugin.simulator.state import Operation, Shop, World
from plugin.simulator.view import View

Shortcut = Callable[[dict[str, Any]], dict[str, Any] | None]

_CHUNK = 25  # lines run before live calls get their turn
_NO_FILE = (
    "The JSONL file could not be found. Try uploading the file again, and check that stagedUploadPath is the value of "
    "the upload's parameter named key."
)


def _refused(field: str, message: str, code: str | None) -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": [{"field": [field], "message": message, "code": code}]}


def _fault(prepared: Prepared) -> tuple[str, str | None] | None:
    """What forbids running a document in bulk: (message, code)."""
    operations = [one for one in prepared.document.definitions if isinstance(one, OperationDefinitionNode)]
    if not operations:
        return f"Failed to parse the mutation - {_said(prepared)}", "INVALID_MUTATION"
    if any(one.operation is not OperationType.MUTATION for one in operations):
        return "Invalid operation type. Only `mutation` operations are supported.", "INVALID_MUTATION"
    roots = operations[0].selection_set.selections
    if len(operations) != 1 or len(roots) != 1 or not isinstance(roots[0], FieldNode):
        return "You must specify a single top level mutation.", None
    if roots[0].name.value.startswith("bulkOperation"):
        return "You must use an allowed mutation name.", None
    if prepared.errors:
        return f"Failed to parse the mutation - {_said(prepared)}", "INVALID_MUTATION"
    return None


def _said(prepared: Prepared) -> str:
    return "; ".join(error.message for error in prepared.errors) or "there is no mutation in it"


def _run_mutation(view: View, _: Any, args: Args) -> dict[str, Any]:
    prepared = prepare(args["mutation"])
    fault = _fault(prepared)
    if fault is not None:
        return _refused("mutation", *fault)
    running = bulk.busy(view, "MUTATION")
    if running is not None:
        return _refused("mutation", bulk.in_progress("MUTATION", running), "OPERATION_IN_PROGRESS")
    file = view.shop.uploads.get(args["stagedUploadPath"])
    if file is None:
        return _refused("stagedUploadPath", _NO_FILE, "NO_SUCH_FILE")
    if not file.strip():
        return _refused("stagedUploadPath", "The input file is empty.", "INVALID_STAGED_UPLOAD_FILE")
    operation = Operation(next(view.world.operation_ids), "MUTATION", args["mutation"], view.now)
    operation.client_identifier = args.get("clientIdentifier")
    bulk.start(view, operation, partial(_carry_out, view.world, view.shop, operation, prepared, file))
    return {"bulkOperation": operation, "userErrors": []}


def _carry_out(
    world: World, shop: Shop, operation: Operation, prepared: Prepared, file: bytes, writer: bulk.Writer
) -> None:
    lines = [line for line in file.splitlines() if line.strip()]
    view = View(world, shop, bulk=True)
    shortcut = _shortcut(view, prepared)
    for start in range(0, len(lines), _CHUNK):
        if operation.cancel.is_set():
            return
        with world.lock:
            numbered = enumerate(lines[start : start + _CHUNK], start)
            answers = [_answer(view, prepared, shortcut, line, number) for number, line in numbered]
            later = view.turn()
        for step in later:
            step()
        writer.add(answers, roots=len(answers))
        bulk.make_way()


def _answer(view: View, prepared: Prepared, shortcut: Shortcut, line: bytes, number: int) -> bytes:
    try:
        variables = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        errors = [GraphQLError(f"The line is no object of variables: {error}")]
        data = None
    else:
        data, errors = shortcut(variables), []
        if data is None:
            data, errors = run(view, prepared, variables)
    answer: dict[str, Any] = {"data": data}
    if errors:
        answer["errors"] = [error.formatted for error in errors]
    return msgspec.json.encode({**answer, "__lineNumber": number})


def _texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 250 and all(isinstance(one, str) for one in value)


_PLAIN: dict[str, Callable[[Any], bool]] = {
    "ID!": lambda value: isinstance(value, str),
    "String!": lambda value: isinstance(value, str),
    "[String!]!": _texts,
}


def _shortcut(view: View, prepared: Prepared) -> Shortcut:
    """The mutation as a function of its variables: the very answer a live call gets, five times as fast.

    It returns None for what only graphql-core can judge: arguments that are no plain texts, variables of another type,
    calls that end in a GraphQL error.
    """
    operation = next(one for one in prepared.document.definitions if isinstance(one, OperationDefinitionNode))
    field = operation.selection_set.selections[0]
    if SCHEMA.mutation_type is None or not isinstance(field, FieldNode):
        return lambda variables: None
    definition = SCHEMA.mutation_type.fields[field.name.value]
    names = {it.name.value: it.value.name.value for it in field.arguments or () if isinstance(it.value, VariableNode)}
    checks = {name: _PLAIN.get(str(argument.type)) for name, argument in definition.args.items()}
    known = {name: check for name, check in checks.items() if check is not None}
    if not len(names) == len(known) == len(checks) == len(operation.variable_definitions or ()):
        return lambda variables: None
    key = field.alias.value if field.alias else field.name.value
    answer = answer_for("Mutation", field.name.value)
    shape = Compiler(view, prepared.document).shape(definition.type, [field])

    def shortcut(variables: dict[str, Any]) -> dict[str, Any] | None:
        args = {name: variables.get(variable) for name, variable in names.items()}
        if not all(check(args[name]) for name, check in known.items()):
            return None
        try:
            return {key: shape(answer(view, None, args))}
        except GraphQLError:
            return None

    return shortcut


fields("Mutation", bulkOperationRunMutation=_run_mutation)
