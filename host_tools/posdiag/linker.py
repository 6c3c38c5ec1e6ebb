"""Joins the modules that stay loaded into one, `pos`: an eighth less code, and one file to open.

Each .mpy carries the names that it uses, and each import costs code and a slot in a table of the heap. In
one module a name stands once, and what was `cbor.decode` is `decode`. Only whole names are renamed, where
two modules chose the same one; function names in tracebacks stay. Modules that are loaded on demand, boards
and modem families stay files of their own and find the joined names in `pos`.

It refuses what it cannot prove: a joined module used as a value, `import *`, a name that is set from
outside. Sources are text after compile.fold(), so the numbers of ids.py are in already.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

NAME = "pos"
_FUNCTIONS = (ast.FunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class LinkError(Exception):
    """A source that cannot be joined; the text says where and why."""


def _bound(statements: Iterable[ast.AST]) -> Iterator[str]:
    """Names that statements bind in their own scope."""
    todo = list(statements)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
            todo += [*node.decorator_list]
            continue
        if isinstance(node, ast.Lambda) or isinstance(node, _COMPREHENSIONS):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        todo += ast.iter_child_nodes(node)


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a]
    return {a.arg for a in every}


class Module:
    """One source: its tree, what it binds, and which other modules its imports mean."""

    def __init__(self, name: str, text: str, known: set[str]) -> None:
        self.name = name.removesuffix("/__init__")
        self.package = name.endswith("/__init__")
        self.tree = ast.parse(text)
        self._package = name.rpartition("/")[0].split("/") if "/" in name else []
        self.known = known
        self.aliases: dict[str, str] = {}  # local name: module
        self.members: dict[str, tuple[str, str]] = {}  # local name: (module, its name)
        self.outside: dict[str, str] = {}  # local name: import statement of a foreign module
        for node in self.tree.body:
            self._import(node)
        bound = set(_bound(self.tree.body))
        self.own = bound - set(self.aliases) - set(self.members) - set(self.outside)

    def target(self, node: ast.ImportFrom) -> str:
        """The path of the module behind `from`."""
        base = self._package[: len(self._package) + 1 - node.level] if node.level else []
        return "/".join([*base, *((node.module or "").split(".") if node.module else [])])

    def _import(self, node: ast.AST) -> None:
        if isinstance(node, ast.ImportFrom):
            base = self.target(node)
            for alias in node.names:
                local = alias.asname or alias.name
                if alias.name == "*":
                    raise LinkError(f"{self.name}: import *")
                if f"{base}/{alias.name}" in self.known:
                    self.aliases[local] = f"{base}/{alias.name}"
                elif base in self.known:
                    self.members[local] = (base, alias.name)
                else:
                    statement = ast.ImportFrom(node.module, [alias], node.level)
                    self.outside[local] = ast.unparse(statement)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.replace(".", "/") in self.known:
                    raise LinkError(f"{self.name}: import {alias.name}; say from ... import")
                local = alias.asname or alias.name
                self.outside[local] = ast.unparse(ast.Import([alias]))


class _Renamer(ast.NodeTransformer):
    """Replaces references to joined modules' names; `resolve` tells the new expression."""

    def __init__(self, module: Module, linker: Linker) -> None:
        self.module = module
        self.linker = linker
        self.scopes: list[set[str]] = []
        self.depth = 0  # blocks of statements around

    def _local(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [self.visit(d) if d else d for d in node.args.kw_defaults]
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        if not self.scopes:
            node.name = self.linker.renamed(self.module, node.name)
        inner = _parameters(node.args) | set(_bound(node.body))
        for found in ast.walk(node):
            if isinstance(found, ast.Global):
                raise LinkError(f"{self.module.name}: global in {node.name}")
        inner -= self._dropped_imports(node)
        self.scopes.append(inner)
        node.body = self.body(node.body)
        self.scopes.pop()
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

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:  # noqa: N802
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        self.scopes.append(_parameters(node.args))
        node.body = self.visit(node.body)
        self.scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:  # noqa: N802
        node.bases = [self.visit(b) for b in node.bases]
        if not self.scopes:
            node.name = self.linker.renamed(self.module, node.name)
        # Names of a class body are no scope for its methods.
        self.scopes.append(set())
        own = set(_bound(node.body))
        body: list[ast.stmt] = []
        for statement in node.body:
            self.scopes.append(set() if isinstance(statement, ast.FunctionDef) else own)
            body += self.body([statement], True)
            self.scopes.pop()
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

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802
        if self._local(node.id):
            return node
        module = self.module
        if node.id in module.aliases:
            if module.aliases[node.id] in self.linker.joined:
                raise LinkError(f"{module.name}: module {node.id} as a value")
            return node
        return self.linker.reference(module, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # noqa: N802
        value = node.value
        if isinstance(value, ast.Name) and not self._local(value.id):
            target = self.module.aliases.get(value.id)
            if target in self.linker.joined:
                if not isinstance(node.ctx, ast.Load):
                    raise LinkError(f"{self.module.name}: sets {value.id}.{node.attr}")
                return self.linker.member(target, node.attr, node)
        node.value = self.visit(value)
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST | None:  # noqa: N802
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

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt] | None:  # noqa: N802
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
        if len(left) < len(node.names) and not self.linker.inside:
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

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:  # noqa: N802
        if isinstance(node.value, ast.Constant):
            return None  # docstrings are not kept on the device anyway
        return self.generic_visit(node)


class Linker:
    """sources: {module path: folded text}; stay: the modules to join, in any order."""

    def __init__(self, sources: dict[str, str], stay: Iterable[str]) -> None:
        known = {name.removesuffix("/__init__") for name in sources}
        self.joined = {name.removesuffix("/__init__") for name in stay}
        self.modules = {
            name.removesuffix("/__init__"): Module(name, text, known)
            for name, text in sources.items()
        }
        self._names: dict[tuple[str, str], str] = {}
        self._outside: dict[str, str] = {}  # name in pos: import statement
        self.inside = False
        self._choose_names()

    # Names

    def _choose_names(self) -> None:
        """A name of its own for each joined global: no local anywhere, no builtin, no other."""
        taken = set(dir(builtins)) | self._locals()
        owner: dict[str, str] = {}
        for path in sorted(self.joined):
            for name, statement in sorted(self.modules[path].outside.items()):
                if owner.setdefault(name, statement) != statement:
                    raise LinkError(f"{path}: two imports called {name}")
        taken |= set(owner)
        for path in sorted(self.joined):
            for name in sorted(self.modules[path].own):
                chosen, n = name, 2
                while chosen in taken:
                    chosen, n = f"{name}_{n}", n + 1
                taken.add(chosen)
                self._names[path, name] = chosen

    def _locals(self) -> set[str]:
        found = set()
        for path in self.joined:
            for node in ast.walk(self.modules[path].tree):
                if isinstance(node, ast.FunctionDef):
                    found |= _parameters(node.args) | set(_bound(node.body))
                elif isinstance(node, ast.Lambda):
                    found |= _parameters(node.args)
                elif isinstance(node, _COMPREHENSIONS):
                    for generator in node.generators:
                        found |= {
                            n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)
                        }
        return found

    def renamed(self, module: Module, name: str) -> str:
        return self._names.get((module.name, name), name) if self.inside else name

    def member(self, target: str, attribute: str, node: ast.AST) -> ast.expr:
        """`alias.attribute` of a joined module."""
        if attribute == "const":
            return ast.Name("const", ast.Load())  # folded by the compiler, by this name
        module = self.modules[target]
        if attribute in module.members:
            return self.member(*module.members[attribute], node)
        if attribute in module.aliases:
            raise LinkError(f"{target}.{attribute}: a module as a value")
        chosen = self._names.get((target, attribute))
        if chosen is None and attribute in module.outside:
            chosen = attribute
        if chosen is None:
            raise LinkError(f"{target} has no {attribute}")
        name = ast.Name(chosen if self.inside else NAME, ast.Load())
        return name if self.inside else ast.Attribute(name, chosen, ast.Load())

    def reference(self, module: Module, node: ast.Name) -> ast.expr:
        """A global name, as it is called now."""
        if node.id in module.members and module.members[node.id][0] in self.joined:
            return self.member(*module.members[node.id], node)
        if self.inside and node.id in module.own:
            node.id = self._names[module.name, node.id]
        return node

    def top_import(
        self, module: Module, node: ast.stmt, left: list[ast.alias] | None = None
    ) -> ast.stmt | list[ast.stmt] | None:
        """A module-level import: gathered at the head of pos; elsewhere what stays, and pos."""
        if isinstance(node, ast.ImportFrom):
            base = module.target(node)
            foreign = base not in module.known and not any(
                f"{base}/{a.name}" in module.known for a in node.names
            )
            if foreign:
                return None if self.inside else node
            stays = [ast.ImportFrom(base.replace("/", "."), left, 0)] if left else []
            if self.inside:
                if stays:
                    raise LinkError(f"{module.name}: {ast.unparse(node)} is not joined")
                return None
            if len(left or ()) < len(node.names):
                stays.insert(0, ast.Import([ast.alias(NAME)]))
            return list(stays)
        return None if self.inside else node

    # Output

    def _order(self) -> list[str]:
        """Joined modules, each after those that it imports."""
        done: list[str] = []

        def add(path: str, above: tuple[str, ...]) -> None:
            if path in above:
                raise LinkError("imports go round: " + " ".join((*above, path)))
            if path in done or path not in self.joined:
                return
            module = self.modules[path]
            wanted = set(module.aliases.values()) | {m for m, _ in module.members.values()}
            for other in sorted(wanted - {path}):
                add(other, (*above, path))
            done.append(path)

        for path in sorted(self.joined):
            add(path, ())
        return done

    def pos(self) -> str:
        """The source of the joined module."""
        self.inside = True
        order = self._order()
        body: list[ast.stmt] = []
        head = {s for path in order for s in self.modules[path].outside.values()}
        for path in order:
            module = self.modules[path]
            renamer = _Renamer(module, self)
            # const() is the compiler's: no stand-in is needed on a board
            skip = ast.Try if path == "posproto" else ()
            body += renamer.body([s for s in module.tree.body if not isinstance(s, skip)], True)
        self.inside = False
        tree = ast.Module([*ast.parse("\n".join(sorted(head))).body, *body], [])
        return ast.unparse(ast.fix_missing_locations(tree))

    def rest(self) -> dict[str, str]:
        """{module path: source} of what is not joined, finding the joined names in pos.

        A package whose own module is joined stays as an empty one.
        """
        out = {}
        for path, module in self.modules.items():
            if path in self.joined:
                if module.package:
                    out[f"{path}/__init__"] = ""
                continue
            renamer = _Renamer(module, self)
            tree = ast.Module(renamer.body(module.tree.body, True), [])
            name = f"{path}/__init__" if module.package else path
            out[name] = ast.unparse(ast.fix_missing_locations(tree))
        return out
