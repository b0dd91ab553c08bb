"""Shopify's search syntax, as far as the simulator speaks it: what it does not understand it refuses, never ignores."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple

from graphql import GraphQLError

Test = Callable[[Any], bool]
Term = Callable[[str, str], Test]  # (comparator, value) -> test

_TOKEN = re.compile(
    r"""\s*(?P<minus>-)?(?:(?P<open>\()|(?P<close>\))|"""
    r"""(?:(?P<field>\w+):(?P<op>>=|<=|>|<|=)?)?(?P<value>"[^"]*"|'[^']*'|[^\s()]+))"""
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"": eq, "=": eq, ">": gt, ">=": ge, "<": lt, "<=": le}


class _Token(NamedTuple):
    sort: str  # "(", ")", "and", "or", "not" or "term"
    test: Test | None = None


def refuse(why: str) -> GraphQLError:
    """The error of a search the simulator does not understand."""
    return GraphQLError(f"Invalid search query: {why}", extensions={"code": "BAD_REQUEST"})


def number(read: Callable[[Any], int]) -> Term:
    """A term that compares whole numbers: `id:>=1234`."""

    def term(op: str, value: str) -> Test:
        if not value.isdecimal():
            raise refuse(f"{value!r} is not a number")
        compare, wanted = _COMPARE[op], int(value)
        return lambda it: compare(read(it), wanted)

    return term


def moment(read: Callable[[Any], int]) -> Term:
    """A term that compares moments in whole seconds, as the API shows them; a bare date means its midnight in UTC."""

    def term(op: str, value: str) -> Test:
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            raise refuse(f"{value!r} is not a date or time in ISO 8601") from None
        wanted = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
        if op in {"", "="} and len(value) == 10:
            return lambda it: 0 <= read(it) // 1000 - wanted < 86_400
        compare = _COMPARE[op]
        return lambda it: compare(read(it) // 1000, wanted)

    return term


def text(read: Callable[[Any], str], *, among: frozenset[str] | None = None) -> Term:
    """A term that equals a text whatever its capitals; `among` are the only values there are."""

    def term(op: str, value: str) -> Test:
        wanted = value.casefold()
        if op not in {"", "="} or (among is not None and wanted not in among):
            raise refuse(f"{op}{value!r} is not possible here")
        return lambda it: read(it).casefold() == wanted

    return term


def member(read: Callable[[Any], list[str]], *, absent: bool = False) -> Term:
    """A term that looks for a text in a list, whatever its capitals: `tag:vip`."""

    def term(op: str, value: str) -> Test:
        if op not in {"", "="}:
            raise refuse(f"{op} is not possible here")
        wanted = value.casefold()
        return lambda it: (wanted in {one.casefold() for one in read(it)}) is not absent

    return term


def beginning(read: Callable[[Any], str]) -> Term:
    """A term without a field: a word of the text is the value or, when that ends with *, begins with it."""

    def term(_: str, value: str) -> Test:
        prefix, wanted = value.endswith("*"), value.rstrip("*").casefold()
        if not wanted or "*" in wanted or "," in wanted:
            raise refuse(f"{value!r}: only a word, or the beginning of one, is simulated")
        return lambda it: any(
            word.startswith(wanted) if prefix else word == wanted for word in read(it).casefold().split()
        )

    return term


def _tokens(query: str, terms: Mapping[str, Term]) -> list[_Token]:
    found, place, end = [], 0, len(query.rstrip())
    while place < end:
        match = _TOKEN.match(query, place)
        if match is None:
            raise refuse(f"cannot read {query[place:]!r}")
        place = match.end()
        found.extend(_read(match, terms))
    return found


def _read(match: re.Match[str], terms: Mapping[str, Term]) -> list[_Token]:
    minus = [_Token("not")] if match["minus"] else []
    if match["open"] or match["close"]:
        return [*minus, _Token("(" if match["open"] else ")")]
    field, value = match["field"], match["value"]
    if field is None:
        if value in {"AND", "OR", "NOT"}:
            return [_Token(value.lower())]
        if "" not in terms:
            raise refuse(f"{value!r} names no field, and searching everywhere is not simulated")
        return [*minus, _Token("term", terms[""]("", value.strip("\"'")))]
    if field not in terms:
        raise refuse(f"the field {field!r} is not simulated (known: {', '.join(sorted(terms))})")
    if value[0] in "\"'":
        value = value[1:-1]
    elif value.endswith("*") or "," in value:
        raise refuse(f"{value!r}: prefixes and lists of values are not simulated")
    return [*minus, _Token("term", terms[field](match["op"] or "", value))]


def _any(tokens: list[_Token]) -> Test:
    tests = [_all(tokens)]
    while tokens and tokens[0].sort == "or":
        tokens.pop(0)
        tests.append(_all(tokens))
    return tests[0] if len(tests) == 1 else lambda it: any(test(it) for test in tests)


def _all(tokens: list[_Token]) -> Test:
    tests = [_one(tokens)]
    while tokens and tokens[0].sort not in {"or", ")"}:
        if tokens[0].sort == "and":
            tokens.pop(0)
        tests.append(_one(tokens))
    return tests[0] if len(tests) == 1 else lambda it: all(test(it) for test in tests)


def _one(tokens: list[_Token]) -> Test:
    token = tokens.pop(0) if tokens else _Token("end")
    if token.sort == "not":
        inner = _one(tokens)
        return lambda it: not inner(it)
    if token.sort == "(":
        inside = _any(tokens)
        if not tokens or tokens.pop(0).sort != ")":
            raise refuse("a parenthesis is not closed")
        return inside
    if token.test is None:
        raise refuse("a term is missing")
    return token.test


def search(query: str | None, items: list[Any], terms: Mapping[str, Term]) -> list[Any]:
    """The items that a search finds; all of them when there is no query."""
    tokens = _tokens(query or "", terms)
    if not tokens:
        return items
    test = _any(tokens)
    if tokens:
        raise refuse("there is a parenthesis too many")
    return [item for item in items if test(item)]
