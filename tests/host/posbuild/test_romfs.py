"""The ROMFS route: MicroPython runs the agent from the image, and its code takes little heap."""

import os
import subprocess
import sys

import pytest

from posbuild.program import build
from posbuild.romfs import image, main

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

from board_factory import KEY, ROOT, client
from unixboard import UnixBoard, install

# What MicroPython does itself on a board whose firmware has a ROMFS, before boot.py.
MOUNT = """
import sys, vfs
with open("/program.romfs", "rb") as file:
    vfs.mount(vfs.VfsRom(file.read()), "/rom")
sys.path.append("/rom")
"""
HELD = """
import gc, sys
{mount}
gc.collect()
before = gc.mem_alloc()
import posagent.core.agent, posagent.modems.quectel
gc.collect()
print(gc.mem_alloc() - before)
"""


@pytest.fixture(scope="module")
def program():
    return build("rpi_pico")


@pytest.fixture(scope="module")
def rom(micropython, program):
    has = [micropython, "-c", "import vfs; vfs.VfsRom"]
    if subprocess.run(has, capture_output=True, check=False).returncode:
        pytest.skip("this MicroPython has no ROMFS")
    return image(program)


def test_a_board_without_slots_runs_the_agent_from_its_rom(rom, micropython, mpy, tmp_path):
    flash = tmp_path / "flash.img"
    boot = MOUNT.encode() + (ROOT / "firmware/boot.py").read_bytes()
    main_py = (ROOT / "firmware/main.py").read_bytes()
    files = {"/program.romfs": rom, "/boot.py": boot, "/main.py": main_py, "/data/key": KEY}
    install(flash, micropython, mpy, files)
    with UnixBoard(tmp_path, micropython, mpy, heap="1m") as board:
        board.wait(lambda: b"\x06C" in board.text)
        with client(board, 20) as link:
            assert link.hello.board == "rpi_pico"
        assert b"Traceback" not in board.text


def test_code_in_rom_holds_less_than_two_thirds_of_the_heap(rom, program, micropython, tmp_path):
    def held(mount):
        text = HELD.format(mount=mount)
        command = [micropython, "-X", "heapsize=4m", "-c", text]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ}
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return int(done.stdout)

    (tmp_path / "program.romfs").write_bytes(rom)
    for path, data in program.files.items():
        file = tmp_path / "slot" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    in_rom = held(MOUNT.replace("/program.romfs", str(tmp_path / "program.romfs")))
    loaded = held(f"sys.path[:] = [{str(tmp_path / 'slot')!r}]")
    print(f"held: {loaded:,} bytes loaded from a slot, {in_rom:,} from ROM (64 bit)")
    assert in_rom < loaded * 2 // 3


def test_without_a_board_the_choice_is_told_in_a_sentence(capsys):
    assert main(["build/romfs"]) == 2
    assert "BOARD=rpi_pico" in capsys.readouterr().err


def test_an_unknown_board_is_refused(tmp_path, capsys):
    assert main(["toaster", str(tmp_path)]) == 1
    assert "rpi_pico" in capsys.readouterr().err and not list(tmp_path.iterdir())
