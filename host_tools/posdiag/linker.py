"""Joins the modules that stay loaded into one, `pos`: an eighth less code, and one file to open.

Each .mpy carries the names that it uses, and each import costs code and a slot in a table of the
heap. In one module a name stands once, and what was `cbor.decode` is `decode`. Only whole names
are renamed, where two modules chose the same one; function names in tracebacks stay. Modules that
are loaded on demand, boards and modem families stay files of their own and find the joined names
in `pos`.

It refuses what it cannot prove: a joined module used as a value, `import *`, a name that is set
from outside. Sources are text after compile.fold(), so the numbers of ids.py are in already.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from .hoist import COMPREHENSIONS, NAME, LinkError, Renamer, bound, parameters
from .shake import hide_numbers, shake


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
        names = set(bound(self.tree.body))
        self.own = names - set(self.aliases) - set(self.members) - set(self.outside)

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
        self.gone: list[str] = []  # what nothing names
        self._rest: dict[str, str] = {}
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
                    found |= parameters(node.args) | set(bound(node.body))
                elif isinstance(node, ast.Lambda):
                    found |= parameters(node.args)
                elif isinstance(node, COMPREHENSIONS):
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
            stays: list[ast.stmt] = []
            if left:
                stays.append(ast.ImportFrom(base.replace("/", "."), left, 0))
            if self.inside:
                if stays:
                    raise LinkError(f"{module.name}: {ast.unparse(node)} is not joined")
                return None
            if len(left or ()) < len(node.names):
                stays.insert(0, ast.Import([ast.alias(NAME)]))
            return stays
        return None if self.inside else node

    def known_at_top(self, module: Module) -> bool:
        """Does a module that is not joined import something joined when it is loaded?"""
        return any(
            module.target(statement) in self.joined
            or any(f"{module.target(statement)}/{a.name}" in self.joined for a in statement.names)
            for statement in module.tree.body
            if isinstance(statement, ast.ImportFrom)
        )

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
            renamer = Renamer(module, self)
            # const() is the compiler's: no stand-in is needed on a board
            skip = ast.Try if path == "posproto" else ()
            body += renamer.body([s for s in module.tree.body if not isinstance(s, skip)], True)
        self.inside = False
        tree = ast.Module([*ast.parse("\n".join(sorted(head))).body, *body], [])
        others: list[ast.AST] = [ast.parse(text) for text in self.rest().values()]
        self.gone = shake(tree, others)
        hide_numbers(tree, others)
        return ast.unparse(ast.fix_missing_locations(tree))

    def rest(self) -> dict[str, str]:
        """{module path: source} of what is not joined, finding the joined names in pos.

        A package whose own module is joined stays as an empty one.
        """
        if self._rest:
            return self._rest
        out = self._rest
        for path, module in self.modules.items():
            if path in self.joined:
                if module.package:
                    out[f"{path}/__init__"] = ""
                continue
            renamer = Renamer(module, self)
            tree = ast.Module(renamer.body(module.tree.body, True), [])
            name = f"{path}/__init__" if module.package else path
            out[name] = ast.unparse(ast.fix_missing_locations(tree))
        return out
