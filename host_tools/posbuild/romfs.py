"""A program as a ROMFS image, which MicroPython runs where it lies: `make romfs BOARD=...`.

The modules are those of a slot, as they are; what to do with the image says firmware/ROMFS.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mpremote.romfs import VfsRomWriter

from .compile import CompileError
from .program import NoCompiler, NoSources, Program, UnknownBoard, boards, build


def image(program: Program) -> bytes:
    """The image of a program's modules; boot.py and main.py are not in it."""
    tree: dict = {}
    for path, data in program.files.items():
        folder = tree
        *folders, name = path.split("/")
        for part in folders:
            folder = folder.setdefault(part, {})
        folder[name] = data
    writer = VfsRomWriter()
    _write(writer, tree)
    made: bytes = writer.finalise()
    return made


def _write(writer: VfsRomWriter, folder: dict) -> None:
    for name, item in sorted(folder.items()):
        if isinstance(item, dict):
            writer.opendir(name)
            _write(writer, item)
            writer.closedir()
        else:
            writer.mkfile(name, item)


def main(arguments: list[str]) -> int:
    """python -m posbuild.romfs BOARD OUT"""
    if len(arguments) != 2:
        print(f"say which board: BOARD={' or BOARD='.join(boards())}", file=sys.stderr)
        return 2
    board, out = arguments[0], Path(arguments[1]) / f"{arguments[0]}.romfs"
    try:
        data = image(build(board))
    except (CompileError, NoCompiler, NoSources, UnknownBoard) as error:
        print(error, file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    print(f"{len(data):,} bytes in {out}; firmware/ROMFS.md says how it gets onto a board")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
