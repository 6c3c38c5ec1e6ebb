"""Code that runs where it lies in flash (posagent/io/in_place.py), on MicroPython with a littlefs
flash that can be read like memory, as an RP2040's can.
"""

import importlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from posbuild import places
from posbuild.pack import pack
from posbuild.program import build
from unixboard import install

if sys.platform == "win32":
    pytest.skip("no MicroPython here", allow_module_level=True)

HERE = Path(__file__).resolve().parent
BOOT = HERE.parents[2] / "firmware" / "boot.py"


@pytest.fixture(scope="module")
def image(tmp_path_factory, micropython, mpy):
    """The flash of a board with a program in one slot, as `posdiag flash` writes it."""
    folder = tmp_path_factory.mktemp("in_place")
    path = folder / "flash.img"
    install(path, micropython, mpy, {"/a.pos": build("rpi_pico").packed})
    return path


@pytest.fixture
def told(image, micropython):
    def tell(kind):
        command = [micropython, "-X", "heapsize=8m", HERE / "in_place_board.py", image, BOOT, kind]
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found = {}
        for line in done.stdout.splitlines():
            word, _, rest = line.partition(" ")
            found[word] = rest
        return found, done.stdout

    return tell


def test_code_runs_from_flash_and_gives_its_heap_back(told):
    found, text = told("marked")
    functions, there = map(int, found["functions"].split())
    assert functions > 500
    assert there > functions * 93 // 100  # what lies across two blocks stays in the heap
    assert int(found["freed"]) > 40_000
    assert (found["same"], found["clock"]) == ("True", "61")
    assert '"posproto.cbor", line ' in text  # a traceback still finds its line


def test_what_runs_while_it_is_settled_keeps_its_copy_until_it_has_returned(told):
    """An interpreter that goes on in a copy that was collected runs what is written there next."""
    found, _ = told("marked")
    functions, turned, kept = found["running"].split()
    assert int(turned) > int(functions) * 8 // 10 and kept == "True"
    freed, left = map(int, found["returned"].split())
    assert freed > 2000 and left == 0


def test_long_texts_and_the_file_s_index_lie_in_flash_too(told):
    """What a module imports and what a request may bring took 5 KB beside what flash has."""
    found, _ = told("marked")
    texts, there = map(int, found["texts"].split())
    assert texts > 9 and there >= texts * 7 // 10  # the others lie across two blocks
    assert found["row"] == "True ['posproto.cose', 'posproto.manifest']"
    assert found["index"] == "True True"


@pytest.mark.parametrize("kind", ["unmarked", "twice"])
def test_a_program_whose_place_is_not_certain_stays_in_the_heap(told, kind):
    """Two copies of a file look alike; an update writes over one of them."""
    found, _ = told(kind)
    assert found["blocks"] == "0"
    assert found["functions"].endswith(" 0") and found["same"] == "True"


def test_flash_that_holds_something_else_than_what_was_loaded_is_not_run(told):
    found, _ = told("altered")
    functions, there = map(int, found["functions"].split())
    assert functions > 500 and there < functions // 2  # short ones lie between what was altered
    assert (found["same"], found["clock"]) == ("True", "61")


def test_the_table_names_what_mpy_files_have_in_them(mpy):
    """Each piece of code, by the compiler's own listing of sizes: no two overlap."""
    for path in sorted(mpy.rglob("*.mpy")):
        data = path.read_bytes()
        places_of = sorted(places.functions(data))
        ends = 0
        for place, size, _ in places_of:
            assert place >= ends and place + size <= len(data), path
            ends = place + size
        table = places.with_table(data)
        assert table.startswith(data)
        assert int.from_bytes(table[-2:], "little") == len(table) - len(data) - 2


def test_the_mark_of_a_program_never_lies_across_two_blocks(monkeypatch):
    monkeypatch.setitem(sys.modules, "uctypes", SimpleNamespace(bytearray_at=None))
    monkeypatch.setitem(sys.modules, "machine", SimpleNamespace(mem32=None))
    in_place = importlib.import_module("posagent.io.in_place")
    for size in range(90_000, 110_000):
        end = size + places.padding(size)
        assert in_place.place(end)[0] == in_place.place(end + 15)[0]
    packed = pack({"a": b"x" * 4080})
    assert in_place.place(len(packed))[0] == in_place.place(len(packed) + 15)[0]
