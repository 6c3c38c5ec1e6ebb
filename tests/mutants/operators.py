"""Small mistakes that a hand may make in a table or a rule, as edits of a source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple


class Edit(NamedTuple):
    """`was` at `start` of the source becomes `now`; offsets are of the text."""

    start: int
    was: str
    now: str
    line: int

    def applied(self, source: str) -> str:
        """The source with the mistake in it."""
        assert source.startswith(self.was, self.start)
        return source[: self.start] + self.now + source[self.start + len(self.was) :]


_COMPARES = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
_MANY = 10  # a larger number is doubled: one second more is no mistake that anybody sees


class _Finder:
    def __init__(self, source: str, names: dict[str, list[str]]) -> None:
        self.source = source
        self.names = names  # numbers of ids.py by the head of their names
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines(keepends=True)
        self.sets: set[ast.expr] = set()

    def look(self, tree: ast.Module) -> None:
        """Finds what stands behind `in` alone, by itself or under a name of the module."""
        behind: list[ast.expr] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                behind.append(node.comparators[0])
        self.sets.update(behind)
        for statement in tree.body:
            if not isinstance(statement, ast.Assign):
                continue
            name = ast.unparse(statement.targets[0])
            used = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
            if len(used) > 1 and all(n in behind for n in used if isinstance(n.ctx, ast.Load)):
                self.sets.add(statement.value)

    def offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1].encode()[:column].decode()
        return self.starts[line - 1] + len(text)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def edit(self, node: ast.expr | ast.stmt, now: str) -> Edit:
        start, end = self.span(node)
        return Edit(start, self.source[start:end], now, node.lineno)

    def of(self, node: ast.AST) -> Iterator[Edit]:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            value = node.value
            yield self.edit(node, str(value * 2 if value > _MANY else value + 1))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ids":
            kin = self.names.get(_head(node.attr), [])
            if node.attr in kin and len(kin) > 1:
                other = kin[(kin.index(node.attr) + 1) % len(kin)]
                yield self.edit(node, f"ids.{other}")
        elif isinstance(node, ast.UnaryOp):
            yield self.edit(node, ast.unparse(node.operand))
        elif isinstance(node, ast.Compare):
            for left, operator, right in zip(
                [node.left, *node.comparators], node.ops, node.comparators, strict=False
            ):
                was, now = _COMPARES[type(operator)]
                start, end = self.span(left)[1], self.span(right)[0]
                found = re.search(rf"(?<!\w|[<>=!]){was}(?!\w|=)", self.source[start:end])
                if found:
                    yield Edit(start + found.start(), was, now, node.lineno)
        elif isinstance(node, ast.BoolOp):
            was, now = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                start, end = self.span(left)[1], self.span(right)[0]
                found = re.search(rf"\b{was}\b", self.source[start:end])
                if found:
                    yield Edit(start + found.start(), was, now, left.lineno)
        elif isinstance(node, ast.If):
            yield self.edit(node.test, "False")
        elif isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1:
            # Names alone are a set, as is what is only asked whether it holds something: their
            # order says nothing.
            names = all(isinstance(one, (ast.Attribute, ast.Name)) for one in node.elts)
            if not (names or node in self.sets):
                yield from self._swapped(list(node.elts))
        elif isinstance(node, ast.Dict) and len(node.values) > 1:
            yield from self._swapped(list(node.values))

    def _swapped(self, elements: list[ast.expr]) -> Iterator[Edit]:
        for one, other in zip(elements, elements[1:], strict=False):
            start, one_end = self.span(one)
            other_start, end = self.span(other)
            text = self.source
            if text[start:one_end] != text[other_start:end]:
                now = text[other_start:end] + text[one_end:other_start] + text[start:one_end]
                yield Edit(start, text[start:end], now, one.lineno)


def _head(name: str) -> str:
    return name.split("_")[0]


def kin(ids_source: str) -> dict[str, list[str]]:
    """The names of ids.py that are likely taken for each other, by their head."""
    found: dict[str, list[str]] = {}
    for name in re.findall(r"^([A-Z]\w*) = const\(", ids_source, re.M):
        found.setdefault(_head(name), []).append(name)
    return found


def rows(source: str, name: str) -> list[str]:
    """The rows of the table of that name, as they are written."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            assert isinstance(statement.value, (ast.Tuple, ast.List))
            return [ast.get_source_segment(source, row) or "" for row in statement.value.elts]
    raise KeyError(name)


def _but_assertions(tree: ast.Module) -> Iterator[ast.AST]:
    """An assertion says what holds anyway: a weaker one changes nothing, and boards have none."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo += [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.Assert)]


def edits(source: str, names: dict[str, list[str]]) -> list[Edit]:
    """Every mistake that these operators make in a source, in its order."""
    finder = _Finder(source, names)
    tree = ast.parse(source)
    finder.look(tree)
    found: list[Edit] = []
    for node in _but_assertions(tree):
        found += finder.of(node)
    return sorted(set(found))
