"""The files of tests/unit and tests/alloc once more, on MicroPython and from compiled .mpy."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from waiting import HUNG_S

TESTS = Path(__file__).resolve().parent.parent
FILES = sorted([*TESTS.glob("unit/**/test_*.py"), *TESTS.glob("alloc/test_*.py")])
HEAP = "8m"  # test files are compiled in place and read whole vectors; `make size` judges heap


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS))[:-3])
def test_file(path, micropython, named, count_micropython):
    command = [micropython, "-X", f"heapsize={HEAP}", TESTS / "run_micropython.py"]
    start = time.monotonic()
    done = subprocess.run(
        [*command, "--mpy", named, path],
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        check=False,
    )
    closing = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    if closing:
        passed, failed = int(closing[1]), int(closing[2])
        count_micropython(passed, failed, time.monotonic() - start)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_make_fuzz_plays_a_seed(micropython, mpy):
    command = [micropython, TESTS / "tools" / "fuzz.py", "7", "1", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG_S, check=False)
    assert done.returncode == 0 and done.stdout.startswith("seed 7: "), done.stdout + done.stderr
