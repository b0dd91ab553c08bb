"""bulkOperationRunQuery: the members of whole connections as JSONL, one object a line."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from graphql import GraphQLError, OperationDefinitionNode, OperationType

from plugin.simulator import bulk
from plugin.simulator.bulk_compile import BulkQueryError, Compiler, Level
from plugin.simulator.schema import Args, Prepared, fields, prepare
from plugin.simulator.state import Operation, World
from plugin.simulator.view import View

_CHUNK = 100  # root objects read before live calls get their turn
_encode = msgspec.json.Encoder().encode


def _refused(message: str, code: str = "INVALID") -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": [{"field": ["query"], "message": message, "code": code}]}


def _operation(prepared: Prepared) -> OperationDefinitionNode:
    """The one operation of a document that may run in bulk; BulkQueryError says what is wrong with it."""
    if prepared.errors:
        said = "; ".join(error.message for error in prepared.errors)
        if "<EOF>" in said:
            said = "syntax error, unexpected end of file"
        raise BulkQueryError(f"Invalid bulk query: {said}")
    operations = [one for one in prepared.document.definitions if isinstance(one, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise BulkQueryError("Invalid operation type. Only a single `query` operation is supported.")
    if operations[0].variable_definitions:
        raise BulkQueryError("Bulk queries cannot have variables.")
    return operations[0]


def _run_query(view: View, _: Any, args: Args) -> dict[str, Any]:
    try:
        work = _work(view, args)
    except BulkQueryError as refusal:
        return _refused(str(refusal))
    except GraphQLError as error:
        if not bulk.is_denial(error):
            return _refused(error.message)  # a search that nobody understands
        work = partial(_deny, error)
    running = bulk.busy(view, "QUERY")
    if running is not None:
        return _refused(bulk.in_progress("QUERY", running), "OPERATION_IN_PROGRESS")
    operation = Operation(next(view.world.operation_ids), "QUERY", args["query"], view.now)
    bulk.start(view, operation, partial(work, operation))
    return {"bulkOperation": operation, "userErrors": []}


def _work(view: View, args: Args) -> Callable[[Operation, bulk.Writer], None]:
    prepared = prepare(args["query"])
    # The work outlives this call, so it has a view of its own.
    own = View(view.world, view.shop, bulk=True)
    levels = Compiler(own, prepared.document).compile(_operation(prepared))
    found = [(level, _sorted(level, None)) for level in levels]
    scattered = view.world.knobs.scatter_children and not args["groupObjects"]
    return partial(_carry_out, view.world, found, scattered)


def _deny(error: GraphQLError, operation: Operation, writer: bulk.Writer) -> None:
    """Access is looked at when an operation runs: one without it starts, and fails."""
    raise error


def _sorted(level: Level, parent: Any) -> list[Any]:
    items, key, reverse = level.members(parent)
    return sorted(items, key=key, reverse=reverse)


def _carry_out(
    world: World,
    found: list[tuple[Level, list[Any]]],
    scattered: bool,
    operation: Operation,
    writer: bulk.Writer,
) -> None:
    late: dict[int, list[bytes]] = {}
    for level, items in found:
        for start in range(0, len(items), _CHUNK):
            if operation.cancel.is_set():
                return
            chunk = items[start : start + _CHUNK]
            lines: list[bytes] = []
            with world.lock:
                for item in chunk:
                    _write(level, item, None, lines, late if scattered else None)
            writer.add(lines, roots=len(chunk))
            bulk.make_way()
    for depth in sorted(late):
        writer.add(late[depth], roots=0)


def _write(
    level: Level, item: Any, parent: str | None, lines: list[bytes], late: dict[int, list[bytes]] | None, depth: int = 0
) -> None:
    """One object and everything below it; with `late`, what is below waits there, by depth."""
    record = level.record(item)
    if parent is not None:
        record["__parentId"] = parent
    lines.append(_encode(record))
    for below in level.below:
        into = lines if late is None else late.setdefault(depth + 1, [])
        for member in _sorted(below, item):
            _write(below, member, record["id"], into, late, depth + 1)


fields("Mutation", bulkOperationRunQuery=_run_query)
