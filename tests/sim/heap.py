"""The worst moment of a Pico's memory: how much stays free of its heap, and in how long a piece.

    python tests/sim/heap.py [--messages N]     status 1 where less stays than LEAST_BYTES
    python tests/sim/heap.py --two              with a second acquirer; the least is LEAST_TWO

A life is recorded where agent and world are one process (fullest.py) and lived again by the agent
alone on MicroPython, its code in flash as on a board, in a heap that stands for a Pico's:
tests/tools/heap_board.py. The 64-bit build judges, by the ratio measured on the 32-bit one; where
`make ci-tools` brought that, it lives the same life, and the ratio is held to it. `--messages`: a
life of so many messages of all kinds, in one process without a restart.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import fullest
from posbuild.compile import compile_tree
from posbuild.program import build

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tests" / "tools"
PICO_BYTES = 239 * 1024  # of heap after boot, MicroPython 1.28
LEAST_BYTES = 50 * 1024  # free at the worst moment
PIECE_BYTES = 20 * 1024  # the longest free piece there
LEAST_TWO = (36 * 1024, 28 * 1024)  # the same with two acquirers and messages of TWO_SIZE
TWO_SIZE = 1024  # what posproto.settings lets a Pico take then
RATIO_PERCENT = 140  # what the agent holds at most between turns on 64 bit, of the same on 32
OFF_PERCENT = 4  # so far the ratio may be off
GROWTH_BYTES = 4096  # no more may the second half of a long life hold
BOARD = "rpi_pico"
MARK = b"HERE" + bytes(range(1, 13))
BLOCK = 4096
OWN_BYTES = 1200 * 1024  # of the interpreter, for the flash and to spare


class Failed(Exception):
    """A life that did not come to its end; the text is its output."""


@dataclass
class Looked:
    """What heap_board.py saw: bytes held between turns and at most in each, by turn; the marks of
    the story; the longest free piece at the fullest; turns, and times that memory ran out.
    """

    held: dict[int, int] = field(default_factory=dict)
    most: dict[int, int] = field(default_factory=dict)
    marks: list[tuple[int, str]] = field(default_factory=list)
    piece: int = 0
    turns: int = 0
    short: int = 0

    def fullest(self) -> int:
        """Bytes."""
        return max(self.most.values())

    def phase(self, turn: int) -> str:
        return next((name for at, name in reversed(self.marks) if at <= turn), "start")


def in_flash(program: bytes) -> bytes:
    """Blocks of a littlefs file: each begins with the numbers of some before it."""
    blocks: list[bytes] = []
    at = 0
    while at < len(program):
        n = len(blocks)
        links = (n & -n).bit_length()
        head = b"".join(struct.pack("<I", n - (1 << i)) for i in range(links))
        piece = program[at : at + BLOCK - len(head)]
        blocks.append((head + piece).ljust(BLOCK, b"\xff"))
        at += len(piece)
    return b"".join(blocks)


def prepare(folder: Path, mpy: Path) -> None:
    """What heap_board.py wants beside the calls."""
    program = build(BOARD).packed + MARK
    (folder / "a.pos").write_bytes(program)
    (folder / "flash").write_bytes(in_flash(program))
    shutil.copy(ROOT / "firmware" / "boot.py", folder)
    (folder / "mpy").symlink_to(mpy)


def live(folder: Path, every: int = 1) -> Looked:
    """The life in `folder` on the 64-bit build, in the heap that stands for a Pico's."""
    real = os.environ.get("MICROPYTHON") or str(Path(sys.prefix, "bin", "micropython"))
    heap = PICO_BYTES * RATIO_PERCENT // 100
    command = [real, "-X", f"heapsize={heap + OWN_BYTES}", str(TOOLS / "heap_board.py")]
    return _look([*command, str(folder), str(heap), str(every)])


def live_32(folder: Path, mpy: Path) -> Looked | None:
    """The same on the 32-bit build, between turns only; None where there is none."""
    node, packages = shutil.which("node"), ROOT / "build" / "node"
    if not node or not (packages / "node_modules").is_dir():
        return None
    files = [str(folder / name) for name in ("a.pos", "flash", "boot.py", "calls")]
    command = [node, str(TOOLS / "wasm.mjs"), str(packages), str(mpy), *files]
    program = (TOOLS / "heap_board.py").read_text(encoding="utf-8")
    return _look(command, input=program, env=dict(os.environ, HEAP=str(16 << 20)))


def _look(command: list[str], **more: object) -> Looked:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise Failed("\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    looked = Looked()
    for line in done.stdout.splitlines():
        kind, *words = line.split()
        turn = int(words[0])
        if kind == "mark":
            looked.marks.append((turn, words[1]))
        elif kind == "free":
            looked.piece = int(words[1])
        elif kind == "turns":
            looked.turns, looked.short = turn, int(words[2])
        else:
            looked.most[turn] = max(int(words[1]), looked.most.get(turn, 0))
            if kind == "held":
                looked.held[turn] = int(words[1])
    return looked


def ratio_percent(wide: Looked, small: Looked) -> int:
    """What is held at most on 64 bit, of what is on 32. Not of one and the same turn: when modules
    are dropped depends on how much room there is, and that is not alike.
    """
    return max(wide.held.values()) * 100 // max(small.held.values())


def tell(wide: Looked, least: tuple[int, int] = (LEAST_BYTES, PIECE_BYTES)) -> bool:
    """Prints each phase's fullest moment as on 32 bit; is there room enough at the worst?"""
    print(f"{'agent on a Pico, at its fullest':34}{'held':>11}{'free':>11}  KB of heap, 32-bit")
    phases: dict[str, int] = {}
    for turn, most in wide.most.items():
        phase = wide.phase(turn)
        phases[phase] = max(most, phases.get(phase, 0))
    for phase, most in phases.items():
        held = most * 100 // RATIO_PERCENT
        print(f"    {phase:30}{held / 1024:>11.1f}{(PICO_BYTES - held) / 1024:>11.1f}")
    free = PICO_BYTES - wide.fullest() * 100 // RATIO_PERCENT
    piece = wide.piece * 100 // RATIO_PERCENT
    print(
        f"{BOARD}: {free:,} bytes stay free at the worst moment, {piece:,} in one piece"
        f" (least {least[0]:,} and {least[1]:,})"
    )
    if wide.short:
        print(f"heap: memory ran out {wide.short} times", file=sys.stderr)
    if free < least[0] or piece < least[1]:
        print("heap: too little stays free", file=sys.stderr)
    return free >= least[0] and piece >= least[1] and not wide.short


def worst(folder: Path, mpy: Path) -> bool:
    fullest.record(folder / "calls", {})
    wide = live(folder)
    well = tell(wide)
    small = live_32(folder, mpy)
    if small is None:
        print("32-bit: not measured (node and `make ci-tools` bring the build)")
        return well
    ratio = ratio_percent(wide, small)
    print(f"32-bit: holds at most {max(small.held.values()):,} bytes between two turns", end="")
    print(f", 64-bit {ratio} % of it (judged by {RATIO_PERCENT})")
    if abs(ratio - RATIO_PERCENT) > OFF_PERCENT:
        print(f"heap: RATIO_PERCENT is {ratio} by now", file=sys.stderr)
        return False
    return well


def worst_of_two(folder: Path) -> bool:
    """The same where a second acquirer is named."""
    fullest.record(folder / "calls", dict(fullest.SECOND, message_bytes=TWO_SIZE))
    return tell(live(folder), LEAST_TWO)


def long_life(folder: Path, messages: int) -> bool:
    """A life of so many messages: what is held in its second half must not grow."""
    ends = fullest.record_mixed(folder / "calls", messages)
    looked = live(folder, 50)
    print(f"{messages} messages, {looked.turns} turns, ends: {ends}")
    turns = sorted(looked.held)
    half = len(turns) // 2
    early = max(looked.held[t] for t in turns[half // 2 : half])
    late = max(looked.held[t] for t in turns[half:])
    print(f"held at most {early:,} bytes in the second quarter, {late:,} in the second half")
    print(f"memory ran out {looked.short} times")
    return not looked.short and late <= early + GROWTH_BYTES


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--two", action="store_true")
    asked = parser.parse_args(arguments)
    mpy = ROOT / "build" / "mpy"
    compile_tree(ROOT, mpy)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, mpy)
        try:
            if asked.two:
                well = worst_of_two(folder)
            else:
                well = long_life(folder, asked.messages) if asked.messages else worst(folder, mpy)
        except Failed as error:
            print(f"heap: the run failed:\n{error}", file=sys.stderr)
            return 1
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
