"""Scopes of a source: what binds a name, and what a name means where two modules become one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .linker import Linker, Module

NAME = "pos"
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class LinkError(Exception):
    """A source that cannot be joined; the text says where and why."""


def bound(statements: Iterable[ast.AST]) -> Iterator[str]:
    """Names that statements bind in their own scope."""
    todo = list(statements)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
            todo += [*node.decorator_list]
            continue
        if isinstance(node, (ast.Lambda, *COMPREHENSIONS)):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        todo += ast.iter_child_nodes(node)


def parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a]
    return {a.arg for a in every}


class Renamer(ast.NodeTransformer):
    """Replaces references to joined modules' names; `resolve` tells the new expression."""

    def __init__(self, module: Module, linker: Linker) -> None:
        self.module = module
        self.linker = linker
        self.scopes: list[set[str]] = []
        self.class_names: set[str] = set()  # of the class body around a method
        self.depth = 0  # blocks of statements around

    def _local(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # Decorators and defaults belong to the scope around, a class body's names included.
        self.scopes.append(self.class_names)
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [self.visit(d) if d else d for d in node.args.kw_defaults]
        self.scopes.pop()
        around, self.class_names = self.class_names, set()
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        if not self.scopes:
            node.name = self.linker.renamed(self.module, node.name)
        inner = parameters(node.args) | set(bound(node.body))
        for found in ast.walk(node):
            if isinstance(found, ast.Global):
                raise LinkError(f"{self.module.name}: global in {node.name}")
        inner -= self._dropped_imports(node)
        self.scopes.append(inner)
        node.body = self.body(node.body)
        self.scopes.pop()
        self.class_names = around
        return node

    def _dropped_imports(self, node: ast.FunctionDef) -> set[str]:
        """Names whose import in this function goes away, since the module is joined."""
        names = set()
        for statement in ast.walk(node):
            if isinstance(statement, ast.ImportFrom):
                base = self.module.target(statement)
                for alias in statement.names:
                    local = alias.asname or alias.name
                    if f"{base}/{alias.name}" in self.linker.joined:
                        self.module.aliases[local] = f"{base}/{alias.name}"
                        names.add(local)
                    elif base in self.linker.joined and (
                        f"{base}/{alias.name}" not in self.module.known
                    ):
                        self.module.members[local] = (base, alias.name)
                        names.add(local)
        return names

    def body(self, statements: list[ast.stmt], may_be_empty: bool = False) -> list[ast.stmt]:
        """Statements after renaming; imports that are not needed any more are gone."""
        out: list[ast.stmt] = []
        for statement in statements:
            found = self.visit(statement)
            if isinstance(found, list):
                out += found
            elif found is not None:
                out.append(found)
        return out if out or may_be_empty else [ast.Pass()]

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        self.scopes.append(parameters(node.args))
        node.body = self.visit(node.body)
        self.scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.bases = [self.visit(b) for b in node.bases]
        if not self.scopes:
            node.name = self.linker.renamed(self.module, node.name)
        # Names of a class body are no scope for its methods.
        self.scopes.append(set())
        own = set(bound(node.body))
        body: list[ast.stmt] = []
        for statement in node.body:
            method = isinstance(statement, ast.FunctionDef)
            self.class_names = own if method else set()
            self.scopes.append(set() if method else own)
            body += self.body([statement], True)
            self.scopes.pop()
        self.class_names = set()
        node.body = body or [ast.Pass()]
        self.scopes.pop()
        return node

    def _comprehension(self, node: ast.AST) -> ast.AST:
        names = {
            n.id
            for generator in node.generators  # type: ignore[attr-defined]
            for n in ast.walk(generator.target)
            if isinstance(n, ast.Name)
        }
        self.scopes.append(names)
        self.generic_visit(node)
        self.scopes.pop()
        return node

    visit_ListComp = visit_SetComp = _comprehension  # noqa: N815
    visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if self._local(node.id):
            return node
        module = self.module
        if node.id in module.aliases:
            if module.aliases[node.id] in self.linker.joined:
                raise LinkError(f"{module.name}: module {node.id} as a value")
            return node
        return self.linker.reference(module, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = node.value
        if isinstance(value, ast.Name) and not self._local(value.id):
            target = self.module.aliases.get(value.id)
            if target in self.linker.joined:
                if not isinstance(node.ctx, ast.Load):
                    raise LinkError(f"{self.module.name}: sets {value.id}.{node.attr}")
                return self.linker.member(target, node.attr, node)
        node.value = self.visit(value)
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST | list[ast.stmt] | None:
        if not self.scopes and self.depth:
            return self._tried_import(node)
        return node if self.scopes else self.linker.top_import(self.module, node)

    def _tried_import(self, node: ast.Import | ast.ImportFrom) -> ast.AST:
        """An import inside `try` or `if` stays where it is, under its new name."""
        for alias in node.names:
            local = alias.asname or alias.name
            chosen = self.linker.renamed(self.module, local)
            alias.asname = None if chosen == alias.name else chosen
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt] | None:
        base = self.module.target(node)
        left = [
            alias
            for alias in node.names
            if f"{base}/{alias.name}" not in self.linker.joined
            and (base not in self.linker.joined or f"{base}/{alias.name}" in self.module.known)
        ]
        if not self.scopes:
            if self.depth:
                return self._tried_import(node)
            return self.linker.top_import(self.module, node, left)
        name = base.replace("/", ".") if node.level else node.module
        stays: list[ast.stmt] = [ast.ImportFrom(name, left, 0)] if left else []
        # As a local, `pos` would be unknown to what stands before it in the function.
        found = self.linker.inside or self.linker.known_at_top(self.module)
        if len(left) < len(node.names) and not found:
            stays.insert(0, ast.Import([ast.alias(NAME)]))
        return stays or None

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Blocks of statements never end up empty."""
        self.depth += 1
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, field, self.body(block, field != "body"))
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
            elif isinstance(value, list) and value and not isinstance(value[0], ast.stmt):
                visited = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
                setattr(node, field, visited)
        self.depth -= 1
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant):
            return None  # docstrings are not kept on the device anyway
        return self.generic_visit(node)
