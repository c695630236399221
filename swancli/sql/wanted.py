"""Which runs and metrics a query asks for, where its text says so: the others need not be read.

The query is looked at as parsed by DuckDB (`json_serialize_sql`). A table in a FROM is narrowed by those conditions of
the same WHERE that must all hold: `metric = 'a'`, `metric in ('a', 'b')`, `metric like 'train/%'`, and the same for
run_id and experiment_id. Whatever is not certain narrows nothing; DuckDB applies every condition again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

Node: TypeAlias = "dict[str, Any]"
Test: TypeAlias = Callable[[object], bool]

KIND_OF_KEY = {"metric": "STRING", "run_id": "STRING", "experiment_id": "INTEGER"}
KEYS = tuple(KIND_OF_KEY)
OF_EACH_TABLE: Mapping[str, frozenset[str]] = {  # which of KEYS a view has
    "runs": frozenset(("run_id", "experiment_id")),
    "config": frozenset(("run_id", "experiment_id")),
    "points": frozenset(KEYS),
    "text": frozenset(KEYS),
    "console": frozenset(("run_id", "experiment_id")),
}
PLAIN_JOINS = ("REGULAR", "CROSS", "NATURAL")  # whose result does not depend on the rows that WHERE drops


class Wanted(NamedTuple):
    """What one mention of a table asks for: the tests that the values of KEYS must pass, if any."""

    tests: tuple[tuple[str, Test], ...] = ()

    def allows(self, key: str, value: object) -> bool:
        """Whether rows in which `key` has this value are asked for."""
        return all(test(value) for name, test in self.tests if name == key)


def wanted(tree: Node) -> dict[str, list[Wanted]]:
    """What each mention of each view asks for; a view that is not mentioned is absent."""
    found: dict[str, list[Wanted]] = {}
    names_of_ctes = {str(entry.get("key")).lower() for node in _nodes(tree) for entry in _ctes(node)}
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE":
            found.setdefault(str(node.get("table_name")).lower(), [])
    if names_of_ctes & set(OF_EACH_TABLE):  # a name that means two things
        return {name: [Wanted()] for name in OF_EACH_TABLE}
    seen: set[int] = set()
    for node in _nodes(tree):
        if node.get("type") != "SELECT_NODE":
            continue
        tables, is_plain = _tables(node.get("from_table") or {})
        conditions = list(_conjuncts(node.get("where_clause"))) if is_plain and not node.get("sample") else []
        for table in tables:
            seen.add(id(table))
            found[_name(table)].append(Wanted(tuple(_tests(table, tables, conditions))))
    for node in _nodes(tree):  # in a place that is not a FROM
        if node.get("type") == "BASE_TABLE" and id(node) not in seen:
            found[_name(node)].append(Wanted())
    return {name: asked for name, asked in found.items() if name in OF_EACH_TABLE}


def _nodes(tree: object) -> Iterator[Node]:
    """All objects in a tree."""
    left = [tree]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


def _ctes(node: Node) -> list[Node]:
    entries = (node.get("cte_map") or {}).get("map")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _tables(node: Node) -> tuple[list[Node], bool]:
    """The tables that a FROM names, and whether all of its joins are plain."""
    kind = node.get("type")
    if kind == "BASE_TABLE":
        return [node], not node.get("sample")
    if kind == "JOIN":
        left, is_plain = _tables(node.get("left") or {})
        right, is_plain_too = _tables(node.get("right") or {})
        return left + right, is_plain and is_plain_too and node.get("ref_type") in PLAIN_JOINS
    return [], kind == "SUBQUERY"


def _name(table: Node) -> str:
    return str(table.get("table_name")).lower()


def _conjuncts(node: Node | None) -> Iterator[Node]:
    if not node:
        return
    if node.get("type") == "CONJUNCTION_AND":
        for child in node.get("children") or ():
            yield from _conjuncts(child)
    else:
        yield node


def _tests(table: Node, tables: list[Node], conditions: list[Node]) -> Iterator[tuple[str, Test]]:
    """What the conditions ask of a table."""
    for condition in conditions:
        found = _test(condition)
        if found is None:
            continue
        names, kind, test = found
        key = names[-1].lower()
        # other constants are converted first, by DuckDB's own rules
        if key not in OF_EACH_TABLE.get(_name(table), ()) or kind != KIND_OF_KEY[key]:
            continue
        if len(names) == 2:
            is_meant = names[0].lower() == str(table.get("alias") or table.get("table_name")).lower()
        else:  # every other table is known to have no such column
            others = [other for other in tables if other is not table]
            is_meant = len(names) == 1 and all(
                _name(other) in OF_EACH_TABLE and key not in OF_EACH_TABLE[_name(other)] for other in others
            )
        if is_meant:
            yield key, test


def _test(node: Node) -> tuple[list[str], str, Test] | None:
    """A condition on one column that compares it with constants: the column's name, in parts, their kind, the test."""
    kind = node.get("type")
    if kind == "COMPARE_EQUAL":
        left, right = node.get("left") or {}, node.get("right") or {}
        if left.get("type") == "VALUE_CONSTANT":
            left, right = right, left
        return _among(left, [right])
    if kind == "COMPARE_IN":
        first, *others = node.get("children") or [{}]
        return _among(first, others)
    if node.get("function_name") == "~~":  # LIKE
        arguments = [argument.get("expression") or {} for argument in node.get("arguments") or ()]
        if len(arguments) == 2 and (names := _column(arguments[0])) and (pattern := _constant(arguments[1])):
            found = re.compile(_regex(pattern[1]), re.DOTALL)
            return names, pattern[0], lambda value: found.fullmatch(str(value)) is not None
    return None


def _among(column: Node, constants: list[Node]) -> tuple[list[str], str, Test] | None:
    names, found = _column(column), [_constant(one) for one in constants]
    kinds = {one[0] for one in found if one is not None}
    if names is None or None in found or len(kinds) != 1:
        return None
    allowed = frozenset(one[1] for one in found if one is not None)
    return names, kinds.pop(), lambda value: str(value) in allowed


def _column(node: Node) -> list[str] | None:
    names = node.get("column_names")
    return [str(name) for name in names] if node.get("type") == "COLUMN_REF" and isinstance(names, list) else None


def _constant(node: Node) -> tuple[str, str] | None:
    """Kind and text of a constant."""
    literal = node.get("literal")
    if node.get("type") != "VALUE_CONSTANT" or not isinstance(literal, dict):
        return None
    kind, text = literal.get("kind"), literal.get("text")
    return (str(kind), text) if isinstance(text, str) else None


def _regex(pattern: str) -> str:
    """A pattern of LIKE as a regular expression."""
    return "".join(".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern)
