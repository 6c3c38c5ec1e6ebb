"""`make bench`, part "outbox": messages a second of CPU, and what a message costs the flash.

As on a board the device code comes from .mpy files. BASE=REVISION plays the same on an earlier
version, by turns, and prints today's share of its speed: `make bench BASE=140d500`.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from waiting import HUNG_S

ROOT = Path(__file__).resolve().parents[2]
BASE = os.environ.get("BASE", "")
# Of a Pico's flash: 352 blocks of 100,000 erases. At 400 messages a day it shall last ten years.
ERASES_MAX = 352 * 100_000 / (400 * 3650)
FLASH_MORE = 1.1  # of the earlier version's, at most
SPEED_PERCENT = 90  # of the earlier version's, at least
TURNS = 5  # the fastest counts: what else runs on the machine only slows down
# How an earlier script counts: by the clock, and few messages.
AS_NOW = (
    ("time.ticks_diff(time.ticks_ms(), start)", "int(time.clock() * 1000) - start"),
    ("time.ticks_ms()", "int(time.clock() * 1000)"),
    ("_MESSAGES = 60", "_MESSAGES = 240"),
)


def board(tree, folder):
    """A copy of a tree's tests, with .mpy files for its device code."""
    for part in ("tests", "host_tools"):
        shutil.copytree(tree / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    script = folder / "tests/bench/outbox.py"
    text = script.read_text(encoding="utf-8")
    for then, now in AS_NOW if "time.clock" not in text else ():
        assert then in text
        text = text.replace(then, now)
    script.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "posbuild.compile", str(tree), str(folder / "protocol")]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return folder


def earlier(folder):
    """The tree of the revision BASE."""
    packed = subprocess.run(["git", "archive", BASE], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def measured(micropython, tree):
    """{kind: [messages a second, erases, programs, bytes]}"""
    script = tree / "tests" / "bench" / "outbox.py"
    command = [micropython, "-X", "heapsize=2m", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG_S)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def best(runs, name):
    return max(run[name][0] for run in runs)


def test_a_message_costs_little_time_and_little_flash(micropython, tmp_path):
    trees = [board(ROOT, tmp_path / "now")]
    if BASE:
        trees.append(board(earlier(tmp_path / "git"), tmp_path / "base"))
    runs = [[measured(micropython, tree) for tree in trees] for _ in range(TURNS if BASE else 1)]
    now = [run[0] for run in runs]
    print("\noutbox: from hand-in to done, with the events in the log, on littlefs in RAM")
    print("            messages/s CPU   erases  programs  bytes programmed, each")
    for name, (_, erases, programs, count) in now[0].items():
        rate = best(now, name)
        share = ""
        if BASE:
            then = [run[1] for run in runs]
            share = f"   {100 * rate // best(then, name)} % of {BASE}'s {best(then, name)}/s"
            assert programs <= FLASH_MORE * then[0][name][2]
            assert erases <= FLASH_MORE * then[0][name][1]
            assert 100 * rate >= SPEED_PERCENT * best(then, name), name
        flash = f"{erases / 100:8.2f} {programs / 100:9.2f} {count:8}"
        print(f"    {name:<10} {rate:12} {flash}{share}")
        assert rate > 10
        assert erases / 100 < ERASES_MAX
