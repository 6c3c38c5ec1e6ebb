"""Names that nobody sees share those that are loaded anyway.

MicroPython keeps every name that loaded code has ever used, for good: its letters and 7 to 11
bytes of a table, which doubles when it is full. Functions, methods, classes, attributes and files
stay as they are: tracebacks and messages show them. Two kinds never show:

- parameters become letters, but for those that a call names,
- a module's own data takes the name of a method of `pos`, which is there for good.

No two names of one scope become one, so what differed still differs.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from .hoist import COMPREHENSIONS, NAME, bound, parameters

_FUNCTIONS = (ast.FunctionDef, ast.Lambda)
# What others read of a board by its name.
_OPEN = "boards/"


def lend(texts: dict[str, str]) -> dict[str, str]:
    """The sources of a linked build, {module path: text}, with fewer names."""
    trees = {name: ast.parse(text) for name, text in texts.items()}
    fixed = set().union(*map(_fixed, trees.values()))
    methods = sorted(_methods(trees[NAME])) if NAME in trees else []
    for name, tree in trees.items():
        if not name.startswith(_OPEN):
            _rename_data(tree, sorted(_data(tree) - fixed), methods)
        _rename_parameters(tree, fixed)
    return {name: ast.unparse(tree) for name, tree in trees.items()}


def _fixed(tree: ast.Module) -> set[str]:
    """Names that someone else may use: attributes, keywords, imports, whole strings."""
    found = {"self"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found |= {node.name, node.asname or node.name}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Global):
            found.update(node.names)
    return found


def _methods(tree: ast.Module) -> set[str]:
    return {
        statement.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("__")
    }


# A module's own data


def _data(tree: ast.Module) -> set[str]:
    """Constants of a module, in capitals, that are set once and never shadowed.

    Numbers are left alone: const() folds them by their names, and tests set the others.
    """
    shadowed: set[str] = set()
    for node in ast.walk(tree):
        shadowed.update(_bound_by(node))
        if isinstance(node, ast.ClassDef):  # its names are looked up among its methods first
            shadowed.update(_names(_evaluated(node)))
    found = Counter(
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and len(node.targets) == 1
        and not _is_number(node.value)
    )
    all_bound = Counter(bound(tree.body))
    return {n for n in found if n.isupper() and all_bound[n] == 1 and n not in shadowed}


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "const"
    return isinstance(value, ast.Constant) and isinstance(value.value, int)


def _evaluated(node: ast.ClassDef) -> Iterator[ast.AST]:
    """What is evaluated in the scope of a class body."""
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            yield from statement.decorator_list
            yield from statement.args.defaults
            yield from filter(None, statement.args.kw_defaults)
        else:
            yield statement


def _rename_data(tree: ast.Module, wanted: list[str], methods: list[str]) -> None:
    taken = set(dir(builtins)) | set(_names([tree])) | set(bound(tree.body))
    for node in ast.walk(tree):
        taken.update(_bound_by(node))
        if isinstance(node, ast.alias):
            taken |= {node.asname or node.name, node.name}
    new = dict(zip(wanted, (m for m in methods if m not in taken), strict=False))
    _rename([tree], new)


# Parameters


def _rename_parameters(node: ast.AST, fixed: set[str]) -> None:
    """Outer functions before the inner ones, which may use what the outer ones have."""
    if isinstance(node, _FUNCTIONS):
        _letters(node, fixed)
    for child in ast.iter_child_nodes(node):
        _rename_parameters(child, fixed)


def _letters(function: ast.FunctionDef | ast.Lambda, fixed: set[str]) -> None:
    body = function.body if isinstance(function.body, list) else [function.body]
    inside = [n for statement in body for n in ast.walk(statement)]
    own = parameters(function.args)
    again = {name for n in inside for name in _bound_by(n)}
    taken = set(_names(body)) | own | again | set(bound(body))
    imported = {n.asname or n.name for n in inside if isinstance(n, ast.alias)}
    letters = (letter for letter in ascii_lowercase if letter not in taken | imported)
    new = {}
    for argument in ast.walk(function.args):
        if isinstance(argument, ast.arg):
            name = argument.arg
            if len(name) > 1 and name not in fixed | again | imported:
                new[name] = next(letters, name)
                argument.arg = new[name]
    _rename(body, new)


# Both


def _bound_by(node: ast.AST) -> set[str]:
    """Names that a scope inside a module binds."""
    found: set[str] = set()
    if isinstance(node, _FUNCTIONS):
        found |= parameters(node.args)
    if isinstance(node, ast.FunctionDef):
        found |= set(bound(node.body))
    elif isinstance(node, COMPREHENSIONS):
        for generator in node.generators:
            found |= set(_names([generator.target]))
    return found


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for found in ast.walk(node):
            if isinstance(found, ast.Name):
                yield found.id


def _rename(nodes: Iterable[ast.AST], new: dict[str, str]) -> None:
    for node in nodes:
        for found in ast.walk(node):
            if isinstance(found, ast.Name):
                found.id = new.get(found.id, found.id)
            elif isinstance(found, ast.ExceptHandler) and found.name:
                found.name = new.get(found.name, found.name)
