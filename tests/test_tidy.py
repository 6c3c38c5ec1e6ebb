"""Rules of the house that a review would otherwise repeat: who may import whom, what the core must
not touch, what MicroPython cannot do, and how long things may get.
"""

import ast
import functools
import re
from collections import Counter

import pytest

from source_files import ROOT, imports, module_name, python, tree, where

# (these modules, must not import those): dependencies run one way.
FORBIDDEN = (
    ("posproto", ("posagent", "boards", "posdiag", "posworld")),
    ("posagent.core", ("posagent.modems", "posagent.io", "boards", "posdiag", "posworld")),
    ("posagent.modems", ("posagent.io", "boards", "posdiag", "posworld")),
    ("posagent.io", ("posagent.modems", "boards", "posdiag", "posworld")),
    ("boards", ("posagent", "posdiag", "posworld")),
    ("main", ("posdiag", "posworld")),
    ("posbuild", ("posagent", "boards", "main", "posdiag", "posworld", "posproto")),
    ("posdiag", ("posagent", "boards", "main", "posfleet")),
    ("posfleet", ("posagent", "boards", "main")),
    # No parser is judged by its own twin: the world writes AT and ISO 8583 by other means.
    ("posworld", ("posagent", "boards", "posdiag", "posfleet", "posproto.at", "posproto.iso8583")),
    ("pospractice", ("posdiag", "posfleet", "boards", "main", "posagent.io")),
    ("", ("tests", "dual", "conftest", "source_files")),
)
PRODUCT = ("protocol", "firmware", "host_tools")
DEVICE = ("protocol/posproto", "firmware")
CORE = ("protocol/posproto", "firmware/posagent/core", "firmware/posagent/modems")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
ONLY_CPYTHON = {"judge.py", "run.py"}  # a judge of both runtimes, the one that starts the other
TABLES = {"ids.py"}  # nothing but a table: one place is worth more than shortness

# Methods and modules of CPython that MicroPython lacks.
MISSING_METHODS = {
    *("zfill", "ljust", "rjust", "casefold", "removeprefix", "removesuffix", "bit_length"),
    *("findall", "finditer", "fullmatch", "isalnum", "isidentifier", "expandtabs", "translate"),
}
MISSING_MODULES = {
    *("abc", "contextlib", "dataclasses", "datetime", "enum", "functools", "hmac", "itertools"),
    *("logging", "pathlib", "tomllib", "typing", "types", "zlib"),
}
IMPURE_MODULES = {"machine", "network", "os", "random", "select", "socket", "sys", "time", "vfs"}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}


def inside(name: str, package: str) -> bool:
    return not package or name == package or name.startswith(package + ".")


@pytest.mark.parametrize("package, forbidden", FORBIDDEN, ids=[f[0] or "all" for f in FORBIDDEN])
def test_imports_run_one_way(package, forbidden):
    bad = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python(*PRODUCT)
        if inside(module_name(path), package)
        for name in sorted(imports(path))
        if any(inside(name, other) for other in forbidden)
    ]
    assert not bad, "\n".join(bad)


NAMES = {module_name(path): path for path in python(*PRODUCT)}
# Modules loaded by a name that is put together: the family of the modem, the operator's words,
# the dialect of the acquirer, the command of the tool. Who does so counts as importing them all.
BY_NAME = {
    "posagent.modems": "posagent.modems.",
    "posagent.core.credit.operators": "posagent.operators.",
    "posagent.core.settlement.dialect": "posproto.iso8583.",
    "posdiag.cli": "posdiag.commands.",
}
LOADERS = {"call", "use", "load", "import_module"}  # of `modules` and `importlib`


@functools.cache
def leads_to(name: str) -> set[str]:
    """Our modules that a module imports: anywhere in it, by statement or by a name in a text."""
    path = NAMES[name]
    found = set()
    for one in imports(path):
        found.add(one if one in NAMES else one.rpartition(".")[0])
    for node in ast.walk(tree(path)):
        called = node.func if isinstance(node, ast.Call) and node.args else None
        if (
            isinstance(called, ast.Attribute)
            and called.attr in LOADERS
            and isinstance(called.value, ast.Name)
            and called.value.id in ("modules", "importlib")
        ):
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found |= {part.value, f"posagent.core.{part.value}"}
    if name in BY_NAME:
        found |= {one for one in NAMES if one.startswith(BY_NAME[name])}
    return (found & set(NAMES)) - {name}


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which leads to each other one (Tarjan)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for other in edges[name]:
            if other not in order:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == order[name]:
            at = stack.index(name)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for name in edges:
        if name not in order:
            visit(name)
    return found


def test_no_module_leads_back_to_itself():
    assert not circles({name: leads_to(name) for name in NAMES})


def test_a_circle_is_found_where_one_is_hidden():
    """By an import in a function, or by a name given to modules.call()."""
    edges = {name: leads_to(name) for name in NAMES}
    assert "posagent.core.settlement.answers" in edges["posagent.core.settlement.settlement"]
    assert "posagent.io.image" in edges["posagent.io.pc"]
    edges["posagent.core.settlement.record"] = {"posagent.core.settlement.submit"}
    (found,) = circles(edges)
    assert {"posagent.core.settlement.record", "posagent.core.settlement.submit"} <= set(found)
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]


def test_the_rule_on_imports_sees_every_package():
    seen = {module_name(path).split(".")[0] for path in python(*PRODUCT)}
    assert {"posproto", "posagent", "boards", "posbuild", "posdiag", "posworld"} <= seen


def test_the_core_touches_neither_clock_nor_wire():
    bad = []
    for path in python(*CORE):
        bad += [
            f"{path.relative_to(ROOT)} imports {name}"
            for name in imports(path)
            if name.split(".")[0] in IMPURE_MODULES
            and name != "sys.implementation"
            and (path.name, name) != ("modules.py", "sys")  # what is loaded is no clock, no wire
        ]
        for node in ast.walk(tree(path)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
                bad.append(f"{where(path, node)}: {called.id}(...)")
    assert not bad, "\n".join(bad)


def test_one_table_decides_on_the_state_of_a_message():
    """Only lifecycle.py sets it; a new message begins in submit.py, batch.py sets the batch's own,
    sealed.py dates a copy ahead.
    """
    setting = {
        path.name
        for path in python("firmware/posagent/core/settlement")
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Assign, ast.AugAssign))
        and any(
            isinstance(target, ast.Subscript) and ast.unparse(target.slice) == "ids.MSG_STATE"
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        )
    }
    assert setting == {"lifecycle.py", "submit.py", "batch.py", "sealed.py"}


def test_device_code_keeps_to_what_micropython_has():
    bad = []
    for path in python(*DEVICE):
        names = {name.split(".")[0] for name in imports(path)}
        bad += [f"{path.relative_to(ROOT)} imports {n}" for n in sorted(names & MISSING_MODULES)]
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                method = node.func.attr
                if method in MISSING_METHODS:
                    bad.append(f"{where(path, node)}: .{method}()")
                if method in ("decode", "encode") and node.keywords:
                    bad.append(f"{where(path, node)}: .{method}(errors=)")
    assert not bad, "\n".join(bad)


def test_no_tuple_is_unpacked_into_another_one():
    """MicroPython takes a star in a call, and nowhere else."""
    bad = [
        where(path, node)
        for path in python(*DEVICE, "host_tools/posworld", "tests/unit", "tests/alloc")
        if path.name not in ONLY_CPYTHON
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Tuple, ast.List, ast.Set))
        and any(isinstance(x, ast.Starred) and isinstance(x.ctx, ast.Load) for x in node.elts)
    ]
    assert not bad, bad


def test_nothing_is_compared_with_a_tuple_of_heads():
    """startswith() and endswith() take one since MicroPython 1.25 only: on an older one the agent
    stopped at the first module that it dropped.
    """
    bad = []
    for path in python(*DEVICE):
        tuples = {
            target.id
            for node in tree(path).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        bad += [
            where(path, node)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("startswith", "endswith")
            and (
                isinstance(node.args[0], ast.Tuple)
                or (isinstance(node.args[0], ast.Name) and node.args[0].id in tuples)
            )
        ]
    assert not bad, bad


def test_device_code_has_no_floating_point():
    bad = [
        where(path, node)
        for path in python(*DEVICE)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div))
    ]
    assert not bad, "\n".join(bad)


def patterns():
    """String arguments of re calls in code that runs on MicroPython, with their place."""
    for path in python(*DEVICE, "host_tools/posworld"):
        if "acquirer" in path.parts:
            continue  # CPython's alone
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("re", "ure")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                text = node.args[0].value
                yield where(path, node), text if isinstance(text, str) else text.decode("latin-1")


def pattern_faults(text: str) -> list[str]:
    """What MicroPython's byte-wise `re` would read another way than CPython's."""
    faults = []
    classes = re.findall(r"\[(?:\\.|[^\]\\])*\]", text)
    if any(ord(char) > 127 for found in classes for char in found):
        faults.append("non-ASCII inside []")
    if re.search(r"[^\x00-\x7f][?*+]", text):
        faults.append("quantifier on a non-ASCII character")
    if re.search(r"(?<!\\)\{\d", text):
        faults.append("{n}")
    if re.search(r"\(\?[^:]", text):
        faults.append("(?...) group")
    if re.search(r"\\[bBAZ]", text):
        faults.append("\\b and the like")
    if re.search(r"[^\x00-\x7f]", text) and re.search(r"(?<!\\)\.", text):
        faults.append("bare . beside non-ASCII text")
    return faults


def test_patterns_mean_the_same_on_micropython():
    bad = [f"{place}: {fault}" for place, text in patterns() for fault in pattern_faults(text)]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    "text", ["([元分])", "吗?", r"\d{2}", "(?P<a>x)", "(?=x)", r"\bx", "余额.*", "[^。]"]
)
def test_patterns_that_micropython_reads_otherwise_are_caught(text):
    assert pattern_faults(text)


@pytest.mark.parametrize("text", [r"^\+CREG: (\d+)", "余额([0-9]+)", r"[a-f]+\.", "(?:a|b)"])
def test_patterns_that_both_read_alike_pass(text):
    assert not pattern_faults(text)


def test_files_stay_readable():
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in python()
        if path.name not in TABLES
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert not long, "\n".join(long)


# Where a test of both runtimes stands, and the code that it is about.
UNIT = {"core": "firmware/posagent/core", "modems": "firmware/posagent/modems"}
UNIT |= {"shells": "firmware/posagent/io", "protocol": "protocol/posproto"}
UNIT |= {"world": "host_tools/posworld"}
HOST = {name: "host_tools/" + name for name in ("posbuild", "posdiag", "pospractice", "posworld")}
HOST |= {"core": UNIT["core"], "board": "firmware/boards", "protocol": UNIT["protocol"]}
HOST |= {"installed": ".ci"}  # which makes what people install
OF_ALL_ROOMS = {"test_on_micropython.py", "test_on_oldest_micropython.py", "test_known_mutants.py"}


@pytest.mark.parametrize("kind, houses, apart", [("unit", UNIT, ()), ("host", HOST, OF_ALL_ROOMS)])
def test_a_test_stands_in_the_room_of_what_it_tests(kind, houses, apart):
    folder, astray = ROOT / "tests" / kind, []
    for path in folder.rglob("test_*.py"):
        house, *room = path.parent.relative_to(folder).parts or ("",)
        stands = house in houses and ROOT.joinpath(houses[house], *room).is_dir()
        if not stands and (house or path.name not in apart):
            astray.append(str(path.relative_to(ROOT)))
    assert not astray, "no such room: " + ", ".join(astray)
    names = Counter(path.name for path in folder.rglob("test_*.py"))
    assert max(names.values()) == 1, "two files of one name: no runner of boards could load both"


def test_every_folder_of_tests_is_told_in_their_readme():
    tests = ROOT / "tests"
    rows = re.findall(r"^\| (`[^|]+) \|", (tests / "README.md").read_text("utf-8"), re.M)
    told = {name for row in rows for name in re.findall(r"`([\w/]+)/`", row)}
    here = {path.name for path in tests.iterdir() if path.is_dir() and any(path.rglob("*.*"))}
    rooms = {"unit/" + house for house in UNIT} | {"host/" + house for house in HOST}
    assert told == here - {"__pycache__"} | rooms


def functions(node: ast.AST):
    """The functions of a tree: they are statements, and no expression is looked into."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        inside = getattr(node, name, ())
        for child in inside if isinstance(inside, list) else ():
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield child
            yield from functions(child)


def test_functions_fit_a_screen():
    long = []
    for path in python():
        for node in functions(tree(path)):
            count = (node.end_lineno or 0) - node.lineno + 1
            if count > FUNCTION_LINES_MAX:
                long.append(f"{where(path, node)}: {node.name} has {count} lines")
    assert not long, "\n".join(long)


def test_modules_say_what_they_are():
    silent = [
        str(path.relative_to(ROOT))
        for path in python(*PRODUCT)
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert not silent, "\n".join(silent)


def test_no_module_lies_unused():
    naming = Counter()  # of how many files each word is in
    for path in python():
        naming.update(set(re.findall(r"\w+", path.read_text(encoding="utf-8"))))
    entries = {"__init__", "__main__", "main", "manifest", "env"}
    unused = []
    for path in python(*PRODUCT):
        named = {"boards", "modems", "operators", "commands", "versions"}
        if path.stem in entries or named & set(path.parts):
            continue  # started by name, or chosen by the config or the user
        own = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        if naming[path.stem] == (path.stem in own):
            unused.append(str(path.relative_to(ROOT)))
    assert not unused, "\n".join(unused)
