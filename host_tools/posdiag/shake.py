"""Leaves out of the joined module what nothing names, and hides numbers that only it uses.

By name alone: a function, class, method or constant goes when its name stands nowhere else in all
device code, as a name, an attribute, a keyword or a string. Equal names keep each other; nothing
is guessed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable


def _named(trees: Iterable[ast.AST]) -> Counter[str]:
    """How often each name stands in the trees, definitions aside."""
    found: Counter[str] = Counter()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found[node.id] += 1
            elif isinstance(node, ast.Attribute):
                found[node.attr] += 1
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found[node.value] += 1
            elif isinstance(node, ast.keyword) and node.arg:
                found[node.arg] += 1
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                found.update(alias.name for alias in node.names)
    return found


def _plain(value: ast.expr) -> bool:
    """Is this a value whose making does nothing else?"""
    if isinstance(value, (ast.Tuple, ast.List)):
        return all(_plain(v) for v in value.elts)
    if isinstance(value, ast.BinOp):
        return _plain(value.left) and _plain(value.right)
    return isinstance(value, (ast.Constant, ast.Name)) or _number(value) is not None


def _number(value: ast.expr) -> ast.expr | None:
    """What stands inside const(...)."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.args[0] if value.func.id == "const" else None
    return None


def _defines(statement: ast.stmt) -> str:
    """The one name that a statement defines and that may go with it, or ""."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return "" if statement.name.startswith("__") else statement.name
    if isinstance(statement, ast.Assign) and _plain(statement.value):
        target = statement.targets[0]
        if len(statement.targets) == 1 and isinstance(target, ast.Name):
            return target.id
    return ""


def shake(tree: ast.Module, others: list[ast.AST]) -> list[str]:
    """Takes out of `tree` what neither it nor `others` name; returns the names, in order."""
    gone: list[str] = []
    while True:
        named = _named([tree, *others])
        before = len(gone)

        def stays(statement: ast.stmt, named: Counter[str] = named) -> bool:
            name = _defines(statement)
            if not name or named[name] > _named([statement])[name]:
                return True
            gone.append(name)
            return False

        tree.body = [s for s in tree.body if stays(s)]
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                node.body = [s for s in node.body if stays(s)] or [ast.Pass()]
        if len(gone) == before:
            return gone


def hide_numbers(tree: ast.Module, others: list[ast.AST]) -> int:
    """Gives const() names that only `tree` uses a leading underscore: MicroPython then keeps
    neither name nor slot. Returns how many.
    """
    outside, inside = _named(others), _named([tree])
    hidden = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _number(statement.value) is not None:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                new = f"_{target.id}"
                if not outside[target.id] and not inside[new] and _global(tree, target.id):
                    hidden[target.id] = new
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in hidden:
            node.id = hidden[node.id]
    return len(hidden)


def _global(tree: ast.Module, name: str) -> bool:
    """Is `name` set once, and never an attribute or a parameter that it could be mixed up with?"""
    stores = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            stores += 1
        elif (isinstance(node, (ast.arg, ast.keyword)) and node.arg == name) or (
            isinstance(node, ast.Attribute) and node.attr == name
        ):
            return False
    return stores == 1
