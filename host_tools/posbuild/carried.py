"""The compiled program that an installed posbuild carries: no checkout, no compiler needed.

`make dist` writes it as program.zip beside this file: `mpy/` is what compile_tree gives, `loader/`
starts it. A checkout has none and compiles its own.
"""

from __future__ import annotations

import io
import sys
import zipfile
from importlib import resources
from pathlib import Path

from .compile import compile_tree

_LOADER = ("boot.py", "main.py")


def files() -> dict[str, bytes]:
    """{path: content}; empty where nothing is carried."""
    file = resources.files(__package__) / "program.zip"
    if not file.is_file():
        return {}
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unpacked(folder: Path) -> Path | None:
    """`folder` with the carried program's `.mpy` files in it, or None where none is carried."""
    compiled = {name[4:]: data for name, data in files().items() if name.startswith("mpy/")}
    for name, data in compiled.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder if compiled else None


def write(root: Path, out: Path) -> int:
    """Compile a checkout into the zip file `out`, the same bytes for the same sources; returns the
    number of files. Raises CompileError.
    """
    folder = root / "build" / "carried"
    compile_tree(root, folder)
    found = {f"mpy/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*.mpy")}
    found |= {f"loader/{name}": root / "firmware" / name for name in _LOADER}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            archive.writestr(zipfile.ZipInfo(name), found[name].read_bytes())
    return len(found)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), Path(sys.argv[2])), "files carried")
