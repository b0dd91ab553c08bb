"""Plans as PostgreSQL tells them: which steps read a whole table, or all rows that a shop has in one."""

import re
from collections.abc import Iterator
from typing import Any

from plugin.db.engine import Database
from plugin.db.tables import metadata

_READS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}
_SHOP = re.compile(r"\(+shop = [^()]+\)+")
_EVERYONE = re.compile(r"\(\(shop = [^()]+\) AND \(customer >=? [^()]+\)\)")
_PARTIAL = {
    index.name
    for table in metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["postgresql"]["where"] is not None
}


def on_postgresql(database: Database, statement: str, values: Any) -> list[str]:
    """Each step as "READ table ..."; whatever an index can find, it is asked to find by index.

    A shop that has nearly all rows is rightly read from end to end: so scans are made dear, and the conditions that its
    indexes cannot use show as filters.
    """
    with database.read() as tx:
        tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        tx.connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        ((plan,),) = tx.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).all()
    return [step for node in _nodes(plan[0]["Plan"], limited=False) if (step := _whole(*node))]


def _nodes(node: dict[str, Any], *, limited: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every step, and whether the first few of its rows are enough."""
    yield node, limited
    kind = node["Node Type"]
    for below in node.get("Plans", ()):
        yield from _nodes(below, limited=kind == "Limit" or (limited and kind not in {"Sort", "Aggregate", "Hash"}))


def _whole(node: dict[str, Any], limited: bool) -> str | None:
    kind = node["Node Type"]
    if kind not in _READS or node.get("Index Name") in _PARTIAL:
        return None
    found = node.get("Index Cond", "")
    if found and not _SHOP.fullmatch(found) and (limited or not _EVERYONE.fullmatch(found)):
        return None
    return f"READ {node.get('Relation Name')} by {node.get('Index Name')}: {kind}, {found}"
