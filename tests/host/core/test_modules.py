"""What is loaded for a moment: each name given to modules.call() leads somewhere, nobody frees
modules by hand, and no class that comes back as another one is compared with.
"""

from __future__ import annotations

import ast
import functools
import importlib
from pathlib import Path

import pytest

from posagent.core import modules
from posbuild import fold
from source_files import ROOT, tree

TREES = (ROOT / "protocol", ROOT / "firmware")
CORE = ROOT / "firmware" / "posagent"
# What main.py loads for the whole of a life, as firmware/README.md has it.
ROOTS = ("posagent.core.agent", "posagent.io.loop", "posagent.io.port", "posagent.modems.common")
LOADERS = ("modules.call", "modules.use", "modules.load", "modules.stages")
# The one place that knows when a duty begins and ends, and the self-test, which is one.
MOMENTS = {"modules.py", "schedule.py", "selftest.py"}


def sources() -> dict[str, Path]:
    """Device modules by their dotted name."""
    found = {}
    for root in TREES:
        for package in ("posproto", "posagent"):
            for path in sorted((root / package).rglob("*.py")):
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


SOURCES = sources()


def named(name: str, node: ast.ImportFrom) -> dict[str, tuple[str, str]]:
    """{local name: (module, its name there or "" for the module itself)} of an import."""
    package = name if SOURCES[name].name == "__init__.py" else name.rpartition(".")[0]
    base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
    module = ".".join([*base, *([node.module] if node.module else [])])
    found = {}
    for alias in node.names:
        whole = f"{module}.{alias.name}"
        local = alias.asname or alias.name
        found[local] = (whole, "") if whole in SOURCES else (module, alias.name)
    return found


@functools.cache
def numbers(name: str) -> dict[str, int]:
    """What a module sets by const(): in place of these no board imports anything."""
    path = SOURCES.get(name)
    return fold.numbers(path.read_text(encoding="utf-8")) if path else {}


def imported(name: str) -> dict[str, tuple[str, str]]:
    """What a module imports of ours at its top, numbers apart."""
    found = {}
    for node in tree(SOURCES[name]).body:
        if isinstance(node, ast.ImportFrom):
            found.update(named(name, node))
    return {
        local: (module, inner)
        for local, (module, inner) in found.items()
        if module in SOURCES and inner not in numbers(module)
    }


@functools.cache
def staying() -> set[str]:
    """The modules that a running agent never drops."""
    todo, found = list(ROOTS), set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            if name not in SOURCES:
                continue  # a folder without a file of its own
            todo += [module for module, _ in imported(name).values()]
            if "." in name:
                todo.append(name.rpartition(".")[0])
    return found


def calls() -> list[tuple[str, list[ast.expr]]]:
    """(place, arguments) of each modules.call(), use(), load() and stages()."""
    found = []
    for path in SOURCES.values():
        for node in ast.walk(tree(path)):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(called, ast.Attribute):
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            if ast.unparse(called) in LOADERS:
                found.append((place, node.args))
    return found


def needs(name: str) -> list[str]:
    """What a module imports beside what stays, each behind what it imports itself. A modem family
    asks for its own halves, NAME_rare and NAME_tls: it is there already, and stays.
    """
    order: list[str] = []
    there = staying() | {name, name.rpartition("_")[0]}

    def walk(one: str) -> None:
        for module, _ in imported(one).values():
            if module not in there and module not in order:
                walk(module)
                if module not in order:
                    order.append(module)

    walk(name)
    return order


def on_demand() -> list[str]:
    """The modules that are loaded by name, whole names."""
    found = {name for name in SOURCES if name.endswith("_rare")}  # by the family's name
    for _, arguments in calls():
        for node in ast.walk(arguments[0]):
            name = text(node)
            if name:
                found.add(name if name.startswith("pos") else f"posagent.core.{name}")
    found |= {name for name in SOURCES if name.startswith("posagent.operators.")}
    return sorted(found & set(SOURCES))


def text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.mark.parametrize(("place", "arguments"), calls())
def test_what_is_loaded_for_a_moment_is_there(place: str, arguments: list[ast.expr]) -> None:
    name = text(arguments[0])
    if name is None:
        return  # chosen at run time: the dialect, the operator's language, the modem's family
    function = text(arguments[1]) if len(arguments) > 1 else None
    module = importlib.import_module(name if name.startswith("pos") else f"posagent.core.{name}")
    assert function is None or callable(getattr(module, function, None)), place


def test_nobody_frees_modules_by_hand() -> None:
    bad = []
    for path in SOURCES.values():
        for node in ast.walk(tree(path)):
            if path.name in MOMENTS or not isinstance(node, ast.Attribute):
                continue
            by_hand = ast.unparse(node) in ("modules.begin", "modules.end", "sys.modules")
            if by_hand:
                bad.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert not bad, "\n".join(bad)


def test_no_import_of_ours_hides_in_a_function() -> None:
    bad = []
    for path in SOURCES.values():
        if path.parent == CORE or path.parent == CORE / "io":
            continue  # what starts chooses between a board's shells and the computer's
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef):
                bad += [
                    f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
                    for node in ast.walk(function)
                    if isinstance(node, (ast.Import, ast.ImportFrom))
                ]
    assert not bad, "\n".join(bad)


def test_no_class_of_a_dropped_module_is_compared_with() -> None:
    """An object that outlives its module has a class that equals no class of the next load. An
    exception outlives nothing: who catches it by a class that it imports itself, at its top, was
    loaded together with that class, and goes with it.
    """
    stays = staying()
    bad = []
    for name, path in SOURCES.items():
        known = imported(name)
        for node in ast.walk(tree(path)):
            kinds: list[ast.expr] = []
            caught = isinstance(node, ast.ExceptHandler)
            if isinstance(node, ast.ExceptHandler) and node.type:
                kinds = [node.type]
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
                kinds = node.args[1:]
            for kind in kinds:
                modules_of = {
                    known[n.id][0] for n in ast.walk(kind) if getattr(n, "id", "") in known
                }
                calls_for = [n for n in ast.walk(kind) if isinstance(n, ast.Call)]
                dropped = modules_of - stays
                if calls_for or (dropped and (not caught or name in stays)):
                    bad.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(kind)}")
    assert not bad, "\n".join(bad)


def test_the_test_sees_what_stays() -> None:
    stays = staying()
    assert {"posagent.core.modem.engine", "posproto.cbor", "posproto.iso8583"} <= stays
    assert not {"posagent.core.settlement.answers", "posproto.iso8583.walker"} & stays


@pytest.mark.parametrize("name", on_demand())
def test_what_a_module_needs_is_loaded_before_it_not_inside_its_import(name: str) -> None:
    """Each import level inside another takes its part of a small board's stack."""
    told = modules.needs(name)
    assert sorted(told) == sorted(needs(name)), f"{name}: {' '.join(needs(name))}"
    for place, one in enumerate(told):
        assert set(needs(one)) <= set(told[:place]), (name, one)
