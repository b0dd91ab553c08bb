"""What an undo still has to do about customers: read from the ledger at every look, so that nothing is done twice."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.core.undo import Left, Line, Span, Undoing, undoing, within
from plugin.core.verdict import Kind
from plugin.db import tagging, undos
from plugin.db.engine import Tx
from plugin.db.ledger import Change
from plugin.db.undos import Place, Standing, Touched
from plugin.usecases.plan_sync import Names, split


class Work(NamedTuple):
    """A customer whom the span names: what is still to be done, and what this undo has done already (`mine`)."""

    row: Standing
    place: Place  # of their first entry in the span
    todo: Undoing
    mine: Sequence[Line]

    @property
    def sends(self) -> bool:
        """Whether a tag is to be changed at the shop."""
        return bool(self.todo.remove or self.todo.add)


def examine(tx: Tx, shop: int, span: Span, some: Sequence[Touched], *, cause: str = "") -> list[Work]:
    """The customers whose first entry in the span is among these, in that order; `cause` is that of its own entries."""
    lines = undos.lines_of(tx, shop, list(dict.fromkeys(one.customer for one in some)))
    rows = undos.standing(tx, shop, list(lines))
    found = []
    for one in some:
        first = next((line for line, _ in lines[one.customer] if within(span, line)), None)
        # The lines of who was erased name nobody, and who was merged has no row of their own at times.
        if first is not None and first.id == one.id and one.customer in rows:
            found.append(_look(rows[one.customer], one.place, span, lines[one.customer], cause))
    return found


def _look(row: Standing, place: Place, span: Span, every: Sequence[tuple[Line, int]], cause: str) -> Work:
    mine = [line for line, _ in every if line.cause == cause]
    before = [(line, kind) for line, kind in every if line.cause != cause]
    last = {line.tag.casefold(): line for line in mine}
    if row.held and any(line.state == "failed" for line in last.values()):  # the shop refused it
        return Work(row, place, _nothing(row, Left.HELD), mine)
    lost = {tag for tag, line in last.items() if line.action == "add" and line.state == "unknown"}
    ours = {tag for tag in split(row.tags_ours) if tag.casefold() not in lost}
    alone = row.held == tagging.GONE or row.objects or row.sale_opt_out or row.veto is not None
    todo = undoing([line for line, _ in before], span, ours=ours, held=alone)
    if todo.left is None and _changed_since(row, before):
        todo = _nothing(row, Left.CHANGED)
    if todo.left is None:
        given = {line.tag.casefold() for line in mine if line.action == "return"}
        todo = todo._replace(add=_without(todo.add, given), back=_without(todo.back, given))
    return Work(row, place, todo, mine)


def _changed_since(row: Standing, before: Sequence[tuple[Line, int]]) -> bool:
    """Whether the customer has another kind since the last change, which is still to be written."""
    last, kind = next((line, kind) for line, kind in reversed(before) if line.state in {"done", "unknown"})
    return last.action in {"add", "remove"} and kind != row.kind


def _nothing(row: Standing, why: Left) -> Undoing:
    return Undoing((), (), (), tuple(sorted(split(row.tags_ours))), (), why)


def _without(tags: Iterable[str], given: set[str]) -> tuple[str, ...]:
    return tuple(tag for tag in tags if tag.casefold() not in given)


def found_after(work: Work) -> set[str] | None:
    """The merchant's own of our names on this customer afterwards; None: nobody ever looked."""
    if work.row.tags_found is None and not work.todo.back:
        return None
    return split(work.row.tags_found) | set(work.todo.back)


def kind_after(work: Work, names: Names) -> int:
    """What our tag says of this customer afterwards; tagging.UNKNOWN when there are two, or one of another name."""
    kinds = {name.casefold(): int(kind) for kind, name in names.items()}
    said = {kinds.get(tag.casefold(), tagging.UNKNOWN) for tag in {*work.todo.ours, *(found_after(work) or ())}}
    if not said:
        return int(Kind.NONE)
    return said.pop() if len(said) == 1 else tagging.UNKNOWN


def changes(work: Work, names: Names, cause: str) -> list[Change]:
    """The ledger's lines for what is to be sent: removals before additions."""
    return [
        line(work, action, tag, names, cause)
        for action, tags in (("remove", work.todo.remove), ("add", work.todo.add))
        for tag in tags
    ]


def line(work: Work, action: str, tag: str, names: Names, cause: str) -> Change:
    """A line of the ledger about this customer."""
    row = work.row
    return Change(row.customer, action, tag, max(kind_after(work, names), 0), row.model, row.rules, cause)
