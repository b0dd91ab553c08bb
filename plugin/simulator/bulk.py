"""Bulk operations: at most five of each type at a time, each in a thread of its own, its result served as JSONL."""

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from graphql import GraphQLError

from plugin.simulator.schema import Args, fields
from plugin.simulator.state import Operation, Shop, World
from plugin.simulator.view import View, gid, moment, split_gid

AT_ONCE = 5
ENDED = frozenset({"COMPLETED", "FAILED", "CANCELED", "EXPIRED"})
_PIECE = 512 * 1024


class Writer:
    """Collects the lines of a result in compressed pieces: a shop's history is large, and most of it repeats."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._waiting: list[bytes] = []
        self._bytes = 0

    def add(self, lines: list[bytes], *, roots: int) -> None:
        """Append lines (each without its newline), `roots` of which belong to no other."""
        self._waiting.extend(lines)
        self._bytes += sum(map(len, lines)) + len(lines)
        self._operation.objects += len(lines)
        self._operation.roots += roots
        if self._bytes >= _PIECE:
            self.flush()

    def flush(self) -> None:
        """Close the piece being collected."""
        if self._waiting:
            self._operation.pieces.append(zlib.compress(b"\n".join(self._waiting) + b"\n", 1))
            self._operation.size += self._bytes
            self._waiting, self._bytes = [], 0


def busy(view: View, kind: str) -> Operation | None:
    """The oldest running operation of this type when there may be no further one."""
    running = [one for one in view.shop.operations.values() if one.type == kind and one.status not in ENDED]
    return running[0] if len(running) >= AT_ONCE else None


def in_progress(kind: str, running: Operation) -> str:
    """What Shopify says about one operation too many."""
    where = gid("BulkOperation", running.id)
    return f"A bulk {kind.lower()} operation for this app and shop is already in progress: {where}."


def start(view: View, operation: Operation, work: Callable[[Writer], None]) -> None:
    """Register the operation, and do its work in the background once the call that asked for it is answered."""
    view.shop.operations[operation.id] = operation
    arguments = (view.world, view.shop, operation, work)
    thread = threading.Thread(target=_carry_out, args=arguments, name=f"bulk-{operation.id}", daemon=True)
    view.later.append(thread.start)


def make_way() -> None:
    """Let live calls have the lock: a thread that takes it again at once would keep it from them."""
    time.sleep(0.0001)


def _carry_out(world: World, shop: Shop, operation: Operation, work: Callable[[Writer], None]) -> None:
    with world.lock:
        if operation.status == "CREATED":
            operation.status = "RUNNING"
    writer, status, why = Writer(operation), "FAILED", "INTERNAL_SERVER_ERROR"
    try:
        work(writer)
        operation.cancel.wait(world.knobs.bulk_delay)
        status, why = ("CANCELED" if operation.cancel.is_set() else "COMPLETED"), ""
    except GraphQLError as error:  # a field the app may not see, or a search below the root that nobody understands
        why = "ACCESS_DENIED" if is_denial(error) else why
    finally:
        writer.flush()
        _end(world, shop, operation, status, why or None)


def is_denial(error: GraphQLError) -> bool:
    """Whether the app lacks a scope."""
    return (error.extensions or {}).get("code") == "ACCESS_DENIED"


def _end(world: World, shop: Shop, operation: Operation, status: str, why: str | None) -> None:
    with world.lock:
        operation.completed_at = world.now()
        operation.status = status
        operation.error_code = why
        payload = {
            "admin_graphql_api_id": gid("BulkOperation", operation.id),
            "completed_at": moment(operation.completed_at),
            "created_at": moment(operation.created_at),
            "error_code": operation.error_code and operation.error_code.lower(),
            "status": status.lower(),
            "type": operation.type.lower(),
        }
    if world.knobs.finish_webhooks:
        world.emit(shop, "bulk_operations/finish", payload)
    operation.done.set()


def result(world: World, operation_id: int) -> Iterator[bytes]:
    """The JSONL of an operation that has ended, piece by piece; KeyError when there is no such result."""
    with world.lock:
        for shop in world.shops.values():
            operation = shop.operations.get(operation_id)
            if operation is not None and operation.status in ENDED:
                return map(zlib.decompress, list(operation.pieces))
    raise KeyError(operation_id)


def _cancel(view: View, _: Any, args: Args) -> dict[str, Any]:
    kind, number = split_gid(args["id"])
    operation = view.shop.operations.get(number) if kind == "BulkOperation" else None
    if operation is None:
        return {"bulkOperation": None, "userErrors": [{"field": ["id"], "message": "Bulk operation does not exist"}]}
    if operation.status in ENDED:
        message = f"A bulk operation cannot be canceled when it is {operation.status.lower()}"
        return {"bulkOperation": operation, "userErrors": [{"field": None, "message": message}]}
    operation.status = "CANCELING"
    operation.cancel.set()
    return {"bulkOperation": operation, "userErrors": []}


def _url(status: str, view: View, it: Operation, _: Args) -> str | None:
    wanted = it.status in ENDED and (it.status == "COMPLETED") is (status == "COMPLETED") and it.objects > 0
    return f"{view.world.address}/_bulk/{it.id}.jsonl" if wanted else None


fields("Mutation", bulkOperationCancel=_cancel)
fields(
    "BulkOperation",
    id=lambda v, it, a: gid("BulkOperation", it.id),
    type=lambda v, it, a: it.type,
    query=lambda v, it, a: it.query,
    status=lambda v, it, a: it.status,
    errorCode=lambda v, it, a: it.error_code,
    createdAt=lambda v, it, a: moment(it.created_at),
    completedAt=lambda v, it, a: None if it.completed_at is None else moment(it.completed_at),
    objectCount=lambda v, it, a: str(it.objects),
    rootObjectCount=lambda v, it, a: str(it.roots),
    fileSize=lambda v, it, a: str(it.size) if it.status in ENDED and it.objects else None,
    url=partial(_url, "COMPLETED"),
    partialDataUrl=partial(_url, "FAILED"),
)
