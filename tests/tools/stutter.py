"""Runs a command and stops its processes for moments, as a busy machine does: what holds only on
a quick one shows itself.

    .venv/bin/python tests/tools/stutter.py --seed 17 -- .venv/bin/python -m pytest tests/world

Each pause stops one process at random: the command's own, or one of those that it started. It
shares nothing with the tests, and wants Linux.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path


def family(pid: int) -> list[int]:
    """The process and all that it started, directly or not."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found = [pid]
    for one in found:
        found.extend(parents.get(one, []))
    return found


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.5, 3.0), metavar="S")
    parser.add_argument("--between", type=float, nargs=2, default=(0.3, 3.0), metavar="S")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    words = options.command[options.command[:1] == ["--"] :]
    process = subprocess.Popen(words)
    pauses = 0
    while process.poll() is None:
        try:
            process.wait(chance.uniform(*options.between))
            break
        except subprocess.TimeoutExpired:
            pass
        chosen = chance.choice(family(process.pid))
        if _signal(chosen, signal.SIGSTOP):
            pauses += 1
            try:
                time.sleep(chance.uniform(*options.pause))
            finally:
                _signal(chosen, signal.SIGCONT)
    print(f"stutter: {pauses} pauses, seed {options.seed}", file=sys.stderr)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
