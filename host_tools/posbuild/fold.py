"""Folding: numbers in place of the names that modules give them, before mpy-cross sees a source.

MicroPython's own const() folds a number only inside the module that defines it. Here each name
that a module sets by `NAME = const(n)` becomes its number in all modules that import it, so that a
table of numbers (posproto.ids) is never loaded on a board. Lines stay where they are: a crash
record names file and line of the source.

Cases of an import, by what is left of it:
  all uses are numbers            the name goes from the import; an import of nothing becomes pass
  some uses are something else    the numbers are folded, the import stays
  the name is bound again         nothing is folded: a parameter may hide the module

What nobody asks for by name any more is then left out of its own module, too: MicroPython keeps
the name of everything that it ever loaded, 12 bytes and its letters each.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

Numbers = dict[str, dict[str, int]]  # module path: {name: number}
_OPERATORS = {
    ast.LShift: lambda a, b: a << b,
    ast.BitOr: lambda a, b: a | b,
    ast.Mult: lambda a, b: a * b,
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
}


class FoldError(Exception):
    """A name that a table of numbers does not have; the text says where."""


def numbers(source: str) -> dict[str, int]:
    """The `NAME = const(n)` lines of a source, by name."""
    found: dict[str, int] = {}
    for node in ast.parse(source).body:
        if given := _given(node):
            value = _number(given[1], found)
            if value is not None:
                found[given[0]] = value
    return found


def _given(node: ast.stmt) -> tuple[str, ast.expr] | None:
    """What `NAME = const(expression)` says."""
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "const"
    ):
        return node.targets[0].id, node.value.args[0]
    return None


def _number(node: ast.expr, known: dict[str, int]) -> int | None:
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand, known)
        return None if value is None else -value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _number(node.left, known), _number(node.right, known)
        if left is not None and right is not None:
            return _OPERATORS[type(node.op)](left, right)
    return None


def is_table(source: str) -> bool:
    """Does the module hold nothing but numbers?"""
    tree = ast.parse(source)
    count = sum(isinstance(node, ast.Assign) for node in tree.body)
    inert = (ast.Assign, ast.Expr, ast.Import, ast.ImportFrom, ast.Try)
    return count == len(numbers(source)) > 0 and all(isinstance(n, inert) for n in tree.body)


class _Imported:
    """One local name and what it stands for: a module, or a number of one."""

    def __init__(
        self, statement: ast.ImportFrom, alias: ast.alias, module: str, name: str
    ) -> None:
        self.statement = statement
        self.alias = alias
        self.module = module
        self.name = name  # "": the module itself
        self.uses: list[tuple[ast.expr, int]] = []
        self.others = 0  # uses that are no number

    @property
    def local(self) -> str:
        return self.alias.asname or self.alias.name


def fold(source: str, path: str, tables: Numbers, pure: frozenset[str] = frozenset()) -> str:
    """`source` of the module `path` ("posagent/core/agent") with numbers in place of names.

    tables: the numbers of every module by its path; pure: those that hold nothing else, where a
    name without a number is an error. Raises FoldError.
    """
    tree = ast.parse(source)
    found = {item.local: item for item in _imports(tree, path, tables)}
    if not found:
        return source
    for name in _bound(tree, found):
        found.pop(name, None)
    _count(tree, found, tables, pure)
    edits = []
    for item in found.values():
        for node, number in item.uses:
            edits.append((*_span(node), str(number) if number >= 0 else f"({number})"))
    gone = [item for item in found.values() if item.uses and not item.others]
    statements = {id(item.statement): item.statement for item in gone}
    for key, statement in statements.items():
        left_out = {id(item.alias) for item in gone if id(item.statement) == key}
        rest = [a for a in statement.names if id(a) not in left_out]
        text = "pass"
        if rest:
            listed = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in rest)
            text = f"from {'.' * statement.level}{statement.module or ''} import {listed}"
        start, column, end, end_column = _span(statement)
        edits.append((start, column, end, end_column, text + "\n" * (end - start)))
    return _edited(source, edits)


def nameless(texts: dict[str, str], tables: Numbers, pure: frozenset[str]) -> dict[str, str]:
    """Folded sources of all modules without the lines `NAME = const(n)` that nobody needs: none
    of them has that name as an import, an attribute or a text. A board's file is asked by name.
    """
    asked: set[str] = set()
    for text in texts.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute):
                asked.add(node.attr)
            elif isinstance(node, ast.ImportFrom):
                asked.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                asked.add(node.value)
    result = dict(texts)
    for name, text in texts.items():
        if name not in pure and not name.startswith("boards/"):
            own = {key: value for key, value in tables[name].items() if key not in asked}
            result[name] = _without(text, own)
    return result


def _without(source: str, own: dict[str, int]) -> str:
    """The source with the numbers `own` in place of their names, and without their lines."""
    tree = ast.parse(source)
    lines = [(given[0], node) for node in tree.body if (given := _given(node)) and given[0] in own]
    inside = {id(inner) for _, node in lines for inner in ast.walk(node)}
    uses = []
    hidden = set()
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Name) and node.id in own:
            if isinstance(node.ctx, ast.Load):
                uses.append(node)
            else:
                hidden.add(node.id)
        elif isinstance(node, ast.arg):
            hidden.add(node.arg)
    edits = []
    for use in uses:
        if use.id not in hidden:
            edits.append((*_span(use), f"({own[use.id]})"))
    for name, line in lines:
        if name not in hidden:
            start, column, end, end_column = _span(line)
            edits.append((start, column, end, end_column, "pass" + "\n" * (end - start)))
    return _edited(source, edits)


def _imports(tree: ast.Module, path: str, tables: Numbers) -> Iterator[_Imported]:
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = package[: len(package) + 1 - node.level] if node.level else []
        target = "/".join([*base, *((node.module or "").split(".") if node.module else [])])
        for alias in node.names:
            whole = f"{target}/{alias.name}"
            if whole in tables:
                yield _Imported(node, alias, whole, "")
            elif alias.name in tables.get(target, {}):
                yield _Imported(node, alias, target, alias.name)


def _bound(tree: ast.Module, found: dict[str, _Imported]) -> Iterator[str]:
    """Names of `found` that something else binds, too."""
    seen: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
            yield node.name or ""
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                name = alias.asname or alias.name
                if name in seen:
                    yield name
                seen.add(name)


def _count(
    tree: ast.Module, found: dict[str, _Imported], tables: Numbers, pure: frozenset[str]
) -> None:
    """Sorts each use of an imported name: a number, or something else."""
    inner: set[int] = set()  # names that are the left side of a folded attribute
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            item = found.get(node.value.id)
            if item is None or item.name:
                continue
            number = tables[item.module].get(node.attr)
            if number is not None and isinstance(node.ctx, ast.Load):
                item.uses.append((node, number))
                inner.add(id(node.value))
            elif item.module in pure:
                raise FoldError(f"line {node.lineno}: {item.module} has no number {node.attr}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in inner and node.id in found:
            item = found[node.id]
            if item.name:
                item.uses.append((node, tables[item.module][item.name]))
            else:
                item.others += 1


def _span(node: ast.stmt | ast.expr) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _edited(source: str, edits: list[tuple[int, int, int, int, str]]) -> str:
    lines = source.encode().splitlines(keepends=True)
    for start, column, end, end_column, text in sorted(edits, reverse=True):
        tail = lines[end - 1][end_column:]
        lines[start - 1] = lines[start - 1][:column] + text.encode() + tail
        del lines[start:end]
    return b"".join(lines).decode()
