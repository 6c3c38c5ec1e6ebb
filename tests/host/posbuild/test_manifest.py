"""The frozen route: what manifest.py asks for is there, complete, and starts."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from posbuild.compile import compile_source
from posbuild.program import UnknownBoard, build, freezable

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = ROOT / "firmware" / "manifest.py"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    out = tmp_path_factory.mktemp("frozen")
    return out, freezable("rpi_pico", out)


def asked_for(environment=None):
    """Calls that the manifest makes of MicroPython's makemanifest, which runs it as Python."""
    calls = []
    names = ("include", "freeze", "require", "module", "package", "metadata", "options")

    def record(name):
        return lambda *args, **more: calls.append((name, *args, more))

    exec(MANIFEST.read_text(encoding="utf-8"), {name: record(name) for name in names})
    return calls


def test_the_manifest_takes_the_port_s_own_and_the_frozen_folder(monkeypatch):
    monkeypatch.delenv("POS_BOARD_MANIFEST", raising=False)
    assert asked_for() == [
        ("include", "$(PORT_DIR)/boards/manifest.py", {}),
        ("freeze", "../build/frozen", {"opt": 2}),
    ]
    monkeypatch.setenv("POS_BOARD_MANIFEST", "$(BOARD_DIR)/manifest.py")
    assert asked_for()[0][1] == "$(BOARD_DIR)/manifest.py"
    (folder,) = [call[1] for call in asked_for() if call[0] == "freeze"]
    makefile = (ROOT / "Makefile").read_text()
    assert f"posbuild.program $(BOARD) {folder.removeprefix('../')}" in makefile


def test_what_is_frozen_is_the_program_of_a_slot_and_its_loader(frozen):
    _, names = frozen
    slot = {path.replace(".mpy", ".py") for path in build("rpi_pico").files}
    assert set(names) == slot | {"boot.py", "main.py"}


def test_every_frozen_source_compiles(frozen):
    out, names = frozen
    for name in names:
        assert compile_source((out / name).read_text(encoding="utf-8"), name)[:2] == b"M\x06"


def test_no_frozen_source_needs_what_is_not_frozen(frozen):
    out, names = frozen
    there = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names
    }
    for name in names:
        for node in ast.walk(ast.parse((out / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pos"):
                for alias in node.names:
                    known = {node.module, f"{node.module}.{alias.name}"} & there
                    unix = {"pc", "image", "paced"} & {alias.name}  # asked for on that port only
                    assert known or unix, (name, ast.unparse(node))


def test_frozen_sources_start_on_a_board(frozen, micropython, mpy, tmp_path, monkeypatch):
    """Without a slot, from the folder that stands in for the frozen file system: sources need more
    room than a board's flash has.
    """
    monkeypatch.setenv("BOARD_BLOCKS", "704")
    if sys.platform == "win32":
        pytest.skip("no ptys here")
    from board_factory import KEY
    from unixboard import UnixBoard, install

    image = tmp_path / "flash.img"
    out, names = frozen
    install(image, micropython, mpy, {f"/{name}": out / name for name in names})
    install(image, micropython, mpy, {"/data/key": KEY})
    with UnixBoard(tmp_path, micropython, mpy, heap="2m") as board:
        board.wait(lambda: b"\x06C" in board.text)
        assert b"Traceback" not in board.text


def test_an_unknown_board_is_refused(tmp_path, capsys):
    with pytest.raises(UnknownBoard):
        freezable("toaster", tmp_path / "out")
    command = [sys.executable, "-m", "posbuild.program", "toaster", str(tmp_path / "out")]
    paths = os.pathsep.join(str(ROOT / name) for name in ("protocol", "host_tools"))
    done = subprocess.run(
        command, env=dict(os.environ, PYTHONPATH=paths), capture_output=True, text=True
    )
    assert done.returncode == 1 and "rpi_pico" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_a_board_the_choice_is_told_in_a_sentence():
    command = [sys.executable, "-m", "posbuild.program", "build/frozen"]
    paths = os.pathsep.join(str(ROOT / name) for name in ("protocol", "host_tools"))
    done = subprocess.run(
        command, env=dict(os.environ, PYTHONPATH=paths), capture_output=True, text=True
    )
    assert done.returncode == 2 and done.stderr.startswith("say which board: BOARD=")
    assert "rpi_pico" in done.stderr and "Traceback" not in done.stderr
