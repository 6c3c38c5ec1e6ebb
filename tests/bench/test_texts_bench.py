"""`make bench`, part "texts": what the reading of an operator's text costs, on MicroPython."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from source_files import ROOT
from waiting import HUNG_S

SCRIPT = Path(__file__).with_name("texts.py")
CHARACTERS_MAX = 1600
NODE = ROOT / "build" / "node"
BOARD_MS = 303  # of the short text, loaded for it, on an emulated Pico: `make emulate`, "reading"
HELD_MAX = 30 * 1024  # of a Pico's heap, for the time of a reading: code and words


def test_a_long_text_costs_no_more_a_character_than_a_short_one(micropython):
    command = [micropython, "-X", "heapsize=16m", str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG_S)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    print("\ntexts: one reading, its modules and words loaded for it, and with them loaded")
    print("              characters   ms, loading   ms, loaded   bytes allocated, 64-bit")
    for name, (count, cold, warm, garbage) in result.items():
        print(f"    {name:<10} {count:12} {cold:12.1f} {warm:12.1f} {garbage:14,}")
        assert count <= CHARACTERS_MAX
    slower = BOARD_MS / result["short"][1]
    print(f"    a Pico took {BOARD_MS} ms for the short one, loading: {slower:.0f} times that")
    long_ms = result["long"][1] * slower
    print(f"    by that factor {long_ms:,.0f} ms for the long one, in stages of some 100 ms each")
    short, long = result["short"], result["long"]
    assert long[2] / long[0] <= 3 * short[2] / short[0]


def test_the_code_and_words_of_a_reading_fit_beside_what_a_pico_holds():
    node = shutil.which("node")
    if not node or not (NODE / "node_modules").is_dir():
        pytest.skip("no 32-bit MicroPython; node and `make ci-tools` bring it")
    command = [node, ROOT / "tests" / "tools" / "wasm.mjs", NODE, ROOT / "build" / "mpy"]
    program = SCRIPT.with_name("texts_32.py").read_text(encoding="utf-8")
    done = subprocess.run(command, input=program, capture_output=True, text=True, timeout=HUNG_S)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    print(
        "\ntexts on 32 bit: bytes that code holds while words are looked for, while numbers are,"
    )
    print("while all is judged, and what one reading leaves to the collector, in bytes")
    for name, (*held, left) in result.items():
        print(f"    {name:<10}" + "".join(f" {size:10,}" for size in held) + f" {left:10,}")
        assert max(held) <= HELD_MAX, (name, held)
